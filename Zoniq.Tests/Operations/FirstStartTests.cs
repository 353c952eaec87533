using Dapper;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.Functions.Http;
using Zoniq.LocalHost;

namespace Zoniq.Tests.Operations;

public sealed class FirstStartTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("zoniq-first-").FullName;
    private string connectionString = "";

    public async Task InitializeAsync() => connectionString = await (await PostgresServer.GetAsync()).CreateEmptyDatabaseAsync();

    public async Task DisposeAsync()
    {
        await (await PostgresServer.GetAsync()).DropDatabaseAsync(connectionString);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Two_instances_that_start_at_once_on_an_empty_database_make_one_schema_and_one_administrator()
    {
        var instances = await Task.WhenAll(StartAsync(), StartAsync());
        try
        {
            foreach (var instance in instances)
            {
                using var http = new HttpClient { BaseAddress = instance.BaseAddress };
                using var ready = await http.GetAsync(new Uri("/api/health/ready", UriKind.Relative));
                Assert.True(ready.IsSuccessStatusCode);
            }

            await using var connection = new NpgsqlConnection(connectionString);
            Assert.Equal(Migrator.Scripts.Order(), (await connection.QueryAsync<string>("select name from schema_migration")).Order());
            Assert.Equal("box.office@example.in", Assert.Single(await connection.QueryAsync<string>("select email from account")));
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Sessions_that_come_through_a_pooler_run_with_the_same_settings()
    {
        // An owner without further rights, as in Azure.
        var owner = $"owner_{Guid.NewGuid():n}"[..20];
        await using var maintenance = new NpgsqlConnection(connectionString);
        await maintenance.ExecuteAsync($"create role {owner} login password 'owner'; create extension pg_trgm; alter database \"{maintenance.Database}\" owner to {owner}");
        var owned = new NpgsqlConnectionStringBuilder(connectionString) { Username = owner, Password = "owner", Pooling = false }.ConnectionString;
        try
        {
            await using (var source = PostgresDataSource.Create(owned))
            {
                await new Migrator(source).KeepSessionSettingsAsync(CancellationToken.None);
            }

            Assert.Equal(await SettingsOf(PostgresDataSource.Create(owned)), await SettingsOf(NpgsqlDataSource.Create(owned)));
        }
        finally
        {
            await maintenance.ExecuteAsync($"alter database \"{maintenance.Database}\" owner to current_user; drop role {owner}");
        }
    }

    private Task<LocalApp> StartAsync() =>
        LocalApp.StartAsync(
            typeof(AllowAttribute).Assembly,
            new Dictionary<string, string?>
            {
                ["POSTGRES_CONNECTION"] = connectionString,
                ["ADMIN_EMAIL"] = "box.office@example.in",
                ["ADMIN_USERNAME"] = "boxoffice",
                ["ADMIN_PASSWORD"] = "a long password",
                ["Logging:LogLevel:Default"] = "Warning",
            },
            "--port", "0", "--no-timers", "--data", data);

    private static async Task<string[]> SettingsOf(NpgsqlDataSource source)
    {
        await using (source)
        {
            await using var connection = await source.OpenConnectionAsync();
            return
            [
                .. await connection.QueryAsync<string>(
                    "select name || ' ' || current_setting(name) from unnest(@names) as name order by name",
                    new { names = PostgresDataSource.SessionSettings.Keys.ToArray() }),
            ];
        }
    }
}
