using System.Diagnostics;
using System.Reflection;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Infrastructure;

/// <summary>The Bicep compiler, on a copy of infra/ so that nothing is written into the repository.</summary>
public sealed class Bicep : IDisposable
{
    private static readonly string Program =
        typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "Bicep").Value! + (OperatingSystem.IsWindows() ? ".exe" : "");

    private readonly string directory = Directory.CreateTempSubdirectory("zoniq-infra-").FullName;

    public Bicep()
    {
        foreach (var file in Files())
        {
            var copy = Path.Combine(directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Source, file), copy);
        }
    }

    private static string Source => Path.Combine(Repository.Root, "infra");

    /// <summary>Relative to infra/.</summary>
    public static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Source, file)).Order(StringComparer.Ordinal);

    /// <summary>What a file of the copy holds now.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(directory, file));

    /// <summary>Everything it has to say, warnings and errors alike; nothing when all is well.</summary>
    /// <param name="arguments">As after <c>bicep</c>, with paths relative to infra/.</param>
    public Task<string> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    /// <summary>The same with variables in its environment, which parameter files read.</summary>
    public async Task<string> RunAsync(string[] arguments, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Program, arguments) { WorkingDirectory = directory, RedirectStandardError = true, RedirectStandardOutput = true };
        // It needs no culture's rules, and a bare machine has none to give.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();

        return process.ExitCode == 0 ? said[0] : $"{said[0]}{said[1]}The compiler ended with {process.ExitCode}.";
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
