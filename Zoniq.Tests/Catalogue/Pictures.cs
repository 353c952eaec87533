using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Zoniq.Tests.Catalogue;

/// <summary>Picture files, good and bad.</summary>
internal static class Pictures
{
    /// <summary>Left half red, right half blue.</summary>
    public static byte[] Halves(int width, int height, SKEncodedImageFormat format, SKColor? left = null)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Blue);
            using var red = new SKPaint { Color = left ?? SKColors.Red, BlendMode = SKBlendMode.Src };
            canvas.DrawRect(0, 0, width / 2f, height, red);
        }

        using var encoded = bitmap.Encode(format, 95);
        return encoded.ToArray();
    }

    /// <summary>A JPEG as a telephone makes it: on its side, and with the place where it was taken.</summary>
    public static byte[] FromTelephone(int width, int height, byte orientation, string place)
    {
        var jpeg = Halves(width, height, SKEncodedImageFormat.Jpeg);
        var text = Encoding.ASCII.GetBytes(place + "\0");
        List<byte> exif = [.. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 2];
        exif.AddRange([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);    // orientation
        exif.AddRange([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);             // the directory of the place, at 38
        exif.AddRange([0, 0, 0, 0]);
        exif.AddRange([0, 1, 0x00, 0x1C, 0, 2, 0, 0, 0, (byte)text.Length, 0, 0, 0, 56, 0, 0, 0, 0]);
        exif.AddRange(text);
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)((exif.Count + 2) >> 8), (byte)(exif.Count + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>One bit a pixel, all of them black: as small as a file of so many pixels can be.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="rows">As many rows really follow.</param>
    public static byte[] Black(int width, int height, int rows)
    {
        using var pixels = new MemoryStream();
        using (var deflate = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + ((width + 7) / 8)];
            for (var line = 0; line < rows; line++)
            {
                deflate.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", pixels.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>What somebody would see.</summary>
    public static SKBitmap Seen(byte[] file) => SKBitmap.Decode(file);

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        var ends = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(ends, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(ends.AsSpan(4), Crc(named));
        return [.. ends[..4], .. named, .. ends[4..]];
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
