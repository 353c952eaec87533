using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.Load;

/// <summary>An empty database with the schema, on a durable server: what is measured waits for the disk, as it does for a buyer.</summary>
internal sealed class ScratchDatabase : IAsyncDisposable
{
    private readonly string? directory;
    private readonly LocalPostgres? server;
    private readonly string maintenance;

    private ScratchDatabase(string? directory, LocalPostgres? server, string maintenance)
    {
        this.directory = directory;
        this.server = server;
        this.maintenance = maintenance;
        Name = $"zoniq_load_{Guid.NewGuid():n}"[..19];
        ConnectionString = new NpgsqlConnectionStringBuilder(maintenance) { Database = Name }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    private static ClusterSettings Settings { get; } = new() { MaxConnections = 500 };

    public static async Task<ScratchDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        var given = Environment.GetEnvironmentVariable("POSTGRES_CONNECTION");
        var directory = string.IsNullOrWhiteSpace(given) ? Path.Combine(Path.GetTempPath(), $"zoniq-load-{Guid.NewGuid():n}"[..24]) : null;
        var server = directory is null
            ? null
            : await LocalPostgres.StartAsync(directory, Settings, Environment.GetEnvironmentVariable("ZONIQ_POSTGRES"), cancellationToken);

        var database = new ScratchDatabase(directory, server, server?.ConnectionString ?? given!);
        await database.ExecuteAsync($"create database {database.Name} template template0 encoding 'UTF8'");
        await using var source = PostgresDataSource.Create(database.ConnectionString);
        await new Migrator(source).MigrateAsync(cancellationToken);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is null)
        {
            await ExecuteAsync($"drop database if exists {Name} with (force)");
        }
        else
        {
            NpgsqlConnection.ClearAllPools();
            await server.DisposeAsync();
            await LocalPostgres.RemoveAsync(directory!, Settings, evenIfInUse: true, CancellationToken.None);
            Directory.Delete(directory!, recursive: true);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(maintenance) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
