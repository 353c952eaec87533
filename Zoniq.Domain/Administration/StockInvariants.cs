using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What must hold of places, their holds and their counters: window by window of events, and of the carts that are live.</summary>
internal static class StockInvariants
{
    /// <summary>At most 20 findings for each invariant.</summary>
    public static async Task<Finding[]> CheckAsync(Session db, IdWindow window, DateTimeOffset now) =>
    [
        .. await Booked(db, window),
        .. await Held(db, window),
        .. await Counted(db, window),
        .. await Shown(db, window, now),
    ];

    /// <summary>Few carts are live at any time, and an index has them.</summary>
    public static Task<Finding[]> CheckLiveCartsAsync(Session db, DateTimeOffset now) => db.QueryAsync<Finding>(
        """
        select 'a line of a live cart whose hold runs has all its seats' as invariant,
               format('cart %s, line %s: %s of %s', cart.id, cart_item.id, count(seat.id), cart_item.quantity) as detail
        from   cart
        join   cart_item on cart_item.cart_id = cart.id
        left join seat on seat.id = any(cart_item.seat_ids) and seat.cart_id = cart.id
        where  cart.status = 'active'
        and    not cart.is_cleared
        and    cart_item.locked_until > @now
        group by cart.id, cart_item.id
        having count(seat.id) <> cart_item.quantity
        limit  20
        """,
        new { now });

    private static Task<Finding[]> Booked(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a booked seat has one live ticket, of the same booking' as invariant,
               format('seat %s, booking %s: %s tickets', id, booking_id, tickets) as detail
        from   (
            select seat.id,
                   seat.booking_id,
                   (select count(*)
                    from   ticket
                    where  ticket.seat_id = seat.id
                    and    ticket.status <> 'void'
                    and    ticket.booking_id = seat.booking_id) as tickets    -- a join would read every ticket there is
            from   seat
            where  seat.event_id > @After
            and    seat.event_id <= @Until
            and    seat.booking_id is not null) as booked
        where  tickets <> 1
        limit  20
        """,
        window);

    private static Task<Finding[]> Held(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a held seat belongs to a line of a cart that is not cleared' as invariant,
               format('seat %s, cart %s', seat.id, seat.cart_id) as detail
        from   seat
        join   cart on cart.id = seat.cart_id
        left join cart_item on cart_item.cart_id = cart.id and seat.id = any(cart_item.seat_ids)
        where  seat.event_id > @After
        and    seat.event_id <= @Until
        and    (cart_item.id is null or cart.is_cleared)
        limit  20
        """,
        window);

    private static Task<Finding[]> Counted(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with stock as materialized (
            select category.id,
                   category.total_seats,
                   category.booked_seats,
                   coalesce(changes.sum, 0) as changes,
                   count(seat.id) as places,
                   count(seat.booking_id) as booked
            from   seat_category as category
            left join seat on seat.category_id = category.id and seat.event_id > @After and seat.event_id <= @Until
            left join (
                select   category_id, sum(change)
                from     stock_change
                group by category_id) as changes on changes.category_id = category.id
            where  category.event_id > @After
            and    category.event_id <= @Until
            group by category.id, changes.sum
        )
        (select 'a category has as many seats as it says' as invariant,
                format('category %s: %s seats, total %s', id, places, total_seats) as detail
         from   stock
         where  places <> total_seats
         limit  20)
        union all
        (select 'the counter of a category and its open changes are its booked seats',
                format('category %s: counter %s, changes %s, booked %s', id, booked_seats, changes, booked)
         from   stock
         where  booked_seats + changes <> booked
         limit  20)
        """,
        window);

    private static Task<Finding[]> Shown(Session db, IdWindow window, DateTimeOffset now) => db.QueryAsync<Finding>(
        $"""
        select 'what lists say is free is free' as invariant,
               format('category %s: %s reckoned, %s counted', reckoned.id, reckoned.places, counted.places) as detail
        from   (
            select c.id, free.places
            from   seat_category c
            {Availability.ReckonedSql}
            where  c.event_id > @After
            and    c.event_id <= @Until) as reckoned
        join   (
            select c.id, free.places
            from   seat_category c
            {Availability.CountedSql}
            where  c.event_id > @After
            and    c.event_id <= @Until) as counted using (id)
        where  reckoned.places <> counted.places
        limit  20
        """,
        new { window.After, window.Until, now });
}
