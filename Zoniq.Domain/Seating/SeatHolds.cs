using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>
/// Taking and giving back places. All of it works on the seat rows alone, always in id order, and a place counts as free
/// when it is neither blocked nor booked and its last hold, if any, has run out. Those who do not know that there are more than the waiting list of the category needs
/// (<c>leftOver</c>) are given none of a category that somebody waits for; whoever takes back what they had is not asked.
/// </summary>
public static class SeatHolds
{
    /// <summary>
    /// Holds these very places of a category for the cart, and lifts those it already has. Waits for whoever is deciding about one of them,
    /// because with skip locked two buyers of overlapping seats could both lose.
    /// </summary>
    /// <returns>The ids that are the cart's now; fewer than asked for means that somebody was faster, that somebody waits for places of the category, or that one has gone to another category with another price.</returns>
    public static Task<long[]> HoldAsync(
        Session db, long cartId, long categoryId, long[] chosen, long[] others, bool leftOver, DateTimeOffset until, DateTimeOffset now) =>
        db.QueryAsync<long>(
            $"""
            update seat
            set    cart_id = @cartId,
                   locked_until = greatest(locked_until, @until)    -- an offer is held longer than what is added to it
            where  id in (
                select   id
                from     seat
                where    id = any(@seatIds)
                and      ((category_id = @categoryId and (@leftOver or not {KeptPlaces.IsAwaitedSql})) or id = any(@others))
                and      booking_id is null
                and      not is_blocked
                and      (cart_id is null or cart_id = @cartId or locked_until <= @now)
                order by id
                for update)
            returning id
            """,
            new { cartId, categoryId, seatIds = (long[])[.. chosen, .. others], others, leftOver, until, now });

    /// <summary>
    /// Holds so many standing places of a category: any that are free, looking from a random place onwards and wrapping round,
    /// and passing over those that somebody else is deciding about. Many buyers of one category hardly ever meet.
    /// </summary>
    /// <returns>The ids that are the cart's now; fewer than asked for means that it may be sold out: see <see cref="HoldRemainingAsync"/>.</returns>
    public static Task<long[]> HoldAnyAsync(Session db, long cartId, long categoryId, int quantity, bool leftOver, DateTimeOffset until, DateTimeOffset now) =>
        db.QueryAsync<long>(
            $"""
            with start as materialized (
                select least + floor(random() * (most - least + 1))::bigint as id
                from   (select min(id) as least, max(id) as most
                        from   seat
                        where  category_id = @categoryId
                        and    booking_id is null) as unsold
                where  @leftOver or not {KeptPlaces.IsAwaitedSql}    -- without a start there is nothing onwards
            ),
            onwards as materialized (
                select   id
                from     seat
                where    category_id = @categoryId
                and      id >= (select id from start)
                and      booking_id is null
                and      label is null
                and      not is_blocked
                and      (cart_id is null or (locked_until <= @now and cart_id <> @cartId))
                order by id
                limit    @quantity
                for update skip locked
            ),
            wrapped as materialized (
                select   id
                from     seat
                where    category_id = @categoryId
                and      id < (select id from start)
                and      booking_id is null
                and      label is null
                and      not is_blocked
                and      (cart_id is null or (locked_until <= @now and cart_id <> @cartId))
                order by id
                limit    @quantity - (select count(*) from onwards)
                for update skip locked
            )
            update seat
            set    cart_id = @cartId,
                   locked_until = @until
            where  id = any(array(select id from onwards union all select id from wrapped))    -- with in, an unknown limit is planned as a walk through every seat
            returning id
            """,
            new { cartId, categoryId, quantity, leftOver, until, now });

    /// <summary>
    /// The same, but waiting in id order for those who are still deciding: the last word on whether a category is sold out.
    /// Must be the first lock on seats that its transaction takes.
    /// </summary>
    public static Task<long[]> HoldRemainingAsync(Session db, long cartId, long categoryId, int quantity, bool leftOver, DateTimeOffset until, DateTimeOffset now) =>
        db.QueryAsync<long>(
            $"""
            update seat
            set    cart_id = @cartId,
                   locked_until = @until
            where  id = any(array(    -- as above
                select   id
                from     seat
                where    category_id = @categoryId
                and      booking_id is null
                and      label is null
                and      (@leftOver or not {KeptPlaces.IsAwaitedSql})
                and      not is_blocked
                and      (cart_id is null or (locked_until <= @now and cart_id <> @cartId))
                order by id
                limit    @quantity
                for update))
            returning id
            """,
            new { cartId, categoryId, quantity, leftOver, until, now });

