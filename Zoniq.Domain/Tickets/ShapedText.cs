using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>A line of text as placed glyphs, in ems: it can be drawn at any size.</summary>
public sealed class ShapedText
{
    private readonly IReadOnlyList<ShapedRun> _runs;

    internal ShapedText(IReadOnlyList<ShapedRun> runs, IReadOnlyList<string> missing)
    {
        _runs = runs;
        Missing = missing;
        Width = runs.Sum(run => run.Width);
        Ascent = runs.Select(run => run.Face).Append(TicketFonts.Latin(bold: false)).Max(face => face.Ascent);
        Descent = runs.Select(run => run.Face).Append(TicketFonts.Latin(bold: false)).Max(face => face.Descent);
    }

    /// <summary>Characters that no face has; each is drawn as an empty box.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>In ems.</summary>
    public float Width { get; }

    /// <summary>Above the baseline, in ems; at least that of Latin.</summary>
    public float Ascent { get; }

    /// <summary>Below the baseline, in ems; at least that of Latin.</summary>
    public float Descent { get; }

    /// <summary>Glyph numbers in the order drawn; 0 is the box of a missing character.</summary>
    public IEnumerable<int> Glyphs => _runs.SelectMany(run => run.Glyphs, (_, glyph) => (int)glyph);

    /// <summary>Draws with the baseline's left end at the point; spacing, in ems, is added after each glyph.</summary>
    internal void Draw(SKCanvas canvas, DocumentFonts fonts, float x, float y, float size, SKPaint paint, float spacing = 0)
    {
        foreach (var run in _runs)
        {
            if (fonts.For(run.Face, run.Glyphs) is not { } embedded)
            {
                continue;
            }

            using var font = new SKFont(embedded.Typeface, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
            using var builder = new SKTextBlobBuilder();

            // With its text, a run can be searched and copied whatever its glyphs are.
            var buffer = builder.AllocateRawPositionedTextRun(font, run.Glyphs.Length, run.Utf8.Length);
            run.Utf8.CopyTo(buffer.Text);
            run.Clusters.CopyTo(buffer.Clusters);
            for (var i = 0; i < run.Glyphs.Length; i++)
            {
                buffer.Glyphs[i] = embedded.Numbers[run.Glyphs[i]];
                buffer.Positions[i] = new SKPoint((run.Positions[i].X + (spacing * i)) * size, run.Positions[i].Y * size);
            }

            using var blob = builder.Build();
            canvas.DrawText(blob, x, y, paint);
            x += (run.Width + (spacing * run.Glyphs.Length)) * size;
        }
    }
}

/// <summary>Glyphs of one face and direction; positions in ems from the run's left end.</summary>
internal sealed class ShapedRun(string text, byte[] utf8, TicketFace face, int level, int glyphs)
{
    public string Text { get; } = text;
    public byte[] Utf8 { get; } = utf8;
    public TicketFace Face { get; } = face;
    public int Level { get; } = level;
    public float Width { get; set; }
    public ushort[] Glyphs { get; } = new ushort[glyphs];
    public SKPoint[] Positions { get; } = new SKPoint[glyphs];

    /// <summary>For each glyph the byte of <see cref="Utf8"/> at which its text begins.</summary>
    public uint[] Clusters { get; } = new uint[glyphs];
}
