using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>The numbered seats of an event, as administrators see them at this moment.</summary>
public sealed class SeatReader(Database database, TimeProvider clock)
{
    /// <summary>By section, row and number, numbers as numbers. Refuses an event that is not there.</summary>
    public async Task<Result<AdminSeat[]>> OfEvent(long eventId, AdminSeatFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        var seats = await db.QueryAsync<AdminSeat>(
            $"""
            {AdminSeat.SelectSql}
            and    s.event_id = @eventId
            and    (@CategoryId::bigint is null or s.category_id = @CategoryId)
            and    (@Status::text is null or {SeatStatus.Sql} = @Status)
            """,
            new { eventId, filter.CategoryId, filter.Status, now = clock.GetUtcNow() });

        if (seats.Length == 0 && !await KnownEvent.ExistsAsync(db, eventId))
        {
            return SeatingProblems.EventNotFound;
        }

        Array.Sort(seats, SeatOrder.Instance);
        return seats;
    }

    /// <summary>Refuses an event that is not there.</summary>
    public async Task<Result<SeatCounts>> Count(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        var counts = await db.QuerySingleOrDefaultAsync<SeatCounts>(
            $"""
            select count(*) filter (where seat.status = 'available') as available,
                   count(*) filter (where seat.status = 'locked') as locked,
                   count(*) filter (where seat.status = 'booked') as booked,
                   count(*) filter (where seat.status = 'blocked') as blocked
            from   event
            left join lateral (
                select {SeatStatus.Sql} as status
                from   seat s
                where  s.event_id = event.id
                and    s.category_id is not null
                and    s.label is not null) as seat on true
            where  event.id = @eventId
            group by event.id
            """,
            new { eventId, now = clock.GetUtcNow() });
        return counts is null ? SeatingProblems.EventNotFound : counts;
    }

    /// <summary>Refuses a seat that is not there.</summary>
    public async Task<Result<AdminSeat>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await Find(db, id, clock.GetUtcNow()) is { } seat ? seat : SeatingProblems.SeatNotFound;
    }

    internal static Task<AdminSeat?> Find(Session db, long id, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<AdminSeat>(
            $"""
            {AdminSeat.SelectSql}
            and    s.id = @id
            """,
            new { id, now });
}
