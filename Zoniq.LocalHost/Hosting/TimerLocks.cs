using System.Data;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Zoniq.LocalHost.Hosting;

/// <summary>
/// Decides which instance on a database runs a timer: as in Azure, one of them keeps it for as long as it lives.
/// The locks are the session's, so they end with the instance, however it ends.
/// </summary>
internal sealed partial class TimerLocks(NpgsqlDataSource? database, ILogger<TimerLocks> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly HashSet<string> held = [];
    private NpgsqlConnection? connection;

    /// <summary>True when the timer is this instance's. Without a database it always is.</summary>
    public async Task<bool> HoldAsync(string timer, CancellationToken cancellationToken)
    {
        if (database is null)
        {
            return true;
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            connection ??= await database.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select $1 or pg_try_advisory_lock(hashtextextended('zoniq timer ' || $2, 0))", connection)
            {
                Parameters = { new() { Value = held.Contains(timer) }, new() { Value = timer } },
            };

            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            {
                held.Add(timer);
                return true;
            }

            return false;
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException)
        {
            LostLocks(log, timer, failure.Message);
            await ForgetAsync();
            return false;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Lets other instances have the timers at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (connection is { State: ConnectionState.Open } open)
        {
            try
            {
                await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", open);
                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException)
            {
                // The connection is gone, and the locks with it.
            }
        }

        await ForgetAsync();
        turn.Dispose();
    }

    private async ValueTask ForgetAsync()
    {
        held.Clear();
        if (connection is { } broken)
        {
            connection = null;
            await broken.DisposeAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Timer} is skipped: the database does not answer ({Reason}).")]
    private static partial void LostLocks(ILogger log, string timer, string reason);
}
