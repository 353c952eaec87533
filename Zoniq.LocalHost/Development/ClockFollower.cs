using Microsoft.Extensions.Hosting;
using Npgsql;
using Zoniq.Domain.Storage;

namespace Zoniq.LocalHost.Development;

/// <summary>Follows the database's clock at once when somebody moves it.</summary>
internal sealed class ClockFollower(NpgsqlDataSource source, DatabaseClock clock) : BackgroundService
{
    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await FollowAsync(stoppingToken);
                await Task.Delay(BeforeTryingAgain, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app is stopping.
        }
    }

    /// <summary>Until the connection breaks.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using (var listen = new NpgsqlCommand($"listen {MovableClock.Channel}", connection))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken);
            }

            while (true)
            {
                await clock.CalibrateAsync(cancellationToken);
                await connection.WaitAsync(cancellationToken);
            }
        }
        catch (NpgsqlException)
        {
            // The database is away; the clock goes on as it was.
        }
    }
}
