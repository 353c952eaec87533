using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What must hold of waiting lists, window by window of events. That nobody waits twice for a category, and that no cart is offered twice, are constraints.</summary>
internal static class WaitlistInvariants
{
    /// <summary>At most 20 findings for each invariant.</summary>
    public static async Task<Finding[]> CheckAsync(Session db, IdWindow window) =>
    [
        .. await Offers(db, window),
        .. await Order(db, window),
        .. await Ended(db, window),
    ];

    private static Task<Finding[]> Offers(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        (select 'an offer is a cart of whoever waited, for the same event' as invariant,
                format('entry %s, cart %s', entry.id, cart.id) as detail
         from   waitlist_entry as entry
         join   cart on cart.id = entry.cart_id
         where  entry.event_id > @After
         and    entry.event_id <= @Until
         and    (cart.account_id <> entry.account_id or cart.event_id <> entry.event_id or not cart.is_waitlist_offer)
         limit  20)
        union all
        (select 'an offer is used when its cart is, and only then',
                format('entry %s: %s, cart %s: %s', entry.id, entry.status, cart.id, cart.status)
         from   waitlist_entry as entry
         join   cart on cart.id = entry.cart_id
         where  entry.event_id > @After
         and    entry.event_id <= @Until
         and    ((entry.status = 'fulfilled' and cart.status <> 'converted')
                 or (entry.status = 'offered' and cart.status = 'converted'))
         limit  20)
        union all
        (select 'a cart that was offered belongs to an entry',
                format('cart %s', cart.id)
         from   cart
         where  cart.event_id > @After
         and    cart.event_id <= @Until
         and    cart.is_waitlist_offer
         and    cart.status = 'active'    -- a category that is deleted takes its entries along
         and    not exists (select from waitlist_entry where waitlist_entry.cart_id = cart.id)
         limit  20)
        """,
        window);

    /// <summary>Whoever had a cart at the time of the offer, or may have had one, was passed over with good reason.</summary>
    private static Task<Finding[]> Order(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'nobody who waited longer, and for no more, was passed over' as invariant,
               format('category %s: entry %s was offered something, entry %s was not', older.category_id, younger.id, older.id) as detail
        from   waitlist_entry as older
        join   waitlist_entry as younger
               on  younger.category_id = older.category_id
               and younger.id > older.id
               and younger.quantity >= older.quantity
        where  older.event_id > @After
        and    older.event_id <= @Until
        and    older.status = 'waiting'
        and    younger.offered_at >= older.created_at
        and    not exists (
                   select from cart
                   where  cart.account_id = older.account_id
                   and    cart.event_id = older.event_id
                   and    cart.created_at <= younger.offered_at
                   and    cart.expires_at > younger.offered_at)
        limit  20
        """,
        window);

    private static Task<Finding[]> Ended(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'nobody waits who is blocked, or for an event that is called off' as invariant,
               format('entry %s, account %s, event %s: %s', entry.id, entry.account_id, event.id, event.status) as detail
        from   waitlist_entry as entry
        join   event on event.id = entry.event_id
        join   account on account.id = entry.account_id
        where  entry.event_id > @After
        and    entry.event_id <= @Until
        and    entry.status in ('waiting', 'offered')
        and    (event.status in ('draft', 'cancelled') or account.is_blocked or not account.is_active)
        limit  20
        """,
        window);
}
