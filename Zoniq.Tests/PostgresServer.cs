using Dapper;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.Tests;

/// <summary>
/// One PostgreSQL for the whole run, started when the first test class asks: the one ZONIQ_TEST_POSTGRES connects to as a
/// superuser, else a throw-away cluster. Every test class gets its own copy of the migrated template.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Four classes at once, sometimes with two instances each, stay below the server's 500.</summary>
    private const int PoolSize = 45;

    private static readonly string Run = Guid.NewGuid().ToString("n")[..8];
    private static readonly string Template = $"zoniq_test_{Run}_template";
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private static int databases;

    private readonly ThrowAwayPostgres? cluster;
    private readonly NpgsqlDataSource maintenance;

    private PostgresServer(ThrowAwayPostgres? cluster, NpgsqlDataSource maintenance)
    {
        this.cluster = cluster;
        this.maintenance = maintenance;
    }

    public static Task<PostgresServer> GetAsync() => Shared.Value;

    /// <summary>Called once, after the last test.</summary>
    public static async Task StopAsync()
    {
        if (Shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await Shared.Value).DisposeAsync();
        }
    }

    /// <summary>A database with the schema and nothing in it; the answer is its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"zoniq_test_{Run}_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"create database {name} template {Template}");
        return ConnectionStringOf(name, PoolSize);
    }

    /// <summary>Also when somebody is still connected.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        await using (var pool = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(pool);
        }

        await ExecuteAsync($"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");
    }

    /// <summary>A database without the schema.</summary>
    public async Task<string> CreateEmptyDatabaseAsync()
    {
        var name = $"zoniq_test_{Run}_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"create database {name} template template0");
        return ConnectionStringOf(name, PoolSize);
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is null)
        {
            await DropDatabaseAsync(ConnectionStringOf(Template, 1));
        }

        await maintenance.DisposeAsync();
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable("ZONIQ_TEST_POSTGRES");
        var cluster = string.IsNullOrWhiteSpace(given) ? await ThrowAwayPostgres.StartAsync(CancellationToken.None) : null;
        var connection = new NpgsqlConnectionStringBuilder(cluster?.ConnectionString ?? given) { MinPoolSize = 1, ApplicationName = $"zoniq tests {Run}" };
        var server = new PostgresServer(cluster, NpgsqlDataSource.Create(connection));

        await server.DropAbandonedAsync();
        await server.CreateTemplateAsync();
        return server;
    }

    private async Task CreateTemplateAsync()
    {
        await ExecuteAsync($"create database {Template} template template0 encoding 'UTF8'");
        await using var source = PostgresDataSource.Create(ConnectionStringOf(Template, 2));
        await new Migrator(source).MigrateAsync(CancellationToken.None);
    }

    /// <summary>Databases of killed runs: their run is not connected any more.</summary>
    private async Task DropAbandonedAsync()
    {
        await using var connection = await maintenance.OpenConnectionAsync();
        var abandoned = await connection.QueryAsync<string>(
            """
            select datname
            from   pg_database
            where  datname like 'zoniq\_test\_%'
            and    not exists (
                select
                from   pg_stat_activity
                where  application_name = 'zoniq tests ' || split_part(datname, '_', 3))
            """);
        foreach (var name in abandoned)
        {
            await connection.ExecuteAsync($"drop database if exists {name} with (force)");
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = maintenance.CreateCommand(sql);
        command.CommandTimeout = 60;
        await command.ExecuteNonQueryAsync();
    }

    private string ConnectionStringOf(string database, int poolSize) =>
        new NpgsqlConnectionStringBuilder(cluster?.ConnectionString ?? Environment.GetEnvironmentVariable("ZONIQ_TEST_POSTGRES"))
        {
            Database = database,
            MaxPoolSize = poolSize,
            ApplicationName = null,
        }.ConnectionString;
}
