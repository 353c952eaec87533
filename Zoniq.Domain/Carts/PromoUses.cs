using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Uses of promo codes, after they were taken. Who counts one lock its code, and several codes in id order; carts and bookings are locked before.</summary>
internal static class PromoUses
{
    /// <summary>Carts ended at a time.</summary>
    public const int MostEndings = 500;

    /// <summary>Whether the reserved use <c>promo_use</c> of the cart <c>cart</c> has run out with it.</summary>
    public const string HasLapsedSql = "promo_use.state = 'reserved' and (cart.status <> 'active' or cart.expires_at <= @now)";

    /// <summary>The code that a cart has, with the terms under which it was taken.</summary>
    public static Task<OfferedCode?> OfCartAsync(Session db, long cartId) =>
        db.QuerySingleOrDefaultAsync<OfferedCode>(
            """
            select promo_code.id,
                   promo_code.code,
                   promo_code.is_active and (promo_code.event_id is null or promo_code.event_id = cart.event_id) as is_for_cart,
                   promo_code.starts_at,
                   promo_code.ends_at,
                   promo_use.kind,
                   promo_use.value,
                   promo_use.min_amount
            from   promo_use
            join   cart on cart.id = promo_use.cart_id
            join   promo_code on promo_code.id = promo_use.promo_id
            where  promo_use.cart_id = @cartId
            and    promo_use.state = 'reserved'
            """,
            new { cartId });

    /// <summary>Gives back what carts that end have reserved; the carts are locked.</summary>
    public static Task<int> ReturnAsync(Session db, long[] carts) =>
        db.ExecuteAsync(
            """
            with locked as materialized (
                select   id
                from     promo_code
                where    id in (select promo_id from promo_use where cart_id = any(@carts) and state = 'reserved')
                order by id
                for update
            )
            delete from promo_use
            where  cart_id = any(@carts)
            and    state = 'reserved'
            and    promo_id in (select id from locked)
            """,
            new { carts });

    /// <summary>Gives back the use of a booking that ended unpaid; the booking is locked.</summary>
    public static Task<int> ReturnBookedAsync(Session db, long bookingId) =>
        db.ExecuteAsync(
            """
            update promo_use
            set    state = 'returned'
            where  cart_id = (select cart_id from booking where id = @bookingId)
            and    state = 'booked'
            """,
            new { bookingId });

    /// <summary>Takes the use of an expired booking again, if the code has one left for its buyer. A code that was deleted since has no limits any more.</summary>
    /// <returns>False when there is none left; then nothing may be committed.</returns>
    public static async Task<bool> TakeAgainAsync(Session db, long bookingId)
    {
        var promoId = await db.QuerySingleOrDefaultAsync<long?>(
            """
            select promo_code.id
            from   booking
            join   promo_use on promo_use.cart_id = booking.cart_id and promo_use.state = 'returned'
            join   promo_code on promo_code.id = promo_use.promo_id
            where  booking.id = @bookingId
            for update of promo_code
            """,
            new { bookingId });

        // In a statement of its own, which sees what those have taken who had the lock before.
        return promoId is null
            || await db.ExecuteAsync(
                """
                update promo_use
                set    state = 'booked'
                from   promo_code
                where  promo_code.id = @promoId
                and    promo_use.promo_id = promo_code.id
                and    promo_use.cart_id = (select cart_id from booking where id = @bookingId)
                and    (max_uses is null or used_count < max_uses)
                and    (per_user_limit is null or per_user_limit > (
                            select count(*)
                            from   promo_use as other
                            where  other.promo_id = promo_code.id
                            and    other.account_id = promo_use.account_id
                            and    other.state <> 'returned'))
                """,
                new { bookingId, promoId }) == 1;
    }

    /// <summary>
    /// Ends carts that ran out and still hold a use of the code, at most <see cref="MostEndings"/>, this person's before others'; returns how many there were. Whoever uses one just now is not
    /// waited for.
    /// </summary>
    public static async Task<int> EndLapsedAsync(Session db, string code, long? accountId, DateTimeOffset now)
    {
        var lapsed = await db.QueryAsync<long>(
            $"""
            update cart
            set    status = case when status = 'active' then 'expired' else status end
            where  id in (
                select   cart.id
                from     promo_code
                join     promo_use on promo_use.promo_id = promo_code.id
                join     cart on cart.id = promo_use.cart_id
                where    promo_code.code = @code
                and      {HasLapsedSql}
                order by cart.account_id = @accountId::bigint desc, cart.id
                limit    @MostEndings
                for update of cart skip locked)
            returning id
            """,
            new { code, accountId, now, MostEndings });

        return lapsed.Length == 0 ? 0 : await ReturnAsync(db, lapsed);
    }
}
