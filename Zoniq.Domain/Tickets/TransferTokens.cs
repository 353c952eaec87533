using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Zoniq.Domain.Accounts;

namespace Zoniq.Domain.Tickets;

/// <summary>The secret of an offer: it stands in the mailed link and nowhere else.</summary>
public sealed class TransferTokens(TokenOptions options)
{
    private const int Bytes = 32;

    /// <summary>256 bits from the cryptographic random generator, as can stand in a link.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is kept of it; without the app's key nobody can check a guess.</summary>
    public byte[] Hash(string token) => HMACSHA256.HashData(options.CodeHashKey, Encoding.UTF8.GetBytes($"transfer\n{token}"));
}
