using System.Globalization;

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

    private static DateTime? Local(DayInput? bound, TimeSpan intoTheDay) =>
        bound?.Day?.ToDateTime(TimeOnly.MinValue).Add(intoTheDay) ?? bound?.Time?.Local;

    private static string? Text(DateTime? local) => local?.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Utc(DateTime? local) => local is { } clock ? new DateTimeOffset(DateTime.SpecifyKind(clock, DateTimeKind.Utc)) : null;
}
