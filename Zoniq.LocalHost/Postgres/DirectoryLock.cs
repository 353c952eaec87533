namespace Zoniq.LocalHost.Postgres;

/// <summary>One process at a time starts or stops what is in a directory. The system lets go of it when the process dies.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream file;

    private DirectoryLock(FileStream file) => this.file = file;

    /// <summary>Waits for its turn.</summary>
    public static async Task<DirectoryLock> TakeAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        while (true)
        {
            if (TryTake(directory) is { } taken)
            {
                return taken;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    /// <summary>Null when another has it.</summary>
    public static DirectoryLock? TryTake(string directory)
    {
        try
        {
            return new DirectoryLock(new FileStream(FileOf(directory), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    /// <summary>The file that is locked.</summary>
    public static string FileOf(string directory) => directory + ".lock";

    public void Dispose() => file.Dispose();
}
