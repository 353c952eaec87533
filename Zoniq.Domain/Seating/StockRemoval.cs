using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>
/// Takes places out of stock that nobody has: in id order, waiting for whoever is deciding about one. A place that void tickets still name
/// stays as a row without a category, so that what was sold keeps its history while the category counts exactly what it can sell.
/// </summary>
internal static class StockRemoval
{
    /// <summary>An expression over the alias <c>s</c> of table seat and <c>@now</c>: neither sold nor held. It may be blocked.</summary>
    public const string IsNobodysSql = "s.booking_id is null and (s.cart_id is null or s.locked_until <= @now)";

    private const string RemoveSql =
        """
        retired as (
            update seat
            set    category_id = null,
                   is_blocked = true,
                   cart_id = null,
                   locked_until = null
            where  id = any(array(select id from going where was_sold))    -- with in, an unknown number is planned as a walk through every seat
            returning id
        ),
        deleted as (
            delete from seat
            where  id = any(array(select id from going where not was_sold))
            returning id
        )
        select (select count(*) from retired) + (select count(*) from deleted)
        """;

    /// <summary>So many standing places of a category, or fewer when the rest is sold or held; returns how many.</summary>
    public static Task<long> StandingAsync(Session db, long categoryId, int atMost, DateTimeOffset now) =>
        db.QuerySingleAsync<long>(
            $"""
            with going as materialized (
                select   s.id,
                         exists (select from ticket where ticket.seat_id = s.id) as was_sold
                from     seat s
                where    s.category_id = @categoryId
                and      s.label is null
                and      {IsNobodysSql}
                order by s.id
                limit    @atMost
                for update of s
            ),
            {RemoveSql}
            """,
            new { categoryId, atMost, now });

    /// <summary>Every place of these categories that is neither sold nor held; returns how many.</summary>
    public static Task<long> AllAsync(Session db, long[] categoryIds, DateTimeOffset now) =>
        db.QuerySingleAsync<long>(
            $"""
            with going as materialized (
                select   s.id,
                         exists (select from ticket where ticket.seat_id = s.id) as was_sold
                from     seat s
                where    s.category_id = any(@categoryIds)
                and      {IsNobodysSql}
                order by s.id
                for update of s
            ),
            {RemoveSql}
            """,
            new { categoryIds, now });

    /// <summary>One place; false when it is sold or held.</summary>
    public static async Task<bool> OneAsync(Session db, long seatId, DateTimeOffset now) =>
        await db.QuerySingleAsync<long>(
            $"""
            with going as materialized (
                select s.id,
                       exists (select from ticket where ticket.seat_id = s.id) as was_sold
                from   seat s
                where  s.id = @seatId
                and    s.category_id is not null
                and    {IsNobodysSql}
                for    update of s
            ),
            {RemoveSql}
            """,
            new { seatId, now }) == 1;

    /// <summary>A category with numbered seats has no standing places. False when one of them is sold or held.</summary>
    public static async Task<bool> StandingAsync(Session db, long eventId, long categoryId, DateTimeOffset now)
    {
        await StandingAsync(db, categoryId, SeatingPolicy.MostPlaces, now);

        return await db.QuerySingleAsync<bool>(
            """
            select not exists (
                select from seat
                where  event_id = @eventId
                and    category_id = @categoryId
                and    label is null)
            """,
            new { eventId, categoryId });
    }
}
