using System.Diagnostics.Metrics;
using System.Globalization;
using Npgsql;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Storage;
using Zoniq.Load.Generation;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.Load;

/// <summary>
/// A database with the schema, empty or filled, on a durable server: what is measured waits for the disk, as it does for a buyer.
/// It is thrown away afterwards, unless a directory was given to keep it in.
/// </summary>
internal sealed class ScratchDatabase : IAsyncDisposable
{
    private readonly string? directory;
    private readonly bool isKept;
    private readonly LocalPostgres? server;
    private readonly string maintenance;

    private ScratchDatabase(string? directory, bool isKept, LocalPostgres? server, string maintenance)
    {
        this.directory = directory;
        this.isKept = isKept;
        this.server = server;
        this.maintenance = maintenance;
        Name = isKept ? "zoniq_load" : $"zoniq_load_{Guid.NewGuid():n}"[..19];
        ConnectionString = new NpgsqlConnectionStringBuilder(maintenance) { Database = Name }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    private static ClusterSettings Settings { get; } = new() { MaxConnections = 500 };

    public static async Task<ScratchDatabase> CreateAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var given = options.Data is null ? Environment.GetEnvironmentVariable("POSTGRES_CONNECTION") : null;
        var directory = options.Data is { } kept ? Path.GetFullPath(kept)
            : string.IsNullOrWhiteSpace(given) ? Path.Combine(Path.GetTempPath(), $"zoniq-load-{Guid.NewGuid():n}"[..24])
            : null;
        var server = directory is null
            ? null
            : await LocalPostgres.StartAsync(directory, Settings, Environment.GetEnvironmentVariable("ZONIQ_POSTGRES"), cancellationToken);

        var database = new ScratchDatabase(directory, options.Data is not null, server, server?.ConnectionString ?? given!);
        try
        {
            await database.PrepareAsync(options.Scale, cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is wrong in it, by the app's own clock.</summary>
    public async Task<Finding[]> CheckAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var source = PostgresDataSource.Create(ConnectionString);
        return await new InvariantChecker(new Database(source, new Measures(new Meter(Measures.Name))), clock).CheckAsync(cancellationToken);
    }

    /// <summary>Stops the server under everybody and starts it again; false when it is not ours to stop.</summary>
    public async Task<bool> RestartAsync(bool abruptly, CancellationToken cancellationToken) =>
        server is not null && await server.RestartAsync(abruptly, cancellationToken);

    /// <summary>Cuts every connection that an instance of the app has at this moment.</summary>
    public Task CutAsync() =>
        ExecuteAsync($"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{Name}' and application_name = 'zoniq'");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is null)
        {
            await ExecuteAsync($"drop database if exists {Name} with (force)");
            return;
        }

        await server.DisposeAsync();
        if (!isKept)
        {
            await LocalPostgres.RemoveAsync(directory!, Settings, evenIfInUse: true, CancellationToken.None);
            Directory.Delete(directory!, recursive: true);
        }
    }

    private async Task PrepareAsync(double scale, CancellationToken cancellationToken)
    {
        var mark = scale > 0 ? Generator.Mark(scale) : "empty";
        if (isKept && scale > 0 && await MarkAsync() is { } kept && IsOf(kept, mark))
        {
            Console.Error.WriteLine($"Using what was generated before in {directory}.");
            return;
        }

        await ExecuteAsync($"drop database if exists {Name} with (force)");
        await ExecuteAsync($"create database {Name} template template0 encoding 'UTF8'");
        await using (var source = PostgresDataSource.Create(ConnectionString))
        {
            await new Migrator(source).MigrateAsync(cancellationToken);
        }

        if (scale > 0)
        {
            await FillAsync(scale, cancellationToken);
        }

        await ExecuteAsync($"comment on database {Name} is '{mark}, {DateTime.UtcNow:O}'");
    }

    /// <summary>The same, and not yet a day old: events begin, bookings expire, and soon it is another business.</summary>
    private static bool IsOf(string kept, string mark) =>
        kept.StartsWith($"{mark}, ", StringComparison.Ordinal)
        && DateTime.TryParse(kept[(mark.Length + 2)..], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var made)
        && DateTime.UtcNow - made < TimeSpan.FromDays(1);

    private async Task FillAsync(double scale, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"Generating two years of business at scale {scale}…");

        // On a server of our own nothing is lost if it dies meanwhile: the mark comes last.
        if (server is not null)
        {
            await ExecuteAsync("alter system set fsync = off");
            await ExecuteAsync("alter system set full_page_writes = off");
            await ExecuteAsync("select pg_reload_conf()");
        }

        await Generator.FillAsync(ConnectionString, scale, done => Console.Error.WriteLine($"  {done}"), cancellationToken);

        if (server is not null)
        {
            await ExecuteAsync("alter system reset fsync");
            await ExecuteAsync("alter system reset full_page_writes");
            await ExecuteAsync("select pg_reload_conf()");
        }

        await ExecuteAsync("checkpoint");
    }

    private async Task<string?> MarkAsync() =>
        await AskAsync($"select shobj_description(oid, 'pg_database') from pg_database where datname = '{Name}'") as string;

    private Task ExecuteAsync(string sql) => AskAsync(sql);

    private async Task<object?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(maintenance) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
