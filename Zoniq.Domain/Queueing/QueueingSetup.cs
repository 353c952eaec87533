using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Queueing;

/// <summary>The services of this area.</summary>
public static class QueueingSetup
{
    public static void AddQueueing(this IServiceCollection services)
    {
        services.AddSingleton<QueueService>();
        services.AddSingleton<QueueJoining>();
        services.AddSingleton<QueueFairness>();
        services.AddSingleton<QueueControl>();
        services.AddSingleton<QueueTick>();
    }
}
