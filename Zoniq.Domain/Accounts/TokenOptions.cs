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

    /// <summary>Hashes one-time codes, so that a copy of the database does not give them away.</summary>
    public required byte[] CodeHashKey { get; init; }

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    public static TokenOptions From(Settings settings)
    {
        settings.RequiredInProduction("JWT_SECRET_KEY");
        var signingKey = Key("JWT_SECRET_KEY", settings.Required("JWT_SECRET_KEY"));

        return new()
        {
            SigningKey = signingKey,
            CodeHashKey = settings.Text("OTP_HASH_KEY") is { } own
                ? Key("OTP_HASH_KEY", own)
                : HKDF.DeriveKey(HashAlgorithmName.SHA256, signingKey, ShortestKey, info: "zoniq one-time codes"u8.ToArray()),
            Lifetime = TimeSpan.FromMinutes(
                (long)settings.Number("JWT_MIN", 60, 1, 1440) * settings.Number("JWT_HOUR", 24, 1, 1000) * settings.Number("JWT_DAY", 7, 1, 3650)),
        };
    }

    private static byte[] Key(string setting, string text) =>
        Encoding.UTF8.GetBytes(text) is { Length: >= ShortestKey } key ? key : throw new SettingsException($"{setting} must be at least {ShortestKey} bytes.");
}
