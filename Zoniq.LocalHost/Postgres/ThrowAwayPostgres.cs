namespace Zoniq.LocalHost.Postgres;

/// <summary>A cluster for tests: fast, in a temporary directory, gone afterwards.</summary>
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private const string Prefix = "zoniq-test-";

    private readonly string directory;
    private readonly DirectoryLock ours;
    private readonly LocalPostgres postgres;

    private ThrowAwayPostgres(string directory, DirectoryLock ours, LocalPostgres postgres)
    {
        this.directory = directory;
        this.ours = ours;
        this.postgres = postgres;
    }

    /// <summary>Connects as the superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString => postgres.ConnectionString;

    /// <summary>Starts it, from whatever this machine has: see <see cref="LocalPostgres"/>. Removes those of processes that were killed.</summary>
    public static async Task<ThrowAwayPostgres> StartAsync(CancellationToken cancellationToken)
    {
        await RemoveAbandonedAsync(cancellationToken);

        var directory = Path.Combine(Path.GetTempPath(), $"{Prefix}{Guid.NewGuid():n}"[..24]);
        var ours = await DirectoryLock.TakeAsync(directory, cancellationToken);
        var postgres = await LocalPostgres.StartAsync(directory, ClusterSettings.ForTests, Environment.GetEnvironmentVariable("ZONIQ_POSTGRES"), cancellationToken);
        return new ThrowAwayPostgres(directory, ours, postgres);
    }

    /// <summary>Stops and removes it. Whoever is still connected loses the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await RemoveAsync(directory, CancellationToken.None);
        ours.Dispose();
    }

    private static async Task RemoveAbandonedAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), DirectoryLock.FileOf(Prefix + "*")))
        {
            try
            {
                // Whoever made it holds its lock for as long as the process lives.
                using var free = DirectoryLock.TryTake(file[..^DirectoryLock.FileOf("").Length]);
                if (free is not null)
                {
                    await RemoveAsync(file[..^DirectoryLock.FileOf("").Length], cancellationToken);
                }
            }
            catch (UnauthorizedAccessException)
            {
                // Another person's.
            }
        }
    }

    private static async Task RemoveAsync(string directory, CancellationToken cancellationToken)
    {
        await LocalPostgres.RemoveAsync(directory, ClusterSettings.ForTests, evenIfInUse: true, cancellationToken);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        File.Delete(DirectoryLock.FileOf(directory));
    }
}
