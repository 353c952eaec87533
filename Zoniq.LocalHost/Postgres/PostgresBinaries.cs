using System.Text.RegularExpressions;

namespace Zoniq.LocalHost.Postgres;

/// <summary>The server's programs on this machine.</summary>
/// <param name="Directory">Where <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c> are.</param>
/// <param name="Major">15 or later.</param>
public sealed partial record PostgresBinaries(string Directory, int Major)
{
    /// <summary>The oldest version whose SQL is enough for the schema.</summary>
    public const int OldestMajor = 15;

    // Where installers put them; in each, the newest version first.
    private static readonly (string Parent, string Pattern, string Below)[] UsualPlaces =
    [
        ("/usr/lib/postgresql", "*", "bin"),
        ("/usr", "pgsql-*", "bin"),
        ("/opt/homebrew/opt", "postgresql@*", "bin"),
        ("/usr/local/opt", "postgresql@*", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
        (Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*", "bin"),
    ];

    /// <summary>The first that are complete, new enough and, when asked for, of one version; null when there are none.</summary>
    /// <param name="major">The version that made the cluster; null for any.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public static async Task<PostgresBinaries?> FindAsync(int? major, CancellationToken cancellationToken)
    {
        foreach (var directory in Candidates().Distinct())
        {
            if (await OpenAsync(directory, cancellationToken) is { } found && found.Major >= OldestMajor && found.Major == (major ?? found.Major))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Those in a directory, or null when they are not all there, do not run, or cannot be reached by whom the server runs as.</summary>
    internal static async Task<PostgresBinaries?> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        string[] programs = ["postgres", "initdb", "pg_ctl"];
        if (!programs.All(program => Command.Executable(directory, program) is { } path && ServerAccount.Current.CanReach(path)))
        {
            return null;
        }

        var version = await Command.RunAsync(Path.Combine(directory, "postgres"), ["--version"], TimeSpan.FromSeconds(10), cancellationToken);
        return version.Succeeded && Version().Match(version.Output) is { Success: true } match
            ? new PostgresBinaries(directory, int.Parse(match.Groups[1].Value))
            : null;
    }

    /// <summary>The full path of one of the programs.</summary>
    internal string Program(string name) => Path.Combine(Directory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static IEnumerable<string> Candidates()
    {
        if (Command.OnPath("postgres") is { } onPath)
        {
            yield return Path.GetDirectoryName(onPath)!;
        }

        foreach (var (parent, pattern, below) in UsualPlaces.Where(place => System.IO.Directory.Exists(place.Parent)))
        {
            foreach (var version in System.IO.Directory.GetDirectories(parent, pattern).OrderByDescending(MajorOf))
            {
                yield return Path.Combine(version, below);
            }
        }
    }

    private static int MajorOf(string directory) =>
        Number().Match(Path.GetFileName(directory)) is { Success: true } match ? int.Parse(match.Value) : 0;

    [GeneratedRegex(@"\(PostgreSQL\) (\d{1,3})")]
    private static partial Regex Version();

    [GeneratedRegex(@"\d{1,4}")]
    private static partial Regex Number();
}
