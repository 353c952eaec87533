using System.Diagnostics;
using Npgsql;
using Zoniq.Domain;
using Zoniq.LocalHost.Postgres;

namespace Zoniq.Tests.LocalHost;

public sealed class LocalPostgresTests : IAsyncLifetime
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), $"zoniq-local-{Guid.NewGuid():n}"[..24]);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await LocalPostgres.RemoveAsync(directory, ClusterSettings.ForTests, evenIfInUse: true, default);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Two_that_start_at_once_share_one_server_and_the_last_to_leave_stops_it()
    {
        var both = await Task.WhenAll(StartAsync(), StartAsync());
        Assert.Equal(await StartOf(both[0]), await StartOf(both[1]));

        await both[0].DisposeAsync();
        await ExecuteAsync(both[1], "select 1");

        await both[1].DisposeAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(both[1], "select 1"));
    }

    [Fact]
    public async Task A_server_that_was_killed_comes_back_with_what_it_had()
    {
        await using (var before = await StartAsync())
        {
            await ExecuteAsync(before, "create table kept as select 42 as answer");
            await KillAsync();
        }

        await using var after = await StartAsync();

        await ExecuteAsync(after, "select answer from kept");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_is_restarted_under_everybody_has_the_same_address_and_what_it_had(bool abruptly)
    {
        await using var server = await StartAsync();
        await ExecuteAsync(server, "create table kept as select 42 as answer");
        var before = await StartOf(server);

        Assert.True(await server.RestartAsync(abruptly, default));

        await ExecuteAsync(server, "select answer from kept");
        Assert.NotEqual(before, await StartOf(server));
    }

    [Fact]
    public async Task A_process_that_has_got_the_number_of_a_dead_server_is_not_taken_for_it()
    {
        await using (await StartAsync())
        {
            await KillAsync();
        }

        var lines = await File.ReadAllLinesAsync(Pidfile);
        lines[0] = Environment.ProcessId.ToString();
        await File.WriteAllLinesAsync(Pidfile, lines);

        await using var after = await StartAsync();

        await ExecuteAsync(after, "select 1");
    }

    [Fact]
    public async Task A_database_somebody_uses_is_not_removed()
    {
        await using var postgres = await StartAsync();

        await Assert.ThrowsAsync<SettingsException>(() => LocalPostgres.RemoveAsync(directory, ClusterSettings.ForTests, evenIfInUse: false, default));

        await ExecuteAsync(postgres, "select 1");
    }

    private string Pidfile => Path.Combine(directory, "postgres", "postmaster.pid");

    private Task<LocalPostgres> StartAsync() => LocalPostgres.StartAsync(directory, new ClusterSettings(), Environment.GetEnvironmentVariable("ZONIQ_POSTGRES"), default);

    private async Task KillAsync()
    {
        using var server = Process.GetProcessById(int.Parse((await File.ReadAllLinesAsync(Pidfile))[0]));
        server.Kill();
        await server.WaitForExitAsync();
    }

    private static async Task<object?> StartOf(LocalPostgres postgres) => await ExecuteAsync(postgres, "select pg_postmaster_start_time()");

    private static async Task<object?> ExecuteAsync(LocalPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
