using Dapper;
using Npgsql;

namespace Zoniq.Tests.Support;

/// <summary>A transaction of the test that stands in for somebody who is in the middle of something, so that nothing is left to chance.</summary>
internal sealed class InTheMiddle : IAsyncDisposable
{
    private readonly ZoniqApp app;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private InTheMiddle(ZoniqApp app, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.app, this.connection, this.transaction) = (app, connection, transaction);

    /// <summary>Somebody who has done this and has not yet committed it.</summary>
    public static async Task<InTheMiddle> Of(ZoniqApp app, string sql, object? parameters = null)
    {
        var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync();
        var somebody = new InTheMiddle(app, connection, await connection.BeginTransactionAsync());
        await somebody.Does(sql, parameters);
        return somebody;
    }

    public Task<int> Does(string sql, object? parameters = null) => connection.ExecuteAsync(sql, parameters, transaction);

    public Task Commits() => transaction.CommitAsync();

    public Task GivesUp() => transaction.RollbackAsync();

    /// <summary>Returns when so many others wait for locks.</summary>
    public async Task IsWaitedFor(int others = 1)
    {
        for (var tries = 0; await app.Value<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") < others; tries++)
        {
            Assert.True(tries < 1000, "Nobody waits.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
