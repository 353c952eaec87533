using System.Globalization;

namespace Zoniq.Domain.Catalogue;

/// <summary>One end of a range of dates: a day, <c>2026-12-31</c>, which counts wholly, or a date and time.</summary>
public sealed record DayInput : IParsable<DayInput>
{
    /// <summary>The day, when only a day was given.</summary>
    public DateOnly? Day { get; private init; }

    /// <summary>The date and time, when one was given.</summary>
    public TimeInput? Time { get; private init; }

    public static DayInput Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var day) ? day : throw new FormatException("A date looks like 2026-12-31.");

    public static bool TryParse(string? s, IFormatProvider? provider, out DayInput result)
    {
        if (DateOnly.TryParseExact(s, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1900 and < 2200)
        {
            result = new DayInput { Day = day };
            return true;
        }

        var isTime = TimeInput.TryParse(s, provider, out var time);
        result = new DayInput { Time = time };
        return isTime;
    }
}
