using System.Globalization;
using System.Text;
using HarfBuzzSharp;
using SkiaSharp;
using Buffer = HarfBuzzSharp.Buffer;
using WritingDirection = Zoniq.Domain.Tickets.TextCharacters.Direction;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// Turns a line of text in any mixture of India's scripts into placed glyphs: finds a face for every character, orders
/// right-to-left passages, and has HarfBuzz join and stack each run as its script demands.
/// </summary>
public static class TextShaper
{
    // Ligatures of Latin letters look better by a hair and make searching and copying worse; other scripts cannot do without.
    private static readonly Feature[] LatinFeatures = [new(new Tag('l', 'i', 'g', 'a'), 0), new(new Tag('c', 'l', 'i', 'g'), 0)];

    // With the space that is added to them, pairs pushed apart by kerning would read as two words.
    private static readonly Feature[] NumberFeatures = [.. LatinFeatures, new(new Tag('k', 'e', 'r', 'n'), 0)];

    private static readonly Language English = new("en");
    private static readonly Language Urdu = new("ur");

    /// <summary>Shapes one line; white space and invisible characters are tidied first.</summary>
    public static ShapedText Shape(string text, bool bold = false) => Shape(text, bold, LatinFeatures);

    /// <summary>The same for a number of a booking or a ticket, whose characters all stand equally apart.</summary>
    public static ShapedText ShapeNumber(string text, bool bold = false) => Shape(text, bold, NumberFeatures);

    private static ShapedText Shape(string text, bool bold, Feature[] latin)
    {
        var line = TextCharacters.OneLine(text);
        var pieces = Pieces(line, bold);
        var levels = Levels(line, pieces);

        var runs = new List<ShapedRun>();
        var missing = new List<string>();
        for (var (start, end) = (0, 0); start < pieces.Count; start = end)
        {
            end = start + 1;
            while (end < pieces.Count && pieces[start].Face is { } face && pieces[end].Face == face && levels[end] == levels[start])
            {
                end++;
            }

            var part = line[pieces[start].Start..(pieces[end - 1].Start + pieces[end - 1].Length)];
            var level = levels[start];
            if (pieces[start].Face is { } known)
            {
                runs.Add(Shape(part, known, level, latin));
            }
            else
            {
                missing.Add(part);
                runs.Add(Unknown(part, TicketFonts.Latin(bold), level));
            }
        }

        missing.AddRange(runs.Where(run => run.Glyphs.Contains((ushort)0)).Select(run => run.Text).Except(missing));
        return new ShapedText(Visual(runs), missing);
    }

    /// <summary>What a reader sees as one character, with the face that has it. Punctuation and spaces stay in the face before them.</summary>
    private static List<Piece> Pieces(string line, bool bold)
    {
        var pieces = new List<Piece>(line.Length);
        TicketFace? before = null;
        for (var start = 0; start < line.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(line, start);
            var element = line.AsSpan(start, length);
            Rune.DecodeFromUtf16(element, out var first, out _);

            var face = before is not null && TextCharacters.BelongsToNeighbours(first) && before.Has(element)
                ? before
                : TicketFonts.For(element, bold);
            pieces.Add(new Piece(start, length, first, face));
            before = face ?? before;
            start += length;
        }

        return pieces;
    }