    /// <summary>
    /// Lengthens the holds of a cart, re-taking lapsed ones that nobody else has: of each line all places or none, except of the line that settles its own places. Somebody may have a
    /// place locked without taking it; without waiting for them, its line stays as it is.
    /// </summary>
    /// <param name="db">The transaction.</param>
    /// <param name="cartId">The cart.</param>
    /// <param name="seatIds">Of its lines.</param>
    /// <param name="exceptItem">The line that settles its own places.</param>
    /// <param name="mayWait">For those who have no seat locked yet.</param>
    /// <param name="until">The end of the holds.</param>
    /// <param name="now">The moment.</param>
    /// <returns>The ids that were lifted.</returns>
    public static Task<long[]> LiftAsync(Session db, long cartId, long[] seatIds, long? exceptItem, bool mayWait, DateTimeOffset until, DateTimeOffset now) =>
        db.QueryAsync<long>(
            $"""
            with obtainable as materialized (
                select   id
                from     seat
                where    id = any(@seatIds)
                and      booking_id is null
                and      not is_blocked
                and      (cart_id is null or cart_id = @cartId or locked_until <= @now)
                order by id
                for update{(mayWait ? "" : " skip locked")}
            ),
            divided as materialized (
                select unnest(line.seat_ids) as id
                from   cart_item as line
                where  line.cart_id = @cartId
                and    line.id is distinct from @exceptItem::bigint
                and    not line.seat_ids <@ array(select id from obtainable)
            )
            update seat
            set    cart_id = @cartId,
                   locked_until = greatest(locked_until, @until)
            where  id = any(array(    -- as above
                select id from obtainable
                except
                select id from divided))
            returning id
            """,
            new { cartId, seatIds, exceptItem, until, now });

    /// <summary>Gives back what the cart still has of these places; what somebody else took meanwhile stays theirs.</summary>
    public static Task<int> ReleaseAsync(Session db, long cartId, long[] seatIds) =>
        db.ExecuteAsync(
            """
            update seat
            set    cart_id = null,
                   locked_until = null
            where  id in (
                select   id
                from     seat
                where    id = any(@seatIds)
                and      cart_id = @cartId
                order by id
                for update)
            """,
            new { cartId, seatIds });

    /// <summary>Clears holds that have run out, of places that nobody is deciding about, so that the map has news of them. A cart that lives may take its places again.</summary>
    /// <param name="db">A transaction, or a session for this statement alone.</param>
    /// <param name="endAfter">Of carts that end after this.</param>
    /// <param name="atMost">So many places; null for all.</param>
    /// <param name="now">The moment.</param>
    public static Task<int> ReleaseLapsedAsync(Session db, DateTimeOffset endAfter, int? atMost, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update seat
            set    cart_id = null,
                   locked_until = null
            where  id = any(array(    -- as above
                select   seat.id
                from     cart
                join     cart_item on cart_item.cart_id = cart.id
                cross join lateral unnest(cart_item.seat_ids) as wanted (id)
                join     seat on seat.id = wanted.id and seat.cart_id = cart.id
                where    not cart.is_cleared
                and      cart.expires_at > @endAfter
                and      seat.locked_until <= @now
                order by seat.id
                limit    @atMost::integer
                for update of seat skip locked))
            """,
            new { endAfter, atMost, now });

    /// <summary>Turns holds into booked places, re-taking lapsed ones that nobody else has.</summary>
    /// <returns>The ids that are the booking's now.</returns>
    public static Task<long[]> BookAsync(Session db, long bookingId, long? cartId, long[] seatIds, DateTimeOffset now) =>
        db.QueryAsync<long>(
            """
            with booked as (
                update seat
                set    booking_id = @bookingId,
                       cart_id = null,
                       locked_until = null
                where  id in (
                    select   id
                    from     seat
                    where    id = any(@seatIds)
                    and      booking_id is null
                    and      not is_blocked
                    and      (cart_id is null or cart_id = @cartId or locked_until <= @now)
                    order by id
                    for update)
                returning id, category_id
            ),
            counted as (
                insert into stock_change (category_id, change)
                select   category_id, count(*)
                from     booked
                group by category_id
            )
            select id
            from   booked
            """,
            new { bookingId, cartId, seatIds, now });

    /// <summary>Frees the places of a booking that was called off or not paid in time.</summary>
    public static Task<int> UnbookAsync(Session db, long bookingId) =>
        db.ExecuteAsync(
            """
            with freed as (
                update seat
                set    booking_id = null
                where  id in (
                    select   seat.id
                    from     seat
                    join     ticket on ticket.seat_id = seat.id
                    where    ticket.booking_id = @bookingId
                    and      seat.booking_id = @bookingId
                    order by seat.id
                    for update of seat)
                returning category_id
            )
            insert into stock_change (category_id, change)
            select   category_id, -count(*)
            from     freed
            group by category_id
            """,
            new { bookingId });
}
