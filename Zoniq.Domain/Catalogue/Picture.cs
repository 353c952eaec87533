using SkiaSharp;

namespace Zoniq.Domain.Catalogue;

/// <summary>A picture drawn anew: nothing of the file it came in is left but what one sees.</summary>
/// <param name="Banner">WebP.</param>
/// <param name="Thumbnail">WebP.</param>
internal sealed record Picture(byte[] Banner, byte[] Thumbnail)
{
    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <summary>
    /// Refuses what is not a whole PNG, JPEG or WebP by its bytes, and before anything is decoded, what has too many pixels. Of an animation the first
    /// frame is kept. Colours become sRGB, and the picture stands as its camera was held.
    /// </summary>
    public static Result<Picture> Of(byte[] file)
    {
        if (!IsKnown(file))
        {
            return UploadProblems.UnsupportedType;
        }

        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Webp))
        {
            return UploadProblems.UnsupportedType;
        }

        if ((long)codec.Info.Width * codec.Info.Height > UploadPolicy.MostPixels)
        {
            return UploadProblems.TooManyPixels;
        }

        using var decoded = Decode(codec);
        if (decoded is null)
        {
            return UploadProblems.UnsupportedType;
        }

        using var seen = SKImage.FromBitmap(decoded);
        return new Picture(Fit(seen, codec.EncodedOrigin, UploadPolicy.Banner), Fit(seen, codec.EncodedOrigin, UploadPolicy.Thumbnail));
    }

    private static bool IsKnown(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
        || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8));

    /// <summary>Null when it breaks off or is damaged. JPEG is decoded no larger than it is needed.</summary>
    private static SKBitmap? Decode(SKCodec codec)
    {
        var size = codec.Info.Size;
        var needed = Math.Min(1f, Math.Max((float)UploadPolicy.Banner.Width / Math.Min(size.Width, size.Height), 1f / 8));
        var scaled = codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? codec.GetScaledDimensions(needed) : size;
        using var colours = SKColorSpace.CreateSrgb();
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul;
        var decoded = new SKBitmap();
        if (decoded.TryAllocPixels(new SKImageInfo(scaled.Width, scaled.Height, SKColorType.Rgba8888, alpha, colours)) && codec.GetPixels(decoded.Info, decoded.GetPixels()) == SKCodecResult.Success)
        {
            decoded.SetImmutable();
            return decoded;
        }

        decoded.Dispose();
        return null;
    }

    private static byte[] Fit(SKImage seen, SKEncodedOrigin origin, (int Width, int Height) frame)
    {
        var turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (width, height) = turned ? (seen.Height, seen.Width) : (seen.Width, seen.Height);
        var scale = Math.Min(1f, Math.Min((float)frame.Width / width, (float)frame.Height / height));
        var info = new SKImageInfo(Math.Max(1, (int)MathF.Round(width * scale)), Math.Max(1, (int)MathF.Round(height * scale)), SKColorType.Rgba8888, seen.AlphaType, seen.ColorSpace);

        using var surface = SKSurface.Create(info);
        surface.Canvas.Scale((float)info.Width / width, (float)info.Height / height);
        surface.Canvas.Concat(Upright(origin, width, height));
        surface.Canvas.DrawImage(seen, 0, 0, Smooth);
        using var drawn = surface.Snapshot();
        using var encoded = drawn.Encode(SKEncodedImageFormat.Webp, UploadPolicy.Quality);
        return encoded.ToArray();
    }

    /// <summary>The eight ways a camera can be held (Exif 2.32, tag 0x0112), for a picture that is so wide and high once it stands.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, width, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, width, -1, 0, height, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, height, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
