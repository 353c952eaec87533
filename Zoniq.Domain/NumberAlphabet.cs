using System.Security.Cryptography;

namespace Zoniq.Domain;

/// <summary>Crockford's base 32, in which booking and ticket numbers are written: no letter can be mistaken for a digit.</summary>
public static class NumberAlphabet
{
    private const string Symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>So many symbols from the cryptographic random generator.</summary>
    public static string Random(int length) => RandomNumberGenerator.GetString(Symbols, length);

    /// <summary>As somebody typed it, with I and L read as 1 and O as 0, in upper case.</summary>
    public static string Normalise(string typed) =>
        typed.Trim().ToUpperInvariant().Replace('I', '1').Replace('L', '1').Replace('O', '0');
}
