using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Zoniq.LocalHost.Development;

/// <summary>SMS as files, named by when they came.</summary>
internal sealed class SmsFolder(IConfiguration configuration)
{
    private readonly string? directory = configuration["ZONIQ_SMS_DIRECTORY"];

    /// <summary>An SMS and when it came.</summary>
    public sealed record Kept(string To, string Text, DateTimeOffset ReceivedAt);

    public async Task KeepAsync(Kept message, CancellationToken cancellationToken)
    {
        var folder = directory ?? throw new InvalidOperationException("ZONIQ_SMS_DIRECTORY is not set.");
        Directory.CreateDirectory(folder);
        var time = message.ReceivedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"{time}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(message, JsonSerializerOptions.Web), cancellationToken);
        File.Move(path, path + ".json");
    }

    /// <summary>The newest first; only those to the number, when one is given.</summary>
    public IEnumerable<Kept> List(string? to) =>
        Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.json")
                .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
                .Select(path => JsonSerializer.Deserialize<Kept>(File.ReadAllText(path), JsonSerializerOptions.Web)!)
                .Where(message => to is null || message.To == to)
            : [];
}
