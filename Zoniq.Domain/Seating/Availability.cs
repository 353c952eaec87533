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

/// <summary>The figures in lists of events. They may be half a second old and decide nothing.</summary>
public sealed class Availability
{
    /// <summary>Figures in lists may lag two seconds, of which the list that shows them takes one; the rest is for reading them.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// For the alias <c>c</c> of table seat_category and <c>@now</c>: the places that can be put into a cart, <c>free.places</c>, and those that are free but kept,
    /// <c>kept.places</c>, without looking at them. What was booked is counted already; what is blocked, or held by a line of a cart whose hold runs, is little. A line never
    /// runs shorter than its seats.
    /// </summary>
    internal const string ReckonedSql =
        $"""
        cross join lateral (
            select c.total_seats
                   - c.booked_seats
                   - (select coalesce(sum(change), 0) from stock_change where category_id = c.id)
                   - (select count(*) from seat where category_id = c.id and is_blocked)
                   - (select coalesce(sum(held.places), 0)
                      from   cart_item line
                      cross join lateral (
                          select count(*) as places
                          from   seat
                          where  id = any(line.seat_ids)
                          and    cart_id = line.cart_id
                          and    locked_until > @now) held
                      where  line.category_id = c.id
                      and    line.locked_until > @now) as places) there
        {KeptPlaces.Sql}
        """;

    /// <summary>The same by counting the free places themselves.</summary>
    internal const string CountedSql =
        $"""
        cross join lateral (
            select count(*) as places
            from   seat s
            where  s.category_id = c.id
            and    {SeatStatus.IsFreeSql}) there
        {KeptPlaces.Sql}
        """;

    private readonly Recent<EventFigures> recent;

    public Availability(Database database, TimeProvider clock) =>
        recent = new Recent<EventFigures>(clock, Life, async eventIds =>
        {
            await using var db = await database.OpenAsync(CancellationToken.None);
            return await FiguresAsync(db, ReckonedSql, eventIds, clock.GetUtcNow());
        });

    /// <summary>By event id; an event without active categories is missing. Its cost grows with the holds that run, not with the places.</summary>
    public Task<IReadOnlyDictionary<long, EventFigures>> OfAsync(IEnumerable<long> eventIds, CancellationToken cancellationToken) =>
        recent.GetAsync(eventIds, cancellationToken);

    /// <summary>The figures at this moment, from the places themselves, for those who cannot do with older ones.</summary>
    public static Task<IReadOnlyDictionary<long, EventFigures>> ReadAsync(Session db, long[] eventIds, DateTimeOffset now) =>
        FiguresAsync(db, CountedSql, eventIds, now);

    private static async Task<IReadOnlyDictionary<long, EventFigures>> FiguresAsync(Session db, string free, long[] eventIds, DateTimeOffset now)
    {
        var figures = await db.QueryAsync<EventFigures>(
            $"""
            select     c.event_id, sum(c.total_seats)::bigint as total_seats, sum(free.places)::bigint as available_seats, min(c.price) as min_price, max(c.price) as max_price
            from       seat_category c
            {free}
            where      c.event_id = any(@eventIds)
            and        c.is_active
            group by   c.event_id
            """,
            new { eventIds, now });

        return figures.ToDictionary(figure => figure.EventId);
    }
}
