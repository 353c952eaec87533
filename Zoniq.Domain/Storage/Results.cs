using System.Data;
using Dapper;
using Npgsql;

namespace Zoniq.Domain.Storage;

/// <summary>Several result sets of one round trip, to be read in their order.</summary>
public sealed class Results : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly SqlMapper.GridReader reader;

    internal Results(NpgsqlConnection connection, SqlMapper.GridReader reader) => (this.connection, this.reader) = (connection, reader);

    public Task<IEnumerable<T>> ReadAsync<T>() => Whole(reader.ReadAsync<T>());

    public Task<T> ReadSingleAsync<T>() => Whole(reader.ReadSingleAsync<T>());

    /// <summary>The one row, or null (the type's default) when there is none.</summary>
    public Task<T?> ReadSingleOrDefaultAsync<T>() => Whole(reader.ReadSingleOrDefaultAsync<T?>());

    public ValueTask DisposeAsync() => reader.DisposeAsync();

    /// <summary>When the connection breaks amid the rows, Dapper goes on to the next result set and complains of a closed reader, which would hide why.</summary>
    private async Task<T> Whole<T>(Task<T> read)
    {
        try
        {
            return await read;
        }
        catch (InvalidOperationException closed) when (connection.State != ConnectionState.Open)
        {
            throw new NpgsqlException("The connection broke while its answer was read.", new IOException(closed.Message, closed));
        }
    }
}
