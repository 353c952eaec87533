using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What one category of an event brought in on one day.</summary>
public sealed record CategoryDay
{
    /// <summary>In the default time zone, the day on which the bookings were made.</summary>
    public DateOnly Date { get; init; }

    public long SeatCategoryId { get; init; }

    public string CategoryName { get; init; } = "";

    public long Tickets { get; init; }

    /// <summary>Captured less what was given back or is on its way back.</summary>
    public Money Revenue { get; init; }
}

/// <summary>The sales of an event, by day and category. All rows together are what its figures say.</summary>
public sealed record EventSalesAnswer(long EventId, CategoryDay[] Rows);

/// <summary>
/// Sales of an event by day and category. What a booking brought in is split over its tickets by their prices, to the paisa: each gets the part of the sum that its price takes up in the row of all
/// prices, cut to whole paise at both ends, so that nothing is lost or counted twice.
/// </summary>
public sealed class EventSales(Database database, CatalogueOptions options)
{
    private const string Sql =
        """
        with sold as (
            select booking.id, (booking.created_at at time zone @zone)::date as date,
                   booking.final_amount - coalesce((
                       select sum(amount)
                       from   refund
                       where  refund.payment_id = booking.paid_by
                       and    refund.status <> 'failed'), 0) as net
            from   booking
            where  booking.event_id = @eventId
            and    booking.status = 'confirmed'
        ),
        priced as (
            select sold.date, sold.net, ticket.category_id, ticket.price - ticket.discount as price,
                   sum(ticket.price - ticket.discount) over (partition by sold.id order by ticket.id) as upto,
                   sum(ticket.price - ticket.discount) over (partition by sold.id) as altogether
            from   sold
            join   ticket on ticket.booking_id = sold.id
        )
        select   priced.date,
                 priced.category_id as seat_category_id,
                 seat_category.name as category_name,
                 count(*) as tickets,
                 coalesce(sum(floor(net * upto / nullif(altogether, 0)) - floor(net * (upto - priced.price) / nullif(altogether, 0))), 0)::bigint as revenue
        from     priced
        join     seat_category on seat_category.id = priced.category_id
        group by priced.date, priced.category_id, seat_category.name
        order by priced.date, seat_category.name, priced.category_id
        """;

    /// <summary>Days with sales, in order. Refuses an event that is not there.</summary>
    public async Task<Result<EventSalesAnswer>> List(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await KnownEvent.ExistsAsync(db, eventId) ? new EventSalesAnswer(eventId, await db.QueryAsync<CategoryDay>(Sql, Parameters(eventId))) : CatalogueProblems.EventNotFound;
    }

    /// <summary>The same rows, one at a time.</summary>
    public async Task<Result<IAsyncEnumerable<CategoryDay>>> All(long eventId, CancellationToken cancellationToken)
    {
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            if (!await KnownEvent.ExistsAsync(db, eventId))
            {
                return CatalogueProblems.EventNotFound;
            }
        }

        return Result.Of(database.StreamAsync<CategoryDay>(Sql, Parameters(eventId), cancellationToken));
    }

    private object Parameters(long eventId) => new { eventId, zone = options.DefaultTimeZone.Id };
}
