using QRCoder;
using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>The QR code of a ticket: error correction M, four modules of quiet zone.</summary>
public static class TicketQr
{
    /// <summary>What scanners need to stay white on each side.</summary>
    internal const int QuietZone = 4;

    /// <summary>A square black and white PNG.</summary>
    /// <param name="payload">What <see cref="TicketSigner.Sign"/> gave.</param>
    /// <param name="size">Width and height in pixels.</param>
    public static byte[] Png(string payload, int size)
    {
        var modules = Modules(payload);
        using var outline = Outline(modules);
        using var bitmap = new SKBitmap(new SKImageInfo(size, size, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        using var black = new SKPaint { Color = SKColors.Black, IsAntialias = false };

        // Whole pixels per module stay sharp; what is left over widens the quiet zone.
        var across = modules.GetLength(0) + (2 * QuietZone);
        var scale = size >= across ? size / across : (float)size / across;
        var margin = (size - (scale * modules.GetLength(0))) / 2;
        canvas.Clear(SKColors.White);
        canvas.Translate(size >= across ? MathF.Floor(margin) : margin, size >= across ? MathF.Floor(margin) : margin);
        canvas.Scale(scale);
        canvas.DrawPath(outline, black);
        canvas.Flush();

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    /// <summary>Dark modules by row and column, without the quiet zone.</summary>
    internal static bool[,] Modules(string payload)
    {
        using var data = QRCodeGenerator.GenerateQrCode(payload, QRCodeGenerator.ECCLevel.M);

        // QRCoder's matrix brings its own quiet zone of four.
        var size = data.ModuleMatrix.Count - (2 * QuietZone);
        var modules = new bool[size, size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                modules[row, column] = data.ModuleMatrix[row + QuietZone][column + QuietZone];
            }
        }

        return modules;
    }

    /// <summary>
    /// The dark modules as one path, one unit per module. Neighbours are joined into one outline: separate squares
    /// show hairlines between them when a viewer smooths edges.
    /// </summary>
    internal static SKPath Outline(bool[,] modules)
    {
        using var region = new SKRegion();
        for (var row = 0; row < modules.GetLength(0); row++)
        {
            for (var (start, end) = (0, 0); start < modules.GetLength(1); start = end + 1)
            {
                end = start;
                while (end < modules.GetLength(1) && modules[row, end])
                {
                    end++;
                }

                if (end > start)
                {
                    region.Op(new SKRectI(start, row, end, row + 1), SKRegionOperation.Union);
                }
            }
        }

        return region.GetBoundaryPath();
    }
}
