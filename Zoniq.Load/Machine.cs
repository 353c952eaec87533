using System.Globalization;
using System.Runtime.InteropServices;

namespace Zoniq.Load;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    private static readonly double LoadAtStart = LoadAverage();

    /// <summary>To be called when a run begins: other people's work slows it down.</summary>
    public static void Remember() => _ = LoadAtStart;

    public static string Describe()
    {
        var load = LoadAtStart >= 0 ? $", load average {LoadAtStart.ToString("0.0", CultureInfo.InvariantCulture)} before the run" : "";
        return $"{Environment.ProcessorCount} cores of {Processor()}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024:0} GB for app, database and load together, "
            + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}{load}";
    }

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? $"{RuntimeInformation.ProcessArchitecture}" : line[(line.IndexOf(':') + 1)..].Trim();
    }

    /// <summary>Of the last minute; negative where nobody says.</summary>
    private static double LoadAverage()
    {
        const string File = "/proc/loadavg";
        return System.IO.File.Exists(File) ? double.Parse(System.IO.File.ReadAllText(File).Split(' ')[0], CultureInfo.InvariantCulture) : -1;
    }
}
