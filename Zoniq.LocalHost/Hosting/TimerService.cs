using Microsoft.Extensions.Hosting;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Lets timers follow their schedules from the moment the app listens until it stops.</summary>
internal sealed class TimerService(TimerRunner timers, TimerLocks locks, IHostApplicationLifetime lifetime) : IHostedService
{
    private Task running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => running = Task.Run(() => timers.FollowSchedulesAsync(lifetime.ApplicationStopping), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>A run in progress is told to stop, and waited for.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await running.WaitAsync(cancellationToken);
        await locks.DisposeAsync();
    }
}
