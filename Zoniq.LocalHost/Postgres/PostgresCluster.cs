using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Postgres;

/// <summary>
/// A private database cluster in a directory of its own. On Unix it listens on a socket inside a directory only its owner can
/// enter, so there is neither a port to choose nor a password to lose; on Windows on a free port of localhost.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string SuperUser = "postgres";
    private const int SocketNumber = 5432;

    /// <summary>The shortest limit of all systems on the length of a socket's path, less the socket's own name.</summary>
    private const int LongestSocketDirectory = 80;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string directory;
    private readonly NpgsqlConnection presence;

    private PostgresCluster(string directory, NpgsqlConnection presence, string connectionString)
    {
        this.directory = directory;
        this.presence = presence;
        ConnectionString = connectionString;
    }

    /// <summary>Connects as the superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Uses the server that runs in the directory, or starts it, or makes a new cluster there; who comes at the same time shares it.
    /// </summary>
    /// <param name="directory">Absolute; a short path. When running as root, one that other accounts can get to.</param>
    /// <param name="settings">Applied when it is started.</param>
    /// <param name="findBinaries">Asked only when there is something to start; told the version that made the cluster, if there is one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<PostgresCluster> StartAsync(
        string directory, ClusterSettings settings, Func<int?, CancellationToken, Task<PostgresBinaries>> findBinaries, CancellationToken cancellationToken)
    {
        using var alone = await DirectoryLock.TakeAsync(directory, cancellationToken);

        if (await JoinAsync(directory, settings, cancellationToken) is { } running)
        {
            return running;
        }

        var binaries = await findBinaries(MajorOf(directory), cancellationToken);
        if (MajorOf(directory) is null)
        {
            await CreateAsync(directory, settings, binaries, cancellationToken);
        }

        return await StartServerAsync(directory, settings, binaries, cancellationToken);
    }

    /// <summary>Stops whatever runs in the directory and removes it; unless told otherwise, refuses to while somebody is connected.</summary>
    public static async Task RemoveAsync(string directory, ClusterSettings settings, bool evenIfInUse, CancellationToken cancellationToken)
    {
        using var alone = await DirectoryLock.TakeAsync(directory, cancellationToken);

        if (await JoinAsync(directory, settings, cancellationToken) is { } running)
        {
            await using (running.presence)
            {
                if (!evenIfInUse && !await running.IsLastAsync())
                {
                    throw new SettingsException($"The database in {directory} is in use. Stop whoever is connected to it first.");
                }
            }

            await StopAsync(directory, cancellationToken);
        }

        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Stops the server, unless somebody else is connected: then it keeps running, and the next start finds it.</summary>
    public async ValueTask DisposeAsync()
    {
        using var alone = await DirectoryLock.TakeAsync(directory, CancellationToken.None);

        if (await IsLastAsync())
        {
            await presence.DisposeAsync();
            await StopAsync(directory, CancellationToken.None);
        }
        else
        {
            await presence.DisposeAsync();
        }
    }

    /// <summary>
    /// Stops the server under everybody who is connected; the next start brings it up again, with the same address. This object is of no use afterwards.
    /// </summary>
    /// <param name="abruptly">As in a crash, so that it has to recover; otherwise as an operator restarts it. On Windows there is no difference.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task StopUnderEverybodyAsync(bool abruptly, CancellationToken cancellationToken)
    {
        using var alone = await DirectoryLock.TakeAsync(directory, cancellationToken);
        await presence.DisposeAsync();
        await StopAsync(directory, cancellationToken, abruptly ? "QUIT" : "INT");
    }

    /// <summary>The server that already runs there, or null.</summary>
    private static async Task<PostgresCluster?> JoinAsync(string directory, ClusterSettings settings, CancellationToken cancellationToken) =>
        Pidfile.Read(directory) is { } running
        && ConnectionStringOf(running, settings) is var connectionString
        && await ConnectAsync(connectionString, StartLimit, cancellationToken) is { } connection
            ? new PostgresCluster(directory, connection, connectionString)
            : null;

    private async Task<bool> IsLastAsync()
    {
        try
        {
            // The app has closed its connections by now, but the server may need a moment to notice.
            for (var attempt = 0; attempt < 10; attempt++)
            {
                if (await OthersAsync(presence, CancellationToken.None) == 0)
                {
                    return true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }

            return false;
        }
        catch (NpgsqlException)
        {
            return false; // The server is gone already, or was restarted by somebody else.
        }
    }

    private static async Task<long> OthersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select count(*)
            from   pg_stat_activity
            where  backend_type = 'client backend'
            and    pid <> pg_backend_pid()
            """,
            connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task CreateAsync(string directory, ClusterSettings settings, PostgresBinaries binaries, CancellationToken cancellationToken)
    {
        // Made beside its place and then moved there: a cluster that is there is whole.
        var unfinished = directory + ".new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        await ServerAccount.Current.CreatePrivateDirectoryAsync(unfinished, cancellationToken);

        string[] arguments = ["-D", unfinished, "-U", SuperUser, "-E", "UTF8", $"--locale={Locale}", .. settings.IsDurable ? Array.Empty<string>() : ["--no-sync"]];
        var made = OperatingSystem.IsWindows()
            ? await MakeWithPasswordAsync(binaries, arguments, directory + ".password", settings.Password, cancellationToken)
            : await ServerAccount.Current.RunAsync(binaries.Program("initdb"), [.. arguments, "--auth=trust"], StartLimit, cancellationToken);
        if (!made.Succeeded)
        {
            throw new SettingsException($"A database cluster could not be made in {directory}: {made.Output}");
        }

        Directory.Move(unfinished, directory);
    }

    private static async Task<Command.Outcome> MakeWithPasswordAsync(
        PostgresBinaries binaries, string[] arguments, string passwordFile, string password, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        try
        {
            return await Command.RunAsync(binaries.Program("initdb"), [.. arguments, "--auth=scram-sha-256", "--pwfile", passwordFile], StartLimit, cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static string Locale => OperatingSystem.IsLinux() ? "C.UTF-8" : OperatingSystem.IsMacOS() ? "en_US.UTF-8" : "C";

    private static async Task<PostgresCluster> StartServerAsync(
        string directory, ClusterSettings settings, PostgresBinaries binaries, CancellationToken cancellationToken)
    {
        var log = Path.Combine(directory, "server.log");
        var socketDirectory = await SocketDirectoryAsync(directory, cancellationToken);
        var lastWords = "";

        // Again, because backends of a server that was killed need a moment to go, and another may take the port between choosing and using it.
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            Pidfile.RemoveIfStale(directory);
            File.Delete(log);
            await File.WriteAllTextAsync(Path.Combine(directory, "postgresql.conf"), Configuration(settings, socketDirectory), cancellationToken);

            string[] arguments = ["start", "-D", directory, "-l", log, "-s", "-w", "-t", $"{StartLimit.TotalSeconds:0}"];
            var started = await ServerAccount.Current.RunAsync(binaries.Program("pg_ctl"), arguments, StartLimit, cancellationToken);

            if (await JoinAsync(directory, settings, cancellationToken) is { } cluster)
            {
                return cluster;
            }

            lastWords = File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(5)) : started.Output;
            await StopAsync(directory, cancellationToken); // It may run without a socket, which was cleaned away with other old files.
            await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), cancellationToken);
        }

        throw new SettingsException($"The database server in {directory} does not start. Its last words:\n{lastWords}");
    }

    private static string Configuration(ClusterSettings settings, string? socketDirectory)
    {
        var text = new StringBuilder("# Written by Zoniq at every start.\n");
        KeyValuePair<string, string>[] listening = socketDirectory is null
            ? [new("listen_addresses", "127.0.0.1"), new("port", FreePort.Find().ToString())]
            : [new("listen_addresses", ""), new("port", SocketNumber.ToString()), new("unix_socket_directories", $"\"{socketDirectory}\"")];

        foreach (var (name, value) in listening.Concat(settings.Parameters()))
        {
            text.Append(name).Append(" = '").Append(value.Replace("'", "''")).Append("'\n");
        }

        return text.ToString();
    }

    /// <summary>Within the cluster if its path is short and plain, else in one that is; null where there are no sockets.</summary>
    private static async Task<string?> SocketDirectoryAsync(string directory, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        // A comma separates hosts in a connection string, and other signs mean something to somebody else on the way.
        if (directory.Length <= LongestSocketDirectory && directory.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_' or ' '))
        {
            return directory;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory)))[..12];
        var elsewhere = $"/tmp/zoniq-{hash}";
        await ServerAccount.Current.CreatePrivateDirectoryAsync(elsewhere, cancellationToken);
        return elsewhere;
    }

    /// <summary>Null when nobody answers there; waits for a server that is still starting or recovering.</summary>
    private static async Task<NpgsqlConnection?> ConnectAsync(string connectionString, TimeSpan limit, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "zoniq host" }.ConnectionString);
            try
            {
                await connection.OpenAsync(cancellationToken);
                return connection;
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CannotConnectNow && since.Elapsed < limit)
            {
                await connection.DisposeAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
            catch (NpgsqlException unreachable) when (unreachable is not PostgresException)
            {
                await connection.DisposeAsync();
                return null;
            }
        }
    }

    private static string ConnectionStringOf(Pidfile running, ClusterSettings settings) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = running.SocketDirectory ?? "127.0.0.1",
            Port = running.Port,
            Username = SuperUser,
            Password = settings.Password,
            Database = "postgres",
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    /// <summary>The signal pg_ctl would send, without having to know where pg_ctl is.</summary>
    private static async Task StopAsync(string directory, CancellationToken cancellationToken, string signal = "INT")
    {
        if (Pidfile.Read(directory) is not { } running)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            var binaries = await PostgresBinaries.FindAsync(MajorOf(directory), cancellationToken);
            _ = binaries is null ? null : await Command.RunAsync(binaries.Program("pg_ctl"), ["stop", "-D", directory, "-m", "fast", "-s"], StartLimit, cancellationToken);
            return;
        }

        await Command.RunAsync("/bin/sh", ["-c", $"kill -{signal} {running.ProcessId}"], StartLimit, cancellationToken);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < StartLimit && Pidfile.Read(directory) is not null;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    private static int? MajorOf(string directory) =>
        Path.Combine(directory, "PG_VERSION") is var file && File.Exists(file) ? int.Parse(File.ReadAllText(file)) : null;
}
