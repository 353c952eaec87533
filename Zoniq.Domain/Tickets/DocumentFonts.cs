using System.Runtime.InteropServices;
using SkiaSharp;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// The fonts of one document, cut down to the glyphs it uses: Skia embeds a typeface whole, and a ticket with half a megabyte of
/// unused letters takes ten times as long to write and to mail. So a document is drawn twice: first onto nothing, to
/// learn its glyphs, then with typefaces that have only those.
/// </summary>
internal sealed class DocumentFonts : IDisposable
{
    private readonly Dictionary<TicketFace, SortedSet<ushort>> _used = [];
    private Dictionary<TicketFace, EmbeddedFont>? _embedded;

    /// <summary>Whether glyphs are drawn, and no longer only counted.</summary>
    public bool AreEmbedded => _embedded is not null;

    /// <summary>What to draw with; null as long as glyphs are only being counted.</summary>
    public EmbeddedFont? For(TicketFace face, ushort[] glyphs)
    {
        if (_embedded is not null)
        {
            return _embedded[face];
        }

        if (!_used.TryGetValue(face, out var used))
        {
            _used[face] = used = [];
        }

        used.UnionWith(glyphs);
        return null;
    }

    /// <summary>From now on the document is drawn, with what has been counted.</summary>
    public void Embed() => _embedded = _used.ToDictionary(pair => pair.Key, pair => EmbeddedFont.Of(pair.Key, pair.Value));

    public void Dispose()
    {
        foreach (var font in _embedded?.Values ?? Enumerable.Empty<EmbeddedFont>())
        {
            font.Typeface.Dispose();
        }
    }
}

/// <summary>A typeface with a few glyphs of another, under new numbers.</summary>
/// <param name="Typeface">To draw with.</param>
/// <param name="Numbers">From the number of a glyph in the whole typeface to its number in this one.</param>
internal sealed record EmbeddedFont(SKTypeface Typeface, IReadOnlyDictionary<ushort, ushort> Numbers)
{
    /// <summary>The face cut down to these glyphs, the ones they are composed of, and the box.</summary>
    public static EmbeddedFont Of(TicketFace face, IReadOnlyCollection<ushort> glyphs)
    {
        var input = HarfBuzzSubset.CreateInput();
        var (plan, subset, blob) = (nint.Zero, nint.Zero, nint.Zero);
        try
        {
            HarfBuzzSubset.SetFlags(input, HarfBuzzSubset.NoHinting | HarfBuzzSubset.KeepBoxOutline | HarfBuzzSubset.NoLayoutClosure);
            var dropped = HarfBuzzSubset.Set(input, HarfBuzzSubset.DroppedTables);
            foreach (var table in HarfBuzzSubset.LayoutTables)
            {
                HarfBuzzSubset.Add(dropped, table);
            }

            var kept = HarfBuzzSubset.GlyphSet(input);
            foreach (var glyph in glyphs)
            {
                HarfBuzzSubset.Add(kept, glyph);
            }

            plan = HarfBuzzSubset.Plan(face.FaceHandle, input);
            subset = HarfBuzzSubset.Execute(plan);
            if (subset == nint.Zero)
            {
                throw new InvalidOperationException("HarfBuzz could not cut a font down.");
            }

            blob = HarfBuzzSubset.ReferenceBlob(subset);
            var start = HarfBuzzSubset.Data(blob, out var length);
            using var data = SKData.CreateCopy(start, length);
            var numbers = HarfBuzzSubset.NewNumbers(plan);
            return new EmbeddedFont(SKTypeface.FromData(data), glyphs.ToDictionary(glyph => glyph, glyph => (ushort)HarfBuzzSubset.Get(numbers, glyph)));
        }
        finally
        {
            HarfBuzzSubset.DestroyBlob(blob);
            HarfBuzzSubset.DestroyFace(subset);
            HarfBuzzSubset.DestroyPlan(plan);
            HarfBuzzSubset.DestroyInput(input);
        }
    }
}

/// <summary>The part of HarfBuzz that cuts fonts down; its library has it, HarfBuzzSharp does not wrap it. Null handles may be destroyed.</summary>
internal static class HarfBuzzSubset
{
    public const uint NoHinting = 0x1;
    public const uint KeepBoxOutline = 0x40;
    public const uint NoLayoutClosure = 0x200;
    public const int DroppedTables = 3;

    /// <summary>Shaping is over by the time a font is cut down.</summary>
    public static readonly uint[] LayoutTables = [new HarfBuzzSharp.Tag('G', 'S', 'U', 'B'), new HarfBuzzSharp.Tag('G', 'P', 'O', 'S'), new HarfBuzzSharp.Tag('G', 'D', 'E', 'F')];

    private const string Library = "libHarfBuzzSharp";

    [DllImport(Library, EntryPoint = "hb_subset_input_create_or_fail")]
    public static extern nint CreateInput();

    [DllImport(Library, EntryPoint = "hb_subset_input_set_flags")]
    public static extern void SetFlags(nint input, uint flags);

    [DllImport(Library, EntryPoint = "hb_subset_input_set")]
    public static extern nint Set(nint input, int which);

    [DllImport(Library, EntryPoint = "hb_subset_input_glyph_set")]
    public static extern nint GlyphSet(nint input);

    [DllImport(Library, EntryPoint = "hb_set_add")]
    public static extern void Add(nint set, uint value);

    [DllImport(Library, EntryPoint = "hb_subset_plan_create_or_fail")]
    public static extern nint Plan(nint face, nint input);

    [DllImport(Library, EntryPoint = "hb_subset_plan_execute_or_fail")]
    public static extern nint Execute(nint plan);

    /// <summary>A map that belongs to the plan.</summary>
    [DllImport(Library, EntryPoint = "hb_subset_plan_old_to_new_glyph_mapping")]
    public static extern nint NewNumbers(nint plan);

    [DllImport(Library, EntryPoint = "hb_map_get")]
    public static extern uint Get(nint map, uint key);

    [DllImport(Library, EntryPoint = "hb_subset_plan_destroy")]
    public static extern void DestroyPlan(nint plan);

    [DllImport(Library, EntryPoint = "hb_face_reference_blob")]
    public static extern nint ReferenceBlob(nint face);

    [DllImport(Library, EntryPoint = "hb_blob_get_data")]
    public static extern nint Data(nint blob, out uint length);

    [DllImport(Library, EntryPoint = "hb_blob_destroy")]
    public static extern void DestroyBlob(nint blob);

    [DllImport(Library, EntryPoint = "hb_face_destroy")]
    public static extern void DestroyFace(nint face);

    [DllImport(Library, EntryPoint = "hb_subset_input_destroy")]
    public static extern void DestroyInput(nint input);
}
