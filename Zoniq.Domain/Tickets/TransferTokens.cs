using System.Buffers.Text;
using System.Security.Cryptography;
using Zoniq.Domain.Accounts;

namespace Zoniq.Domain.Tickets;

/// <summary>The secret of an offer: it stands in the mailed link and nowhere else.</summary>
public sealed class TransferTokens(TokenOptions options)
{
    private const int Bytes = 32;

    /// <summary>256 bits from the cryptographic random generator, as can stand in a link.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is kept of it; without the app's key nobody can check a guess.</summary>
    public byte[] Hash(string token) => options.Hash(Stated(token));

    /// <summary>What may have been kept of it: while the app's key is being changed, by either.</summary>
    public byte[][] Hashes(string token) => options.Hashes(Stated(token));

    private static string Stated(string token) => $"transfer\n{token}";
}
