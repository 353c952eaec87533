using System.Globalization;
using System.Text;

namespace Zoniq.Domain.Tickets;

/// <summary>What shaping needs to know about characters.</summary>
internal static class TextCharacters
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>
    /// One line of printable text: white space becomes single spaces; control characters and the marks that turn the writing
    /// direction (with which one name can be made to look like another) are dropped; half a surrogate pair becomes U+FFFD.
    /// </summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        var space = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                space = line.Length > 0;
            }
            else if (!IsDropped(rune))
            {
                line.Append(space ? " " : "").Append(rune);
                space = false;
            }
        }

        return line.ToString();
    }

    /// <summary>Joiners and variation selectors: they steer shaping and need no glyph.</summary>
    public static bool IsInvisible(Rune rune) =>
        rune.Value is ZeroWidthNonJoiner or ZeroWidthJoiner or (>= 0xFE00 and <= 0xFE0F);

    /// <summary>Spaces, punctuation and symbols: at home in the writing around them.</summary>
    public static bool BelongsToNeighbours(Rune rune) =>
        IsInvisible(rune) || !(Rune.IsLetterOrDigit(rune) || IsMark(rune));

    public static Direction DirectionOf(Rune rune) => rune.Value switch
    {
        (>= '0' and <= '9') or (>= 0x0660 and <= 0x0669) or (>= 0x06F0 and <= 0x06F9) => Direction.Number,
        (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC) => Direction.RightToLeft,
        _ => Rune.IsLetterOrDigit(rune) || IsMark(rune) ? Direction.LeftToRight : Direction.Neutral,
    };

    private static bool IsDropped(Rune rune) =>
        !IsInvisible(rune) && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    internal enum Direction
    {
        Neutral,
        LeftToRight,
        RightToLeft,
        Number,
    }
}
