namespace Zoniq.Domain.Catalogue;

/// <summary>What may be uploaded, and what becomes of it.</summary>
public static class UploadPolicy
{
    /// <summary>Bytes of a file.</summary>
    public const int LargestFile = 5 * 1024 * 1024;

    /// <summary>Pixels of a picture. It is decoded at four bytes each: 160 MB at most, beside what its decoder needs.</summary>
    internal const long MostPixels = 40_000_000;

    /// <summary>Pictures decoded at a time by one instance; the others wait.</summary>
    internal const int MostAtOnce = 2;

    /// <summary>WebP, 0 to 100.</summary>
    internal const int Quality = 82;

    /// <summary>Pixels; a banner fits into them, and is never enlarged.</summary>
    internal static readonly (int Width, int Height) Banner = (1600, 900);

    /// <summary>The same for the small picture in lists.</summary>
    internal static readonly (int Width, int Height) Thumbnail = (480, 270);

    /// <summary>How long an upload waits for an event that shows it.</summary>
    internal static readonly TimeSpan UnusedLife = TimeSpan.FromHours(24);
}
