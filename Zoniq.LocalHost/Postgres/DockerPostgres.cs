using System.Diagnostics;
using Npgsql;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Postgres;

/// <summary>The server in a Docker container, with its data in a named volume.</summary>
internal sealed class DockerPostgres(string connectionString) : IAsyncDisposable
{
    private const string Image = "postgres:15-alpine";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    /// <summary>Connects as the superuser to the database <c>postgres</c>.</summary>
    public string ConnectionString => connectionString;

    /// <summary>Whether there is a Docker that answers.</summary>
    public static async Task<bool> IsThereAsync(CancellationToken cancellationToken) =>
        Command.OnPath("docker") is not null && (await Command.RunAsync("docker", ["info"], TimeSpan.FromSeconds(5), cancellationToken)).Succeeded;

    /// <summary>Starts the container of this name, after making it if need be.</summary>
    public static async Task<DockerPostgres> StartAsync(string name, ClusterSettings settings, CancellationToken cancellationToken)
    {
        if (!(await Command.RunAsync("docker", ["start", name], Limit, cancellationToken)).Succeeded)
        {
            string[] arguments =
            [
                "run", "--detach", "--name", name, "--env", $"POSTGRES_PASSWORD={settings.Password}", "--publish", "127.0.0.1::5432",
                "--volume", $"{name}:/var/lib/postgresql/data", Image,
                .. settings.Parameters().SelectMany(parameter => new[] { "-c", $"{parameter.Key}={parameter.Value}" }),
            ];
            var run = await Command.RunAsync("docker", arguments, StartLimit, cancellationToken);
            if (!run.Succeeded)
            {
                throw new SettingsException($"Docker could not start {Image}: {run.Output}");
            }
        }

        // It may get another port at every start.
        var published = await Command.RunAsync("docker", ["port", name, "5432/tcp"], Limit, cancellationToken);
        if (!int.TryParse(published.Output.Split('\n')[0].Split(':')[^1], out var port))
        {
            throw new SettingsException($"Docker does not say on which port {name} listens: {published.Output}");
        }

        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Password = settings.Password,
            Database = "postgres",
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
        await WaitUntilReadyAsync(connectionString, cancellationToken);
        return new DockerPostgres(connectionString);
    }

    /// <summary>Removes the container and its data.</summary>
    public static async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await Command.RunAsync("docker", ["rm", "--force", name], Limit, cancellationToken);
        await Command.RunAsync("docker", ["volume", "rm", "--force", name], Limit, cancellationToken);
    }

    /// <summary>Leaves the container running: another may be using it, and it costs nothing while idle.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task WaitUntilReadyAsync(string connectionString, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException notYet) when (waited.Elapsed < StartLimit && notYet is not PostgresException { SqlState: PostgresErrorCodes.InvalidPassword })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }
}