    /// <summary>
    /// The embedding level of each piece, after the Unicode bidirectional algorithm without explicit marks, isolates and brackets,
    /// which no name or title needs: even levels run left to right, odd ones right to left.
    /// </summary>
    private static int[] Levels(string line, List<Piece> pieces)
    {
        var levels = new int[pieces.Count];
        var kinds = pieces.ConvertAll(piece => TextCharacters.DirectionOf(piece.First));
        if (!kinds.Contains(WritingDirection.RightToLeft))
        {
            return levels;
        }

        var paragraph = kinds.Find(kind => kind is WritingDirection.LeftToRight or WritingDirection.RightToLeft);
        JoinNumbers(line, pieces, kinds);

        // A number after left-to-right letters is part of them; after right-to-left ones it is an island of its own.
        for (var (i, strong) = (0, paragraph); i < kinds.Count; i++)
        {
            strong = kinds[i] is WritingDirection.LeftToRight or WritingDirection.RightToLeft ? kinds[i] : strong;
            kinds[i] = kinds[i] == WritingDirection.Number && strong == WritingDirection.LeftToRight ? strong : kinds[i];
        }

        for (var (start, end) = (0, 0); start < kinds.Count; start = end)
        {
            end = start + 1;
            while (kinds[start] == WritingDirection.Neutral && end < kinds.Count && kinds[end] == WritingDirection.Neutral)
            {
                end++;
            }

            if (kinds[start] == WritingDirection.Neutral)
            {
                var left = start > 0 ? Side(kinds[start - 1]) : paragraph;
                var right = end < kinds.Count ? Side(kinds[end]) : paragraph;
                for (var i = start; i < end; i++)
                {
                    levels[i] = Level(left == right ? left : paragraph, paragraph);
                }
            }
            else
            {
                levels[start] = Level(kinds[start], paragraph);
            }
        }

        return levels;
    }

    /// <summary>A single separator between two digits is part of the number, as in 7:30 or 1,200.</summary>
    private static void JoinNumbers(string line, List<Piece> pieces, List<WritingDirection> kinds)
    {
        for (var i = 1; i < kinds.Count - 1; i++)
        {
            if (kinds[i] == WritingDirection.Neutral
                && kinds[i - 1] == WritingDirection.Number
                && kinds[i + 1] == WritingDirection.Number
                && line[pieces[i].Start] is '.' or ',' or ':' or '/' or '-')
            {
                kinds[i] = WritingDirection.Number;
            }
        }
    }

    private static WritingDirection Side(WritingDirection kind) =>
        kind == WritingDirection.Number ? WritingDirection.RightToLeft : kind;

    private static int Level(WritingDirection kind, WritingDirection paragraph) => kind switch
    {
        WritingDirection.RightToLeft => 1,
        WritingDirection.Number => 2,
        _ => paragraph == WritingDirection.RightToLeft ? 2 : 0,
    };

    /// <summary>Runs from left to right: from the highest level down, whatever lies at or above it is turned round.</summary>
    private static List<ShapedRun> Visual(List<ShapedRun> runs)
    {
        for (var level = runs.Count > 0 ? runs.Max(run => run.Level) : 0; level > 0; level--)
        {
            for (var (start, end) = (0, 0); start < runs.Count; start = end + 1)
            {
                end = start;
                while (end < runs.Count && runs[end].Level >= level)
                {
                    end++;
                }

                runs.Reverse(start, end - start);
            }
        }

        return runs;
    }

    private static ShapedRun Shape(string text, TicketFace face, int level, Feature[] latin)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        using var buffer = new Buffer();
        buffer.AddUtf8(utf8);
        buffer.GuessSegmentProperties();
        buffer.Direction = level % 2 == 0 ? Direction.LeftToRight : Direction.RightToLeft;
        buffer.Language = buffer.Script == Script.Arabic ? Urdu : English;   // the guess depends on the machine
        face.Shaper.Shape(buffer, buffer.Script == Script.Latin ? latin : []);

        var infos = buffer.GetGlyphInfoSpan();
        var positions = buffer.GetGlyphPositionSpan();
        var run = new ShapedRun(text, utf8, face, level, infos.Length);
        var x = 0f;
        for (var i = 0; i < infos.Length; i++)
        {
            run.Glyphs[i] = (ushort)infos[i].Codepoint;
            run.Clusters[i] = infos[i].Cluster;
            run.Positions[i] = new SKPoint((x + positions[i].XOffset) / face.UnitsPerEm, -positions[i].YOffset / face.UnitsPerEm);
            x += positions[i].XAdvance;
        }

        run.Width = x / face.UnitsPerEm;
        return run;
    }

    /// <summary>A character no face has: the empty box that every face keeps as its first glyph.</summary>
    private static ShapedRun Unknown(string text, TicketFace face, int level) =>
        new(text, Encoding.UTF8.GetBytes(text), face, level, glyphs: 1) { Width = face.Shaper.GetHorizontalGlyphAdvance(0) / face.UnitsPerEm };

    private readonly record struct Piece(int Start, int Length, Rune First, TicketFace? Face);
}
