using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Zoniq.LocalHost.Realtime;

/// <summary>
/// Passes on what functions of one instance send to the clients of the others on the same database, by notifications of PostgreSQL.
/// Nobody waits for it; while the database is away it loses messages, which may be lost.
/// </summary>
/// <param name="database">Null when there is none: then there are no others.</param>
/// <param name="delivery">To the clients of this instance.</param>
/// <param name="log">Where an outage is noted, once.</param>
internal sealed partial class Relay(NpgsqlDataSource? database, Delivery delivery, ILogger<Relay> log) : BackgroundService
{
    private const string Name = "zoniq_live";

    /// <summary>Sendings that wait while the database is slow; the oldest give way.</summary>
    private const int MostWaiting = 1_000;

    private static readonly TimeSpan[] PausesBeforeTryingAgain = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)];

    private readonly Guid self = Guid.NewGuid();
    private readonly Channel<LiveAction[]> waiting = Channel.CreateBounded<LiveAction[]>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Leaves actions for the others.</summary>
    public void Pass(LiveAction[] actions)
    {
        if (database is not null && actions.Length > 0)
        {
            waiting.Writer.TryWrite(actions);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database is null)
        {
            return;
        }

        try
        {
            await Task.WhenAll(TellAsync(database, stoppingToken), HearAsync(database, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app is stopping.
        }
    }

    /// <summary>All that has gathered goes in one statement.</summary>
    private async Task TellAsync(NpgsqlDataSource others, CancellationToken stopping)
    {
        for (var number = 1L; await waiting.Reader.WaitToReadAsync(stopping); number++)
        {
            var gathered = new List<LiveAction>();
            while (waiting.Reader.TryRead(out var actions))
            {
                gathered.AddRange(actions);
            }

            await TellAsync(others, Parts.Of(self, number, [.. gathered]), stopping);
        }
    }

    /// <summary>A connection that has gone stale is noticed only now, so it is tried again; whoever has heard it already leaves it out by its number.</summary>
    private async Task TellAsync(NpgsqlDataSource others, string[] parts, CancellationToken stopping)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var command = others.CreateCommand("select pg_notify($1, part) from unnest($2) with ordinality as parts (part, place) order by place");
                command.Parameters.Add(new() { Value = Name });
                command.Parameters.Add(new() { Value = parts });
                await command.ExecuteNonQueryAsync(stopping);
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException && tries == PausesBeforeTryingAgain.Length)
            {
                NotPassedOn(log, failure.Message);
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                await Task.Delay(PausesBeforeTryingAgain[tries], stopping);
            }
        }
    }

    private async Task HearAsync(NpgsqlDataSource others, CancellationToken stopping)
    {
        var parts = new Parts.Assembly(self);
        while (true)
        {
            try
            {
                await HearAsync(others, parts, stopping);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                NotHeard(log, failure.Message);
            }

            parts.Interrupt();
            await Task.Delay(PausesBeforeTryingAgain[^1], stopping);
        }
    }

    /// <summary>Until the connection breaks.</summary>
    private async Task HearAsync(NpgsqlDataSource others, Parts.Assembly parts, CancellationToken stopping)
    {
        await using var connection = await others.OpenConnectionAsync(stopping);
        connection.Notification += (_, heard) => delivery.Begin(parts.Add(heard.Payload));
        await using (var listen = new NpgsqlCommand($"listen {Name}", connection))
        {
            await listen.ExecuteNonQueryAsync(stopping);
        }

        while (true)
        {
            await connection.WaitAsync(stopping);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Live updates did not reach the clients of other instances: the database does not answer ({Reason}).")]
    private static partial void NotPassedOn(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Live updates of other instances are not heard until the database answers again ({Reason}).")]
    private static partial void NotHeard(ILogger log, string reason);
}
