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
            try
            {
                return new DirectoryLock(new FileStream(directory + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }

    public void Dispose() => file.Dispose();
}
