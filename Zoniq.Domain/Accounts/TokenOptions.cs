using System.Security.Cryptography;
using System.Text;

namespace Zoniq.Domain.Accounts;

/// <summary>The secrets of signing in, and how long a token lives.</summary>
public sealed record TokenOptions
{
    /// <summary>Signs the tokens.</summary>
    public required byte[] SigningKey { get; init; }

    /// <summary>Hashes one-time codes, so that a copy of the database does not give them away.</summary>
    public required byte[] CodeHashKey { get; init; }

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    public static TokenOptions From(Settings settings)
    {
        settings.RequiredInProduction("JWT_SECRET_KEY");
        var signingKey = Encoding.UTF8.GetBytes(settings.Required("JWT_SECRET_KEY"));
        if (signingKey.Length < 32)
        {
            throw new SettingsException("JWT_SECRET_KEY must be at least 32 bytes.");
        }

        return new()
        {
            SigningKey = signingKey,
            CodeHashKey = settings.Text("OTP_HASH_KEY") is { } key
                ? Encoding.UTF8.GetBytes(key)
                : HKDF.DeriveKey(HashAlgorithmName.SHA256, signingKey, 32, info: "zoniq one-time codes"u8.ToArray()),
            Lifetime = TimeSpan.FromMinutes(
                (long)settings.Number("JWT_MIN", 60, 1, 1440) * settings.Number("JWT_HOUR", 24, 1, 1000) * settings.Number("JWT_DAY", 7, 1, 3650)),
        };
    }
}
