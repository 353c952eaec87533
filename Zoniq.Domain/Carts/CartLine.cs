using Zoniq.Domain.Queueing;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>A line of a cart with all that decides whether it may be changed.</summary>
internal sealed record CartLine
{
    public long CartId { get; init; }

    public string Status { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    public bool IsWaitlistOffer { get; init; }

    public long CategoryId { get; init; }

    public int Quantity { get; init; }

    public long[] SeatIds { get; init; } = [];

    public string SeatingType { get; init; } = "";

    /// <summary>Whether more of the category may be sold.</summary>
    public bool IsOnSale { get; init; }

    public string EventStatus { get; init; } = "";

    public DateTimeOffset BookingStartDate { get; init; }

    public DateTimeOffset BookingEndDate { get; init; }

    /// <summary>Whether it is one's turn, if the event has a queue.</summary>
    public bool MayBuy { get; init; }

    public int MaxTicketsPerBooking { get; init; }

    public int Tickets { get; init; }

    public long[] AllSeatIds { get; init; } = [];

    /// <summary>Whoever ended the cart may have been ahead of this clock.</summary>
    public bool IsExpired(DateTimeOffset now) => Status == "expired" || ExpiresAt <= now;

    public bool IsOpen(DateTimeOffset now) =>
        EventStatus == "published" && BookingStartDate <= now && now <= BookingEndDate;

    /// <summary>
    /// The line, if it is in a cart of this account; the cart stays locked. Read in a statement of its own: whoever had the lock before may have changed
    /// the line or taken it away, and a statement that waits sees of other rows what was there before it waited.
    /// </summary>
    public static async Task<CartLine?> LockAsync(Session db, long accountId, long itemId, DateTimeOffset now)
    {
        var cartId = await db.QuerySingleOrDefaultAsync<long?>(
            """
            select cart.id
            from   cart
            where  cart.id = (select cart_id from cart_item where id = @itemId)
            and    cart.account_id = @accountId
            for update
            """,
            new { itemId, accountId });

        return cartId is null
            ? null
            : await db.QuerySingleOrDefaultAsync<CartLine>(
                $"""
                select cart.id as cart_id,
                       cart.status,
                       cart.expires_at,
                       cart.is_waitlist_offer,
                       cart_item.category_id,
                       cart_item.quantity,
                       cart_item.seat_ids,
                       seat_category.seating_type,
                       seat_category.is_active as is_on_sale,
                       event.status as event_status,
                       event.booking_start_date,
                       event.booking_end_date,
                       {QueueGate.MayBuySql} as may_buy,
                       event.max_tickets_per_booking,
                       (select sum(line.quantity)::integer from cart_item as line where line.cart_id = cart.id) as tickets,
                       (select array_agg(seat_id)
                        from   cart_item as line, unnest(line.seat_ids) as seat_id
                        where  line.cart_id = cart.id) as all_seat_ids
                from   cart_item
                join   cart on cart.id = cart_item.cart_id
                join   seat_category on seat_category.id = cart_item.category_id
                join   event on event.id = cart.event_id
                where  cart_item.id = @itemId
                and    cart.status in ('active', 'expired')
                """,
                new { itemId, accountId, now });
    }

    /// <summary>
    /// Of a line whose lock had run out, and of which somebody else has a place by now, the cart keeps no other either: a line is locked as a whole or not at all.
    /// </summary>
    /// <param name="db">The transaction in which the places were lifted.</param>
    /// <param name="cartId">The cart.</param>
    /// <param name="lifted">The places that are the cart's.</param>
    public static Task<int> LetGoAsync(Session db, long cartId, long[] lifted) =>
        db.ExecuteAsync(
            """
            update seat
            set    cart_id = null,
                   locked_until = null
            where  cart_id = @cartId
            and    id = any(array(
                select seat_id
                from   cart_item as line, unnest(line.seat_ids) as seat_id
                where  line.cart_id = @cartId
                and    not line.seat_ids <@ @lifted
                and    seat_id = any(@lifted)))
            """,
            new { cartId, lifted });
}
