using System.Security.Cryptography;
using System.Text;

namespace Zoniq.Domain.Accounts;

/// <summary>The secrets of signing in, and how long a token lives.</summary>
public sealed record TokenOptions
{
    /// <summary>In bytes.</summary>
    private const int ShortestKey = 32;

    /// <summary>Signs the tokens.</summary>
    public required byte[] SigningKey { get; init; }

    /// <summary>Believed as well while the key is being changed, and never signed with.</summary>
    public byte[]? PreviousSigningKey { get; init; }

    /// <summary>Hashes one-time codes, so that a copy of the database does not give them away.</summary>
    public required byte[] CodeHashKey { get; init; }

    /// <summary>What hashed the codes under way before the signing key changed; null when codes have a key of their own, which did not.</summary>
    public byte[]? PreviousCodeHashKey { get; init; }

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    public static TokenOptions From(Settings settings)
    {
        settings.RequiredInProduction("JWT_SECRET_KEY");
        var signingKey = Key("JWT_SECRET_KEY", settings.Required("JWT_SECRET_KEY"));
        var previousKey = settings.Text("JWT_SECRET_KEY_PREVIOUS") is { } previous ? Key("JWT_SECRET_KEY_PREVIOUS", previous) : null;
        var ownKey = settings.Text("OTP_HASH_KEY") is { } own ? Key("OTP_HASH_KEY", own) : null;

        return new()
        {
            SigningKey = signingKey,
            PreviousSigningKey = previousKey,
            CodeHashKey = ownKey ?? KeyForCodes(signingKey),
            PreviousCodeHashKey = ownKey is null && previousKey is not null ? KeyForCodes(previousKey) : null,
            Lifetime = TimeSpan.FromMinutes(
                (long)settings.Number("JWT_MIN", 60, 1, 1440) * settings.Number("JWT_HOUR", 24, 1, 1000) * settings.Number("JWT_DAY", 7, 1, 3650)),
        };
    }

    /// <summary>What is kept of a secret that was handed out.</summary>
    internal byte[] Hash(string secret) => HMACSHA256.HashData(CodeHashKey, Encoding.UTF8.GetBytes(secret));

    /// <summary>What may have been kept of it: while the key is being changed, by either.</summary>
    internal byte[][] Hashes(string secret) =>
        PreviousCodeHashKey is null ? [Hash(secret)] : [Hash(secret), HMACSHA256.HashData(PreviousCodeHashKey, Encoding.UTF8.GetBytes(secret))];

    private static byte[] KeyForCodes(byte[] signingKey) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, signingKey, ShortestKey, info: "zoniq one-time codes"u8.ToArray());

    private static byte[] Key(string setting, string text) =>
        Encoding.UTF8.GetBytes(text) is { Length: >= ShortestKey } key ? key : throw new SettingsException($"{setting} must be at least {ShortestKey} bytes.");
}
