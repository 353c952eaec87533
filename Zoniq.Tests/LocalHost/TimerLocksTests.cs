using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.Tests.LocalHost;

public sealed class TimerLocksTests : IAsyncLifetime
{
    private PostgresServer server = null!;
    private string database = null!;
    private NpgsqlDataSource one = null!;
    private NpgsqlDataSource other = null!;

    public async Task InitializeAsync()
    {
        server = await PostgresServer.GetAsync();
        database = await server.CreateDatabaseAsync();
        one = PostgresDataSource.Create(database);
        other = PostgresDataSource.Create(database);
    }

    public async Task DisposeAsync()
    {
        await one.DisposeAsync();
        await other.DisposeAsync();
        await server.DropDatabaseAsync(database);
    }

    [Fact]
    public async Task A_timer_belongs_to_one_instance_until_that_instance_ends()
    {
        var first = Locks(one);
        await using var second = Locks(other);

        Assert.True(await first.HoldAsync("ExpireHolds", default));
        Assert.True(await second.HoldAsync("SendMails", default));
        Assert.False(await second.HoldAsync("ExpireHolds", default));
        Assert.True(await first.HoldAsync("ExpireHolds", default));

        await first.DisposeAsync();

        Assert.True(await second.HoldAsync("ExpireHolds", default));
    }

    [Fact]
    public async Task An_instance_that_loses_its_connection_loses_its_timers_and_may_win_them_again()
    {
        await using var first = Locks(one);
        await using var second = Locks(other);
        Assert.True(await first.HoldAsync("ExpireHolds", default));

        await CutConnectionsAsync();

        Assert.False(await first.HoldAsync("ExpireHolds", default));
        Assert.True(await first.HoldAsync("ExpireHolds", default));
        Assert.False(await second.HoldAsync("ExpireHolds", default));
    }

    private static TimerLocks Locks(NpgsqlDataSource source) => new(source, NullLogger<TimerLocks>.Instance);

    private async Task CutConnectionsAsync()
    {
        await using var connection = await other.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
        await command.ExecuteNonQueryAsync();
    }
}
