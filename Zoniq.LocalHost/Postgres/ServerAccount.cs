using Zoniq.Domain;

namespace Zoniq.LocalHost.Postgres;

/// <summary>Whom the database server runs as: PostgreSQL refuses to run as root.</summary>
internal sealed class ServerAccount
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly string[] Unprivileged = ["postgres", "nobody"];

    private readonly string? name;

    private ServerAccount(string? name) => this.name = name;

    /// <summary>Ourselves, or an account without rights when we are root.</summary>
    public static ServerAccount Current { get; } = new(IsRoot ? Choose() : null);

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>Runs a program as this account.</summary>
    public Task<Command.Outcome> RunAsync(string program, string[] arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            return Command.RunAsync(program, arguments, limit, cancellationToken);
        }

        if (Command.OnPath("setpriv") is { } setpriv && !setpriv.EndsWith("busybox", StringComparison.Ordinal))
        {
            return Command.RunAsync(setpriv, ["--reuid", name, "--regid", PrimaryGroup(name), "--clear-groups", "--", program, .. arguments], limit, cancellationToken);
        }

        if (Command.OnPath("runuser") is { } runuser)
        {
            return Command.RunAsync(runuser, ["-u", name, "--", program, .. arguments], limit, cancellationToken);
        }

        var line = string.Join(' ', new[] { program }.Concat(arguments).Select(word => $"'{word.Replace("'", @"'\''")}'"));
        return Command.RunAsync("su", ["-s", "/bin/sh", name, "-c", line], limit, cancellationToken);
    }

    /// <summary>Makes a directory that only this account (and root) can enter.</summary>
    public async Task CreatePrivateDirectoryAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (name is not null)
        {
            var chown = await Command.RunAsync("chown", [$"{name}:{PrimaryGroup(name)}", directory], Limit, cancellationToken);
            if (!chown.Succeeded)
            {
                throw new SettingsException($"{directory} cannot be given to {name}, whom the database server would run as: {chown.Output}");
            }
        }
    }

    /// <summary>Makes a directory that any account may pass through, whatever the umask says. One that is there is left as it is.</summary>
    public static void CreateOpenDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }
        }
    }

    /// <summary>Whether this account can get to the path: as root we may, but whom the server runs as may not.</summary>
    public bool CanReach(string path)
    {
        if (name is null || OperatingSystem.IsWindows())
        {
            return true;
        }

        for (var directory = Path.GetDirectoryName(Path.GetFullPath(path)); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Directory.Exists(directory) && !File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static string Choose() =>
        Unprivileged.FirstOrDefault(candidate => Entry(candidate) is not null)
        ?? throw new SettingsException("PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody' for it to run as.");

    private static string PrimaryGroup(string account) => Entry(account)![3];

    private static string[]? Entry(string account) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 3 && fields[0] == account);
}
