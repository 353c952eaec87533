using Dapper;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

public sealed class SchemaTests : IAsyncLifetime
{
    private const string Renew = "ZONIQ_UPDATE_SCHEMA=1 dotnet test --filter FullyQualifiedName~SchemaTests";

    private string connectionString = "";

    public async Task InitializeAsync() => connectionString = await (await PostgresServer.GetAsync()).CreateEmptyDatabaseAsync();

    public async Task DisposeAsync() => await (await PostgresServer.GetAsync()).DropDatabaseAsync(connectionString);

    [Fact]
    public async Task The_schema_file_shows_what_the_scripts_make()
    {
        await MigrateAsync();
        await using var connection = new NpgsqlConnection(connectionString);
        var schema = await SchemaText.ReadAsync(connection);

        var file = Path.Combine(Repository.Root, "Zoniq.Domain", "Migrations", "schema.sql");
        if (Environment.GetEnvironmentVariable("ZONIQ_UPDATE_SCHEMA") == "1")
        {
            await File.WriteAllTextAsync(file, schema);
        }

        var written = File.Exists(file) ? (await File.ReadAllTextAsync(file)).Replace("\r\n", "\n") : "";
        Assert.True(schema == written, $"Zoniq.Domain/Migrations/schema.sql is stale. Renew it with: {Renew}");
    }

    [Fact]
    public async Task What_can_be_deleted_is_not_looked_for_in_whole_tables()
    {
        await MigrateAsync();
        await using var connection = new NpgsqlConnection(connectionString);

        var unindexed = await connection.QueryAsync<string>(
            """
            select conrelid::regclass || '.' || attname
            from   pg_constraint
            join   pg_attribute on attrelid = conrelid and attnum = conkey[1]
            where  contype = 'f'
            and    confrelid = any(array['venue', 'event', 'seat_category', 'seat', 'cart_item']::regclass[])    -- nobody deletes anything else that others name
            and    not exists (select from pg_index where indrelid = conrelid and indkey[0] = conkey[1])
            """);

        Assert.Empty(unindexed);
    }

    [Fact]
    public async Task Migrating_twice_at_once_runs_every_script_once()
    {
        var ran = await Task.WhenAll(MigrateAsync(), MigrateAsync());

        Assert.Equal(Migrator.Scripts.Order(), ran.SelectMany(scripts => scripts).Order());
    }

    /// <summary>A script that has to wait for a table gives way to those who use it, and goes on when it is free.</summary>
    [Fact]
    public async Task A_table_in_use_is_waited_for_and_nobody_behind_is_held_up_for_long()
    {
        await MigrateAsync();
        await using var source = PostgresDataSource.Create(connectionString);
        await using var reader = await source.OpenConnectionAsync();
        await reader.ExecuteAsync("delete from schema_migration where name like 'Migrations/0041%'");
        await reader.ExecuteAsync("begin; lock table mail in row exclusive mode");
        var (migrator, other) = (new Migrator(source) { Patience = TimeSpan.FromMilliseconds(50) }, await source.OpenConnectionAsync());

        var migrating = migrator.MigrateAsync(CancellationToken.None);
        for (var write = 0; write < 20; write++)
        {
            await other.ExecuteAsync("set lock_timeout = '5s'; update mail set status = status; select pg_sleep(0.01)");
        }

        Assert.False(migrating.IsCompleted);
        await reader.ExecuteAsync("rollback");
        Assert.Single(await migrating);
        await other.DisposeAsync();
    }

    private async Task<IReadOnlyList<string>> MigrateAsync()
    {
        await using var source = PostgresDataSource.Create(connectionString);
        return await new Migrator(source).MigrateAsync(CancellationToken.None);
    }
}
