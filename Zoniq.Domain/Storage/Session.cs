using Dapper;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>One connection, with or without a transaction, for the length of one use case.</summary>
public sealed class Session : IAsyncDisposable
{
    /// <summary>So that the server's own refusal arrives, rather than silence.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction? transaction;
    private readonly Action<string, object?>? listener;
    private readonly Measures measures;
    private readonly CancellationToken cancellationToken;
    private Action<Measures>? afterwards;
    private TimeSpan? patience;

    internal Session(NpgsqlConnection connection, NpgsqlTransaction? transaction, Action<string, object?>? listener, Measures measures, CancellationToken cancellationToken)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.listener = listener;
        this.measures = measures;
        this.cancellationToken = cancellationToken;
    }

    /// <summary>
    /// From here to the end of the transaction a statement may take so long, in whole seconds: on the server, and as long as this side waits for it, which alone would give up sooner.
    /// </summary>
    public async Task AllowAsync(TimeSpan limit)
    {
        _ = transaction ?? throw new InvalidOperationException("There is no transaction at whose end the limit would be the usual one again.");
        await ExecuteAsync("select set_config('statement_timeout', @limit, true)", new { limit = $"{limit.TotalMilliseconds:0}" });
        patience = limit + Slack;
    }

    /// <summary>The number of rows the statement touched.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        connection.ExecuteAsync(Command(sql, parameters));

    public async Task<T[]> QueryAsync<T>(string sql, object? parameters = null) =>
        [.. await connection.QueryAsync<T>(Command(sql, parameters))];

    /// <summary>The one row, or null (the type's default) when there is none.</summary>
    public Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters = null) =>
        connection.QuerySingleOrDefaultAsync<T?>(Command(sql, parameters));

    public Task<T> QuerySingleAsync<T>(string sql, object? parameters = null) =>
        connection.QuerySingleAsync<T>(Command(sql, parameters));

    /// <summary>Row by row while they arrive; nothing else can be asked until the last one is read.</summary>
    public IAsyncEnumerable<T> StreamAsync<T>(string sql, object? parameters = null)
    {
        listener?.Invoke(sql, parameters);
        return connection.QueryUnbufferedAsync<T>(sql, parameters, transaction, commandTimeout: 0);    // the server's limit is the only one
    }

    /// <summary>Several result sets in one round trip.</summary>
    public async Task<Results> QueryMultipleAsync(string sql, object? parameters = null) =>
        new(connection, await connection.QueryMultipleAsync(Command(sql, parameters)));

    /// <summary>A step that is undone, with the transaction living on, when it answers false.</summary>
    public async Task<bool> TryAsync(Func<Task<bool>> step)
    {
        const string name = "step";
        var open = transaction ?? throw new InvalidOperationException("There is no transaction to go back in.");
        await open.SaveAsync(name, cancellationToken);
        var done = await step();

        if (!done)
        {
            await open.RollbackAsync(name, cancellationToken);
        }

        return done;
    }

    /// <summary>Counts something when it has been committed; what is rolled back has not happened.</summary>
    public void Afterwards(Action<Measures> count) => afterwards += count;

    /// <summary>Not cancellable: once asked for, a commit is waited for.</summary>
    public async Task CommitAsync()
    {
        await (transaction ?? throw new InvalidOperationException("There is no transaction to commit.")).CommitAsync(CancellationToken.None);
        afterwards?.Invoke(measures);
        afterwards = null;
    }

    /// <summary>Rolls back what was not committed and returns the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }

        await connection.DisposeAsync();
    }

    private CommandDefinition Command(string sql, object? parameters)
    {
        listener?.Invoke(sql, parameters);
        return new(sql, parameters, transaction, (int?)patience?.TotalSeconds, cancellationToken: cancellationToken);
    }
}
