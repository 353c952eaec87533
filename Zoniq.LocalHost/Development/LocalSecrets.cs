using System.Security.Cryptography;
using System.Text.Json;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.LocalHost.Development;

/// <summary>Secrets nobody configured: made once, and kept in the data directory for its owner alone.</summary>
internal static class LocalSecrets
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // What is kept, and how each is made.
    private static readonly Dictionary<string, Func<string>> Makers = new()
    {
        ["JWT_SECRET_KEY"] = () => RandomNumberGenerator.GetString(Letters, 48),
        ["TICKET_SIGNING_KEY"] = SigningKey,
        ["RAZORPAY_KEY_ID"] = () => "rzp_test_" + RandomNumberGenerator.GetString(Letters, 14),
        ["RAZORPAY_KEY_SECRET"] = () => RandomNumberGenerator.GetString(Letters, 24),
        ["RAZORPAY_WEBHOOK_SECRET"] = () => RandomNumberGenerator.GetString(Letters, 24),
        [PostgresPassword] = () => RandomNumberGenerator.GetString(Letters, 24),
    };

    /// <summary>The key of the private database's password.</summary>
    public const string PostgresPassword = "POSTGRES_PASSWORD";

    /// <summary>All of them, by the name of the setting they stand in for.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> LoadAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var file = FileIn(dataDirectory);
        using var alone = await DirectoryLock.TakeAsync(file, cancellationToken);

        var kept = File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(file, cancellationToken))! : [];
        var missing = Makers.Where(maker => !kept.ContainsKey(maker.Key)).ToArray();
        if (missing.Length == 0)
        {
            return kept;
        }

        foreach (var (name, make) in missing)
        {
            kept[name] = make();
        }

        await WriteAsync(file, JsonSerializer.Serialize(kept, Indented), cancellationToken);
        return kept;
    }

    /// <summary>The next start makes new ones.</summary>
    public static void Forget(string dataDirectory) => File.Delete(FileIn(dataDirectory));

    private static string FileIn(string dataDirectory) => Path.Combine(dataDirectory, "secrets.json");

    private static async Task WriteAsync(string file, string text, CancellationToken cancellationToken)
    {
        // Written beside its place and then moved there: a reader never sees half of it, and nobody else any of it.
        var unfinished = file + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var writer = new StreamWriter(unfinished, options))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    private static string SigningKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
