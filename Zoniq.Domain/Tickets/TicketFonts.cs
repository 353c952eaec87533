using HarfBuzzSharp;
using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// The typefaces that tickets are set in: Noto Sans, and a Noto companion for each further script of India. They are embedded
/// in this assembly, read when first needed and kept; all of them may be used by several threads at once.
/// </summary>
internal static class TicketFonts
{
    private static readonly Lazy<TicketFace> LatinRegular = Embedded("NotoSans-Regular");
    private static readonly Lazy<TicketFace> LatinBold = Embedded("NotoSans-Bold");

    // The order in which faces are asked for a character; the most frequent scripts first.
    private static readonly (Lazy<TicketFace> Regular, Lazy<TicketFace> Bold)[] Families =
    [
        (LatinRegular, LatinBold),
        (Embedded("NotoSansDevanagari-Regular"), Embedded("NotoSansDevanagari-Bold")),
        OneWeight("NotoSansTamil-Regular"),
        OneWeight("NotoSansTelugu-Regular"),
        OneWeight("NotoSansBengali-Regular"),
        OneWeight("NotoSansKannada-Regular"),
        OneWeight("NotoSansMalayalam-Regular"),
        OneWeight("NotoSansGujarati-Regular"),
        OneWeight("NotoSansGurmukhi-Regular"),
        OneWeight("NotoSansOriya-Regular"),
        OneWeight("NotoNaskhArabic-Regular"),
    ];

    /// <summary>The face of labels and figures.</summary>
    public static TicketFace Latin(bool bold) => (bold ? LatinBold : LatinRegular).Value;

    /// <summary>The first face that has every character of the text; null when none has.</summary>
    public static TicketFace? For(ReadOnlySpan<char> text, bool bold)
    {
        foreach (var (regular, heavy) in Families)
        {
            var face = (bold ? heavy : regular).Value;
            if (face.Has(text))
            {
                return face;
            }
        }

        return null;
    }

    private static (Lazy<TicketFace> Regular, Lazy<TicketFace> Bold) OneWeight(string name)
    {
        var face = Embedded(name);
        return (face, face);
    }

    private static Lazy<TicketFace> Embedded(string name) => new(() =>
    {
        using var stream = typeof(TicketFonts).Assembly.GetManifestResourceStream($"Fonts/{name}.ttf")
            ?? throw new InvalidOperationException($"The font {name} is not embedded.");
        return new TicketFace(SKData.Create(stream));
    });
}

/// <summary>One typeface, ready for shaping.</summary>
internal sealed class TicketFace
{
    private readonly SKData _data;   // HarfBuzz reads it in place

    public TicketFace(SKData data)
    {
        _data = data;
        using var blob = new Blob(_data.Data, (int)_data.Size, MemoryMode.ReadOnly);
        using var face = new Face(blob, 0);
        face.MakeImmutable();
        UnitsPerEm = face.UnitsPerEm;
        FaceHandle = face.Handle;
        Shaper = new Font(face);
        Shaper.SetFunctionsOpenType();

        var extents = Shaper.GetFontExtentsForDirection(Direction.LeftToRight);
        Ascent = extents.Ascender / UnitsPerEm;
        Descent = -extents.Descender / UnitsPerEm;
    }

    /// <summary>HarfBuzz's own handle, which lives as long as the shaper.</summary>
    public nint FaceHandle { get; }

    public Font Shaper { get; }

    public float UnitsPerEm { get; }

    /// <summary>Above the baseline, in ems.</summary>
    public float Ascent { get; }

    /// <summary>Below the baseline, in ems.</summary>
    public float Descent { get; }

    /// <summary>Whether it has a glyph for each character that shows.</summary>
    public bool Has(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!TextCharacters.IsInvisible(rune) && !Shaper.TryGetNominalGlyph(rune.Value, out _))
            {
                return false;
            }
        }

        return true;
    }
}
