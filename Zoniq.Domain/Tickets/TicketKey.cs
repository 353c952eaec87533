using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Zoniq.Domain.Tickets;

/// <summary>A public key with which tickets can be checked, as a JSON Web Key (RFC 7517).</summary>
public sealed record TicketKey
{
    private const int KidLength = 8;

    public string Kty { get; } = "EC";
    public string Crv { get; } = "P-256";
    public string Use { get; } = "sig";
    public string Alg { get; } = "ES256";

    /// <summary>The first eight characters of the key's thumbprint (RFC 7638), as in the QR code.</summary>
    public required string Kid { get; init; }

    public required string X { get; init; }
    public required string Y { get; init; }

    /// <summary>The public half of the key.</summary>
    public static TicketKey Of(ECParameters key)
    {
        var x = Base64Url.EncodeToString(key.Q.X);
        var y = Base64Url.EncodeToString(key.Q.Y);
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        var thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));

        return new TicketKey { Kid = thumbprint[..KidLength], X = x, Y = y };
    }
}
