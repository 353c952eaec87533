using System.Security.Cryptography;

namespace Zoniq.Domain.Tickets;

/// <summary>The key that signs tickets and the public keys of those that did before it.</summary>
public sealed record TicketSigningOptions
{
    private const string SigningKeySetting = "TICKET_SIGNING_KEY";
    private const string OldKeysSetting = "TICKET_SIGNING_KEYS_OLD";
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>A P-256 key with its private part.</summary>
    public required ECParameters SigningKey { get; init; }

    /// <summary>Public P-256 keys whose tickets are still accepted.</summary>
    public ECParameters[] OldKeys { get; init; } = [];

    /// <summary>The key was made for this process and will be gone with it.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>The signing key without its private part.</summary>
    internal ECParameters PublicKey => SigningKey with { D = null };

    /// <summary>Reads TICKET_SIGNING_KEY and TICKET_SIGNING_KEYS_OLD; without the first, outside production, a key is made up.</summary>
    public static TicketSigningOptions From(Settings settings)
    {
        var signingKey = settings.RequiredInProduction(SigningKeySetting);

        return new TicketSigningOptions
        {
            SigningKey = signingKey is null ? Generate() : ReadPrivateKey(signingKey),
            OldKeys = settings.Text(OldKeysSetting) is { } oldKeys ? ReadPublicKeys(oldKeys) : [],
            IsTemporary = signingKey is null,
        };
    }

    private static ECParameters Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportParameters(includePrivateParameters: true);
    }

    private static ECParameters ReadPrivateKey(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            if (IsPem(text))
            {
                key.ImportFromPem(WithLineBreaks(text));
            }
            else
            {
                key.ImportPkcs8PrivateKey(Convert.FromBase64String(text), out _);
            }

            return OnP256(key.ExportParameters(includePrivateParameters: true));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            throw new SettingsException($"{SigningKeySetting} must be an EC P-256 private key, as PEM or base64 PKCS#8.");
        }
    }

    private static ECParameters[] ReadPublicKeys(string text)
    {
        try
        {
            return [.. (IsPem(text) ? PemBlocks(WithLineBreaks(text)) : Base64Blocks(text)).Select(ReadPublicKey)];
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new SettingsException($"{OldKeysSetting} must be EC P-256 public keys, as PEM blocks or comma-separated base64 SPKI.");
        }
    }

    private static ECParameters ReadPublicKey(byte[] subjectPublicKeyInfo)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return OnP256(key.ExportParameters(includePrivateParameters: false));
    }

    private static IEnumerable<byte[]> Base64Blocks(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Convert.FromBase64String);

    private static List<byte[]> PemBlocks(string text)
    {
        var blocks = new List<byte[]>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            blocks.Add(rest[block.Label] is "PUBLIC KEY" ? Convert.FromBase64String(rest[block.Base64Data].ToString()) : throw new FormatException());
            rest = rest[block.Location.End..];
        }

        return blocks.Count > 0 ? blocks : throw new FormatException();
    }

    private static ECParameters OnP256(ECParameters key) =>
        key.Curve.IsNamed && key.Curve.Oid.Value == P256 ? key : throw new CryptographicException();

    private static bool IsPem(string text) => text.Contains("-----BEGIN", StringComparison.Ordinal);

    /// <summary>Environment variables and portals often carry line breaks as a backslash and an n.</summary>
    private static string WithLineBreaks(string text) => text.Replace("\\n", "\n", StringComparison.Ordinal);
}
