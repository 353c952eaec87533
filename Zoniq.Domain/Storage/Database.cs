using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>The way to PostgreSQL. A use case opens one session, and a session is one connection.</summary>
public sealed class Database(NpgsqlDataSource source)
{
    /// <summary>A transaction for one use case: nothing is kept unless it is committed.</summary>
    public async Task<Session> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            return new Session(connection, transaction, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>For reading, or for one statement that is its own transaction.</summary>
    public async Task<Session> OpenAsync(CancellationToken cancellationToken) =>
        new(await source.OpenConnectionAsync(cancellationToken), null, cancellationToken);
}
