using System.Diagnostics;

namespace Zoniq.LocalHost.Postgres;

/// <summary>What a running server says of itself in <c>postmaster.pid</c>.</summary>
/// <param name="ProcessId">The server's.</param>
/// <param name="Port">Of TCP, or the number in the socket's name.</param>
/// <param name="SocketDirectory">Null when it has no socket.</param>
internal sealed record Pidfile(int ProcessId, int Port, string? SocketDirectory)
{
    /// <summary>Null when no server runs there: the file of one that was killed does not count.</summary>
    public static Pidfile? Read(string directory)
    {
        var file = Path.Combine(directory, "postmaster.pid");
        if (!File.Exists(file))
        {
            return null;
        }

        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return null; // It is being removed at this moment.
        }

        // Process, directory, start, port, socket directory, address, shared memory, state; a server that has just begun has not written all,
        // and without the socket we would connect to whoever has that port.
        return lines.Length >= 5 && int.TryParse(lines[0], out var processId) && int.TryParse(lines[3], out var port)
            && (OperatingSystem.IsWindows() || lines[4].Length > 0) && IsServer(processId, directory)
            ? new Pidfile(processId, port, OperatingSystem.IsWindows() ? null : lines[4])
            : null;
    }

    /// <summary>After a crash its number may belong to another process, for which the server would wait for ever.</summary>
    public static void RemoveIfStale(string directory)
    {
        var file = Path.Combine(directory, "postmaster.pid");
        if (File.Exists(file) && File.ReadLines(file).FirstOrDefault() is var first && !(int.TryParse(first, out var processId) && IsServer(processId, directory)))
        {
            File.Delete(file);
        }
    }

    private static bool IsServer(int processId, string directory)
    {
        try
        {
            // The server's working directory is its cluster, and only Linux tells it: the file there is the file here.
            if (OperatingSystem.IsLinux())
            {
                return File.ReadLines($"/proc/{processId}/cwd/postmaster.pid").Take(3).SequenceEqual(File.ReadLines(Path.Combine(directory, "postmaster.pid")).Take(3));
            }

            using var process = Process.GetProcessById(processId);
            return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
