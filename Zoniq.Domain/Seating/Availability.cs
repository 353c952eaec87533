using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>How many places an event has and what they cost; active categories only.</summary>
public sealed record EventFigures
{
    /// <summary>Of an event without categories.</summary>
    public static readonly EventFigures Empty = new();

    public long EventId { get; init; }

    public long TotalSeats { get; init; }

    /// <summary>Places that can be put into a cart.</summary>
    public long AvailableSeats { get; init; }

    public Money? MinPrice { get; init; }

    public Money? MaxPrice { get; init; }
}

/// <summary>The figures in lists of events. They may be a second old and decide nothing.</summary>
public sealed class Availability
{
    /// <summary>Figures in lists may lag two seconds; the rest is for reading them.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly Recent<EventFigures> recent;

    public Availability(Database database, TimeProvider clock) =>
        recent = new Recent<EventFigures>(clock, Life, async eventIds =>
        {
            await using var db = await database.OpenAsync(CancellationToken.None);
            return await ReadAsync(db, eventIds, clock.GetUtcNow());
        });

    /// <summary>By event id; an event without active categories is missing.</summary>
    public Task<IReadOnlyDictionary<long, EventFigures>> OfAsync(IEnumerable<long> eventIds, CancellationToken cancellationToken) =>
        recent.GetAsync(eventIds, cancellationToken);

    /// <summary>The figures at this moment, for those who cannot do with older ones.</summary>
    public static async Task<IReadOnlyDictionary<long, EventFigures>> ReadAsync(Session db, long[] eventIds, DateTimeOffset now)
    {
        var figures = await db.QueryAsync<EventFigures>(
            $"""
            select     c.event_id, sum(c.total_seats)::bigint as total_seats, sum(free.places)::bigint as available_seats, min(c.price) as min_price, max(c.price) as max_price
            from       seat_category c
            cross join lateral (
                select count(*) as places
                from   seat s
                where  s.category_id = c.id
                and    {SeatStatus.IsFreeSql}) free
            where      c.event_id = any(@eventIds)
            and        c.is_active
            group by   c.event_id
            """,
            new { eventIds, now });

        return figures.ToDictionary(figure => figure.EventId);
    }
}
