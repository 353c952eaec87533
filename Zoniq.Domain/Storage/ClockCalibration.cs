using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>Keeps this instance's clock with the database's: before the app serves, and now and then. Clocks drift, and the database may move to another machine.</summary>
public sealed partial class ClockCalibration(DatabaseClock clock, ILogger<ClockCalibration> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CalibrateAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CalibrateAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app is stopping.
        }
    }

    private async Task CalibrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await clock.CalibrateAsync(cancellationToken);
        }
        catch (NpgsqlException unreachable)
        {
            ClockNotCalibrated(unreachable);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's clock could not be read; the last known difference is used.")]
    private partial void ClockNotCalibrated(Exception reason);
}
