using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Zoniq.Domain.Catalogue;

/// <summary>A range of dates as a statement needs it: days as the clock on the wall shows them, which each event reads in its own zone, and moments.</summary>
internal sealed class DayBounds(DayInput? first, DayInput? last)
{
    /// <summary>No zone is further from UTC: bounds so much wider leave out nothing, and can use the index whatever the zone of an event.</summary>
    private static readonly TimeSpan FurthestZone = TimeSpan.FromHours(15);

    private static readonly TimeSpan LastOfTheDay = TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1);

    /// <summary>As text, because PostgreSQL must not think of a zone; null when the bound is a moment.</summary>
    public string? From { get; } = Text(Local(first, TimeSpan.Zero));

    public string? Until { get; } = Text(Local(last, LastOfTheDay));

    /// <summary>Nothing before it can be meant.</summary>
    public DateTimeOffset? Earliest { get; } = first?.Time?.Instant ?? Utc(Local(first, TimeSpan.Zero)) - FurthestZone;

    public DateTimeOffset? Latest { get; } = last?.Time?.Instant ?? Utc(Local(last, LastOfTheDay)) + FurthestZone;

    /// <summary>Refuses a range that is the wrong way round.</summary>
    /// <param name="first">Its first end, as the property it was bound to.</param>
    /// <param name="last">Its last end, likewise.</param>
    /// <param name="zone">In which days and times without an offset are read; null when each event has its own.</param>
    /// <param name="from">Not to be given.</param>
    /// <param name="to">Not to be given.</param>
    public static IEnumerable<ValidationResult> Check(
        DayInput? first, DayInput? last, TimeZoneInfo? zone, [CallerArgumentExpression(nameof(first))] string from = "", [CallerArgumentExpression(nameof(last))] string to = "")
    {
        if (IsReversed(first, last, zone))
        {
            yield return new ValidationResult($"must not be before {JsonNamingPolicy.SnakeCaseLower.ConvertName(from)}.", [to]);
        }
    }

    /// <summary>A moment and the clock on the wall of an unknown zone are the wrong way round only if they are so in every zone.</summary>
    private static bool IsReversed(DayInput? first, DayInput? last, TimeZoneInfo? zone)
    {
        var (opens, closes) = (Local(first, TimeSpan.Zero), Local(last, LastOfTheDay));
        if (zone is not null)
        {
            return (first?.Time?.Instant ?? At(opens, zone)) > (last?.Time?.Instant ?? At(closes, zone));
        }

        var bounds = new DayBounds(first, last);
        return opens is null || closes is null ? bounds.Earliest > bounds.Latest : opens > closes;
    }

    private static DateTimeOffset? At(DateTime? local, TimeZoneInfo zone) => local is { } clock ? TimeInput.At(clock, zone) : null;

    private static DateTime? Local(DayInput? bound, TimeSpan intoTheDay) =>
        bound?.Day?.ToDateTime(TimeOnly.MinValue).Add(intoTheDay) ?? bound?.Time?.Local;

    private static string? Text(DateTime? local) => local?.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Utc(DateTime? local) => local is { } clock ? new DateTimeOffset(DateTime.SpecifyKind(clock, DateTimeKind.Utc)) : null;
}
