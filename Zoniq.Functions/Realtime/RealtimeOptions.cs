using Zoniq.Domain;

namespace Zoniq.Functions.Realtime;

/// <summary>The SignalR service that clients connect to. The bindings read the same setting for themselves.</summary>
public sealed record RealtimeOptions
{
    private const string Setting = "AzureSignalRConnectionString";

    /// <summary>Everybody knows it: it is the emulator's.</summary>
    private const string EmulatorKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH";

    /// <summary>Where the service answers; null when there is none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Reads the setting; production does not start without it, nor with the emulator's.</summary>
    public static RealtimeOptions From(Settings settings) => settings.RequiredInProduction(Setting) switch
    {
        null => new RealtimeOptions(),
        var text when settings.IsProduction && text.Contains(EmulatorKey, StringComparison.OrdinalIgnoreCase) =>
            throw new SettingsException($"{Setting} must be set to a value of its own in production."),
        var text => new RealtimeOptions { Endpoint = EndpointOf(text) },
    };

    /// <summary>Of <c>Endpoint=https://…;Port=…;AccessKey=…;Version=1.0;</c>.</summary>
    private static Uri EndpointOf(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        var port = parts["Port"].FirstOrDefault();
        var address = parts["Endpoint"].FirstOrDefault()?.TrimEnd('/');

        return Uri.TryCreate(port is null ? address : $"{address}:{port}", UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            ? url
            : throw new SettingsException($"{Setting} must begin with Endpoint= and the address of a SignalR service.");
    }
}
