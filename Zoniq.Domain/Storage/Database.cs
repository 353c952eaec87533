using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>The way to PostgreSQL. A use case opens one session, and a session is one connection.</summary>
public sealed class Database(NpgsqlDataSource source, Measures measures)
{
    /// <summary>Is told every statement and its values before it is sent. For tests and measurements: values are secrets, and no log may have them.</summary>
    public Action<string, object?>? Listener { get; set; }

    /// <summary>A transaction for one use case: nothing is kept unless it is committed.</summary>
    public Task<Session> BeginAsync(CancellationToken cancellationToken) => BeginAsync(IsolationLevel.ReadCommitted, cancellationToken);

    /// <summary>For several statements that read what stood at one moment: a page and how many there are.</summary>
    public Task<Session> SnapshotAsync(CancellationToken cancellationToken) => BeginAsync(IsolationLevel.RepeatableRead, cancellationToken);

    /// <summary>For reading, or for one statement that is its own transaction.</summary>
    public async Task<Session> OpenAsync(CancellationToken cancellationToken) =>
        new(await source.OpenConnectionAsync(cancellationToken), null, Listener, measures, cancellationToken);

    /// <summary>
    /// Every row of a long list, one at a time. It lasts as long as its reader takes, so it may run longer than other
    /// statements; the connection goes back when the last row is read or the reader stops.
    /// </summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string sql, object? parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await BeginAsync(cancellationToken);
        await db.ExecuteAsync("set local statement_timeout = '30min'; set local idle_in_transaction_session_timeout = 0");

        await foreach (var row in db.StreamAsync<T>(sql, parameters).WithCancellation(cancellationToken))
        {
            yield return row;
        }
    }

    private async Task<Session> BeginAsync(IsolationLevel isolation, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            return new Session(connection, transaction, Listener, measures, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
