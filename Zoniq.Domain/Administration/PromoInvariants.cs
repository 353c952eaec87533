using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>What must hold of promo codes, their uses and what they took off.</summary>
internal static class PromoInvariants
{
    /// <summary>Of the codes of a window, and all their uses. At most 20 findings for each invariant.</summary>
    public static Task<Finding[]> CheckCodesAsync(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with used as materialized (
            select   promo_id,
                     account_id,
                     count(*) as uses
            from     promo_use
            where    promo_id > @After
            and      promo_id <= @Until
            and      state <> 'returned'
            group by promo_id, account_id
        )
        (select 'a promo code is used as often as it says, and no oftener than it may be' as invariant,
                format('promo code %s: %s, counted %s of %s', id, used_count, uses, max_uses) as detail
         from   promo_code
         cross join lateral (select coalesce(sum(uses), 0) as uses from used where promo_id = promo_code.id) as counted
         where  id > @After
         and    id <= @Until
         and    (used_count <> uses or uses > max_uses)
         limit  20)
        union all
        (select 'nobody uses a promo code oftener than one person may',    -- of one that was changed, the limit may have been another
                format('promo code %s, account %s: %s of %s', id, account_id, uses, per_user_limit)
         from   promo_code
         join   used on used.promo_id = promo_code.id
         where  updated_at is null
         and    uses > per_user_limit
         limit  20)
        union all
        (select 'a use is that of its cart',
                format('cart %s of account %s is %s: the use is %s, of account %s', cart.id, cart.account_id, cart.status, promo_use.state, promo_use.account_id)
         from   promo_use
         join   cart on cart.id = promo_use.cart_id
         where  promo_id > @After
         and    promo_id <= @Until
         and    (promo_use.account_id <> cart.account_id
                 or case promo_use.state
                        when 'reserved' then cart.status not in ('active', 'expired') or cart.is_cleared
                        else cart.status <> 'converted'
                    end)
         limit  20)
        """,
        window);

    /// <summary>Of the bookings of a window. At most 20 findings for each invariant.</summary>
    public static Task<Finding[]> CheckBookingsAsync(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with booked as materialized (
            select booking.id,
                   booking.cart_id,
                   booking.status,
                   booking.promo_code,
                   booking.discount_amount,
                   (select sum(discount) from ticket where booking_id = booking.id) as of_tickets,
                   case when booking.status = 'pending' then 'booked' when booking.confirmed_at is not null then 'consumed' else 'returned' end as expected
            from   booking
            where  booking.id > @After
            and    booking.id <= @Until
        )
        (select 'a discount is that of the tickets' as invariant,
                format('booking %s: %s paise, tickets %s paise', id, discount_amount, of_tickets) as detail
         from   booked
         where  discount_amount <> of_tickets
         limit  20)
        union all
        (select 'the use of a promo code follows its booking',
                format('booking %s is %s with %s: the use is %s', booked.id, booked.status, coalesce(booked.promo_code, 'no code'), promo_use.state)
         from   booked
         join   promo_use on promo_use.cart_id = booked.cart_id
         where  booked.promo_code is null
         or     promo_use.state <> booked.expected
         limit  20)
        union all
        (select 'an order asks for what is to be paid',
                format('booking %s: %s paise', booked.id, gateway_order.amount)
         from   booked
         join   booking on booking.id = booked.id
         join   gateway_order on gateway_order.booking_id = booked.id
         where  gateway_order.amount <> booking.final_amount
         limit  20)
        """,
        window);
}
