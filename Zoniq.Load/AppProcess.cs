using System.Diagnostics;

namespace Zoniq.Load;

/// <summary>One instance of the app as it is run: the Release build, in a process of its own.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const string Ready = "Zoniq is ready at ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly string dataDirectory;
    private bool isGone;

    private AppProcess(Process process, string dataDirectory, Uri address)
    {
        this.process = process;
        this.dataDirectory = dataDirectory;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>What it takes at this moment.</summary>
    public (double Megabytes, TimeSpan Cpu) Usage
    {
        get
        {
            process.Refresh();
            return (process.WorkingSet64 / 1024.0 / 1024.0, process.TotalProcessorTime);
        }
    }

    /// <summary>Returns when it listens.</summary>
    /// <param name="settings">Of its environment.</param>
    /// <param name="timers">Whether they run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="published">The directory it was published to; null for the build beside this one.</param>
    /// <param name="says">Is told each line that it writes; the person at the keyboard sees those after its start when nobody is.</param>
    public static async Task<AppProcess> StartAsync(
        IReadOnlyDictionary<string, string> settings, bool timers, CancellationToken cancellationToken, string? published = null, Action<string>? says = null)
    {
        var dataDirectory = Directory.CreateTempSubdirectory("zoniq-load-app-").FullName;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { Program(published), "--port", "0", "--data", dataDirectory },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (!timers)
        {
            start.ArgumentList.Add("--no-timers");
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        try
        {
            return new AppProcess(process, dataDirectory, await WaitUntilReadyAsync(process, says, cancellationToken));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>With SIGKILL, as it were: nobody is told to finish.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isGone)
        {
            return;
        }

        isGone = true;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(dataDirectory, recursive: true);
    }

    private static async Task<Uri> WaitUntilReadyAsync(Process process, Action<string>? says, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartLimit);
        _ = ListenAsync(process.StandardError, says ?? Echo);

        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            says?.Invoke(line);
            if (line.IndexOf(Ready, StringComparison.Ordinal) is >= 0 and var at)
            {
                _ = ListenAsync(process.StandardOutput, says ?? Echo);
                // The name would be looked up, and the wrong family tried first, for every connection.
                return new UriBuilder(line[(at + Ready.Length)..].Trim()) { Host = "127.0.0.1" }.Uri;
            }
        }

        throw new InvalidOperationException("The app ended before it was ready.");
    }

    /// <summary>Whatever it says later is worth seeing.</summary>
    private static void Echo(string line) => Console.Error.WriteLine($"  app: {line}");

    private static async Task ListenAsync(StreamReader output, Action<string> says)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                says(line);
            }
        }
    }

    /// <summary>It is built with this project, into the same place below its own.</summary>
    private static string Program(string? published)
    {
        const string Own = "Zoniq.Load";
        var at = AppContext.BaseDirectory.LastIndexOf(Own, StringComparison.Ordinal);
        var directory = published ?? AppContext.BaseDirectory[..at] + "Zoniq.Functions" + AppContext.BaseDirectory[(at + Own.Length)..];
        var path = Path.GetFullPath(Path.Combine(directory, "Zoniq.Functions.dll"));
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} has not been built.");
    }
}
