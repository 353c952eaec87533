using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.LocalHost.Realtime;

/// <summary>Stands in for the SignalR service: the same negotiation, a hub in this process, and the other instances on the database.</summary>
internal static class HubSetup
{
    private const string Health = "/api/v1/health";

    /// <summary>Outputs of functions go to the hub unless somebody else has asked for them.</summary>
    public static void AddHub(this IServiceCollection services)
    {
        services.AddSignalR();
        services.AddSingleton<LiveOutage>();
        services.AddSingleton<LiveConnections>();
        services.AddSingleton<Delivery>();
        services.AddSingleton(provider => new ClientAccess(provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<LiveOutage>()));
        services.AddSingleton(provider => new Relay(provider.GetService<NpgsqlDataSource>(), provider.GetRequiredService<Delivery>(), provider.GetRequiredService<ILogger<Relay>>()));
        services.AddHostedService(provider => provider.GetRequiredService<Relay>());
        services.TryAddSingleton<ISignalRSink, HubSink>();
    }

    public static void Map(WebApplication app)
    {
        app.MapHub<LiveHub>(ClientAccess.Path);
        app.MapGet(Health, (HttpContext http) =>
        {
            http.Response.StatusCode = http.RequestServices.GetRequiredService<LiveOutage>().IsOn ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
    }
}
