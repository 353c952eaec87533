namespace Zoniq.LocalHost.Postgres;

/// <summary>A cluster for tests: fast, in a temporary directory, gone afterwards, at the latest when the next one starts.</summary>
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private const string Prefix = "zoniq-test-";
    private const string OwnerFile = "owner";

    /// <summary>One whose owner has not written itself down yet is left alone so long.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    private readonly string directory;
    private readonly LocalPostgres postgres;
    private readonly FileStream owner;

    private ThrowAwayPostgres(string directory, LocalPostgres postgres, FileStream owner)
    {
        this.directory = directory;
        this.postgres = postgres;
        this.owner = owner;
    }

    /// <summary>Connects as the superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString => postgres.ConnectionString;

    /// <summary>Starts it, from whatever this machine has: see <see cref="LocalPostgres"/>. What killed runs left behind is removed.</summary>
    public static async Task<ThrowAwayPostgres> StartAsync(CancellationToken cancellationToken)
    {
        await RemoveAbandonedAsync(cancellationToken);

        var directory = Path.Combine(Path.GetTempPath(), $"{Prefix}{Guid.NewGuid():n}"[..24]);
        ServerAccount.CreateOpenDirectory(directory);
        var owner = Own(directory);
        var postgres = await LocalPostgres.StartAsync(directory, ClusterSettings.ForTests, Environment.GetEnvironmentVariable("ZONIQ_POSTGRES"), cancellationToken);
        return new ThrowAwayPostgres(directory, postgres, owner);
    }

    /// <summary>Stops and removes it. Whoever is still connected loses the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await RemoveAsync(directory, CancellationToken.None);
        await owner.DisposeAsync();
    }

    private static async Task RemoveAsync(string directory, CancellationToken cancellationToken)
    {
        await LocalPostgres.RemoveAsync(directory, ClusterSettings.ForTests, evenIfInUse: true, cancellationToken);
        Directory.Delete(directory, recursive: true);
    }

    private static async Task RemoveAbandonedAsync(CancellationToken cancellationToken)
    {
        foreach (var directory in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (IsAbandoned(directory))
            {
                await RemoveAsync(directory, cancellationToken);
            }
        }
    }

    // The system lets go of the file when its owner dies, however it dies.
    private static FileStream Own(string directory) =>
        new(Path.Combine(directory, OwnerFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static bool IsAbandoned(string directory)
    {
        try
        {
            if (!File.Exists(Path.Combine(directory, OwnerFile)) && Directory.GetCreationTimeUtc(directory) > DateTime.UtcNow - StartLimit)
            {
                return false;
            }

            Own(directory).Dispose();
            return true;
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            return false; // Its owner lives, or it is somebody else's.
        }
    }
}
