using System.ComponentModel;
using System.Diagnostics;

namespace Zoniq.LocalHost.Postgres;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>What it printed, and whether it ended well.</summary>
    internal sealed record Outcome(int ExitCode, string Output)
    {
        public bool Succeeded => ExitCode == 0;
    }

    /// <summary>A program that is not there, or takes longer than it may, has failed like any other.</summary>
    public static async Task<Outcome> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            // The other account that a server runs under may not be able to enter ours.
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        };
        start.Environment["LC_MESSAGES"] = "C";

        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception missing)
        {
            return new Outcome(127, $"{program}: {missing.Message}");
        }

        using (process)
        {
            process!.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);

            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(limit);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return new Outcome(124, $"{program} did not end within {limit.TotalSeconds:0} seconds.");
            }

            // A server that was started keeps the pipes open on some systems: what is there by now is all there will be.
            var printed = Task.WhenAll(output, errors);
            await Task.WhenAny(printed, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
            return new Outcome(process.ExitCode, printed.IsCompletedSuccessfully ? string.Concat(await printed).Trim() : "");
        }
    }

    /// <summary>The program's full path if it is on the PATH, with links followed to where it really is.</summary>
    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Executable(directory, program))
            .OfType<string>()
            .FirstOrDefault();

    /// <summary>The program's real path if it is in the directory.</summary>
    public static string? Executable(string directory, string program)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        return endings
            .Select(ending => new FileInfo(Path.Combine(directory, program + ending)))
            .Where(file => file.Exists)
            .Select(file => file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName)
            .FirstOrDefault();
    }
}
