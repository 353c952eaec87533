using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Functions.Realtime;

namespace Zoniq.Functions.Operations;

/// <summary>What tells whether the app can do its work.</summary>
internal static class ReadinessSetup
{
    /// <summary>The setting of the SignalR service is checked here: the bindings would complain only when they are used.</summary>
    public static void AddReadiness(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(RealtimeOptions.From(settings));
        services.AddHttpClient(nameof(ReadinessProbe));
        services.AddSingleton<ReadinessProbe>();
    }
}
