namespace Zoniq.LocalHost.Postgres;

/// <summary>A cluster for tests: fast, in a temporary directory, gone afterwards.</summary>
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private readonly string directory;
    private readonly LocalPostgres postgres;

    private ThrowAwayPostgres(string directory, LocalPostgres postgres)
    {
        this.directory = directory;
        this.postgres = postgres;
    }

    /// <summary>Connects as the superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString => postgres.ConnectionString;

    /// <summary>Starts it, from whatever this machine has: see <see cref="LocalPostgres"/>.</summary>
    public static async Task<ThrowAwayPostgres> StartAsync(CancellationToken cancellationToken)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"zoniq-test-{Guid.NewGuid():n}"[..24]);
        var postgres = await LocalPostgres.StartAsync(directory, ClusterSettings.ForTests, Environment.GetEnvironmentVariable("ZONIQ_POSTGRES"), cancellationToken);
        return new ThrowAwayPostgres(directory, postgres);
    }

    /// <summary>Stops and removes it. Whoever is still connected loses the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await LocalPostgres.RemoveAsync(directory, ClusterSettings.ForTests, evenIfInUse: true, CancellationToken.None);
        Directory.Delete(directory, recursive: true);
    }
}
