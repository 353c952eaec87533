using Microsoft.Extensions.Configuration;

namespace Zoniq.Domain;

/// <summary>The operator's settings, read once at start; a setting that is missing or out of range stops the app with a message that names it.</summary>
public sealed class Settings(IConfiguration configuration)
{
    /// <summary>What stands in for a secret that the platform could not fetch; as a value it would be one that everybody can guess.</summary>
    private const string Unresolved = "@Microsoft.KeyVault(";

    /// <summary>Parts of what a sample file or a laptop has.</summary>
    private static readonly string[] Samples = ["change-me", "example.com", "//localhost", "UseDevelopmentStorage"];

    /// <summary>Whether real money and real people are involved. Hosts call it by the long names.</summary>
    public bool IsProduction => Text("ENVIRONMENT")?.ToUpperInvariant() switch
    {
        "PROD" or "PRODUCTION" => true,
        null or "DEV" or "DEVELOPMENT" or "STAGE" or "STAGING" => false,
        _ => throw new SettingsException("ENVIRONMENT must be DEV, STAGE or PROD."),    // a misspelt one would switch off all that production needs
    };

    /// <summary>The trimmed value, or null when absent or empty.</summary>
    public string? Text(string key)
    {
        var value = configuration[key]?.Trim();

        return value is null or "" ? null
            : value.StartsWith(Unresolved, StringComparison.OrdinalIgnoreCase) ? throw new SettingsException($"{key} refers to a secret that could not be fetched.")
            : value;
    }

    /// <summary>The value; without it the app does not start.</summary>
    public string Required(string key) => Text(key) ?? throw new SettingsException($"{key} must be set.");

    /// <summary>The value; without it, or with a sample value, the app does not start in production.</summary>
    public string? RequiredInProduction(string key)
    {
        var value = Text(key);
        if (IsProduction && (value is null || Samples.Any(sample => value.Contains(sample, StringComparison.OrdinalIgnoreCase))))
        {
            throw new SettingsException($"{key} must be set to a value of its own in production.");
        }

        return value;
    }

    /// <summary>A whole number within the bounds.</summary>
    public int Number(string key, int otherwise, int least, int most)
    {
        var text = Text(key);
        if (text is null)
        {
            return otherwise;
        }

        return int.TryParse(text, out var number) && number >= least && number <= most
            ? number
            : throw new SettingsException($"{key} must be a whole number from {least} to {most}.");
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool otherwise) =>
        Text(key) is not { } text
            ? otherwise
            : bool.TryParse(text, out var flag) ? flag : throw new SettingsException($"{key} must be true or false.");

    /// <summary>The zone in which dates without an event are read.</summary>
    public TimeZoneInfo DefaultTimeZone()
    {
        var id = Text("DEFAULT_TIME_ZONE") ?? "Asia/Kolkata";
        return TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
            ? zone
            : throw new SettingsException("DEFAULT_TIME_ZONE must be an IANA time zone.");
    }
}

/// <summary>A setting is missing or wrong; the message names it and never shows its value.</summary>
public sealed class SettingsException(string message) : Exception(message);
