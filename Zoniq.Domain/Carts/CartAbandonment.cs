using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Ending carts before their time.</summary>
internal static class CartAbandonment
{
    /// <summary>Abandons every cart of an account and frees what they still hold; returns how many there were.</summary>
    public static async Task<int> OfAccountAsync(Session db, long accountId)
    {
        var carts = await db.QueryAsync<long>(
            """
            update cart
            set    status = 'abandoned',
                   is_cleared = true
            where  id in (
                select   id
                from     cart
                where    account_id = @accountId
                and      status = 'active'
                order by id
                for update)
            returning id
            """,
            new { accountId });
        await FreeAsync(db, carts);
        return carts.Length;
    }

    /// <summary>Abandons every cart of an event and frees what they still hold; returns how many there were.</summary>
    public static async Task<int> OfEventAsync(Session db, long eventId)
    {
        var carts = await db.QueryAsync<long>(
            """
            update cart
            set    status = 'abandoned',
                   is_cleared = true
            where  id in (
                select   id
                from     cart
                where    event_id = @eventId
                and      status = 'active'
                order by id
                for update)
            returning id
            """,
            new { eventId });
        await KeptPlaces.LockEventAsync(db, eventId);    // whoever calls may end waiting lists afterwards, and their locks come before those of seats
        await FreeAsync(db, carts);
        return carts.Length;
    }

    /// <summary>Frees what carts that have ended still hold, and the uses of their codes. Statements of their own: they see the lines that were added while the one before waited for the carts.</summary>
    public static async Task FreeAsync(Session db, long[] carts)
    {
        await db.ExecuteAsync(
            """
            update seat
            set    cart_id = null,
                   locked_until = null
            where  id = any(array(    -- with in, an unknown number is planned as a walk through every seat
                select   seat.id
                from     cart_item
                cross join lateral unnest(cart_item.seat_ids) as held (id)
                join     seat on seat.id = held.id and seat.cart_id = cart_item.cart_id
                where    cart_item.cart_id = any(@carts)
                order by seat.id
                for update of seat))
            """,
            new { carts });
        await PromoUses.ReturnAsync(db, carts);
    }
}
