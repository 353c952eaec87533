using System.Diagnostics;
using Zoniq.Functions.Http;

namespace Zoniq.Tests.Support;

/// <summary>An instance of the app in a process of its own, so that it can be killed.</summary>
public sealed class ChildApp : IDisposable
{
    private const string Ready = "Zoniq is ready at ";

    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(1);

    private readonly Process process;
    private readonly string data;

    private ChildApp(Process process, string data, Uri address)
    {
        this.process = process;
        this.data = data;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    /// <param name="beside">Whose database and mail server it uses.</param>
    /// <param name="settings">What is different about it.</param>
    public static async Task<ChildApp> StartAsync(ZoniqApp beside, params (string Name, string? Value)[] settings)
    {
        var data = Directory.CreateTempSubdirectory("zoniq-child-").FullName;
        var start = new ProcessStartInfo("dotnet", [typeof(AllowAttribute).Assembly.Location, "--port", "0", "--no-timers", "--data", data])
        {
            RedirectStandardOutput = true,
        };

        foreach (var (name, value) in beside.InstanceSettings())
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;

        using var patience = new CancellationTokenSource(LongestStart);
        await using var hanging = patience.Token.Register(process.Kill);    // then it says nothing more
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new ChildApp(process, data, new Uri(line[Ready.Length..]));
            }
        }

        throw new InvalidOperationException("The app in a process of its own did not start.");
    }

    /// <summary>At once, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
        Http.Dispose();
        Directory.Delete(data, recursive: true);
    }
}
