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

    private async Task<IReadOnlyList<string>> MigrateAsync()
    {
        await using var source = PostgresDataSource.Create(connectionString);
        return await new Migrator(source).MigrateAsync(CancellationToken.None);
    }
}
