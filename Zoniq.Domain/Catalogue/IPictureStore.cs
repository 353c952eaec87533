namespace Zoniq.Domain.Catalogue;

/// <summary>Where uploaded pictures are kept and from where everybody can load them.</summary>
public interface IPictureStore
{
    /// <summary>False where there is no storage at all.</summary>
    bool IsInUse { get; }

    /// <summary>The address browsers load the file from.</summary>
    string AddressOf(string file);

    /// <summary>Keeps a WebP picture; one of the same name is replaced.</summary>
    /// <exception cref="PictureStoreException">The storage is down or turned it away.</exception>
    Task KeepAsync(string file, byte[] picture, CancellationToken cancellationToken);

    /// <summary>Throws a file away; one that is not there is no error.</summary>
    /// <exception cref="PictureStoreException">The storage is down or turned it away.</exception>
    Task RemoveAsync(string file, CancellationToken cancellationToken);

    /// <summary>Whether it can be reached and used.</summary>
    Task<bool> AnswersAsync(CancellationToken cancellationToken);
}

/// <summary>The storage of pictures is down, or does not let us in.</summary>
public sealed class PictureStoreException(Exception? cause = null) : Exception("The storage of pictures cannot be used.", cause);

/// <summary>Where no storage is set.</summary>
public sealed class NoPictureStore : IPictureStore
{
    public bool IsInUse => false;

    public string AddressOf(string file) => file;

    public Task KeepAsync(string file, byte[] picture, CancellationToken cancellationToken) => throw new PictureStoreException();

    public Task RemoveAsync(string file, CancellationToken cancellationToken) => throw new PictureStoreException();

    public Task<bool> AnswersAsync(CancellationToken cancellationToken) => Task.FromResult(false);
}
