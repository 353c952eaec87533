using System.Globalization;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// Fits text into the width there is: wraps, then shrinks, and only then shortens with an ellipsis. One per document: it
/// remembers what it has shaped, and which characters no face had.
/// </summary>
internal sealed class TextLayout
{
    private const string Ellipsis = "…";

    private readonly Dictionary<(string Text, bool Bold), ShapedText> _shaped = [];

    /// <summary>Characters drawn as boxes so far.</summary>
    public HashSet<string> Missing { get; } = [];

    public ShapedText Shape(string text, bool bold)
    {
        if (!_shaped.TryGetValue((text, bold), out var shaped))
        {
            shaped = _shaped[(text, bold)] = TextShaper.Shape(text, bold);
            Missing.UnionWith(shaped.Missing);
        }

        return shaped;
    }

    /// <summary>One line, at the largest of the sizes that fits; shortened if even the smallest does not.</summary>
    public (ShapedText Line, float Size) OneLine(string text, bool bold, float width, float largest, float smallest)
    {
        var line = Shape(text, bold);
        var size = Math.Clamp(width / Math.Max(line.Width, 0.01f), smallest, largest);

        return (line.Width * size <= width + 0.01f ? line : Shorten(text, bold, width / size), size);
    }

    /// <summary>
    /// At most so many lines, at the largest size at which whole words fill them, and then as even as they can be;
    /// at the smallest size what does not fit is cut off.
    /// </summary>
    public (IReadOnlyList<ShapedText> Lines, float Size) Paragraph(string text, bool bold, float width, int most, float largest, float smallest)
    {
        for (var size = largest; size > smallest; size -= 1)
        {
            var (lines, whole) = Wrap(text, bold, width / size, most);
            if (whole)
            {
                return (Balanced(text, bold, width / size, lines), size);
            }
        }

        return (Wrap(text, bold, width / smallest, most).Lines, smallest);
    }

    /// <summary>At most so many lines of the given width in ems; whole says that no word was broken and nothing cut off.</summary>
    public (IReadOnlyList<ShapedText> Lines, bool Whole) Wrap(string text, bool bold, float width, int most)
    {
        var lines = new List<ShapedText>();
        var whole = true;
        var space = Shape("n n", bold).Width - (2 * Shape("n", bold).Width);
        var words = Words(text);

        for (var i = 0; i < words.Count && lines.Count < most;)
        {
            var first = i;
            var used = Shape(words[i++], bold).Width;
            while (i < words.Count && used + space + Shape(words[i], bold).Width <= width)
            {
                used += space + Shape(words[i++], bold).Width;
            }

            var last = lines.Count == most - 1;
            var line = string.Join(' ', words[first..i]);
            if (last && i < words.Count)
            {
                whole = false;
                lines.Add(Shorten(string.Join(' ', words[first..Math.Min(words.Count, i + 1)]) + Ellipsis, bold, width));
            }
            else if (used > width)
            {
                whole = false;
                var head = last ? line : Prefix(words[first], bold, width);
                lines.Add(last ? Shorten(line, bold, width) : Shape(head, bold));
                if (!last)
                {
                    words[first] = words[first][head.Length..];
                    i = first;
                }
            }
            else
            {
                lines.Add(Shape(line, bold));
            }
        }

        return (lines, whole);
    }

    /// <summary>The same number of lines in the narrowest width that allows it, so that no word stands alone on the last.</summary>
    private IReadOnlyList<ShapedText> Balanced(string text, bool bold, float width, IReadOnlyList<ShapedText> lines)
    {
        for (var narrower = width * 0.95f; lines.Count > 1 && narrower > width / 2; narrower -= width * 0.05f)
        {
            var (attempt, whole) = Wrap(text, bold, narrower, lines.Count);
            if (!whole)
            {
                break;
            }

            lines = attempt;
        }

        return lines;
    }

    /// <summary>The longest beginning that fits with an ellipsis after it.</summary>
    private ShapedText Shorten(string text, bool bold, float width)
    {
        var shaped = Shape(text, bold);
        if (shaped.Width <= width)
        {
            return shaped;
        }

        var head = Prefix(text, bold, width - Shape(Ellipsis, bold).Width);
        return Shape(head.TrimEnd(' ', ',', '.', ';', ':', '-') + Ellipsis, bold);
    }

    /// <summary>The longest beginning that fits, cut between characters as readers see them; at least one of them.</summary>
    private static string Prefix(string text, bool bold, float width)
    {
        var starts = StringInfo.ParseCombiningCharacters(text);
        var (fits, tooLong) = (1, starts.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            (fits, tooLong) = TextShaper.Shape(text[..starts[middle]], bold).Width <= width ? (middle, tooLong) : (fits, middle);
        }

        return starts.Length > 1 ? text[..starts[fits]] : text;
    }

    private static List<string> Words(string text) => [.. TextCharacters.OneLine(text).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
