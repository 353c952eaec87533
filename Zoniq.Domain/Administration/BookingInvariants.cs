using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>
/// What must hold of a booking, its tickets and its money. Each statement looks at one window of bookings and reaches everything else by index from there; the ranges
/// that are given twice let both sides of a join be read in order.
/// </summary>
internal static class BookingInvariants
{
    /// <summary>At most 20 findings for each invariant.</summary>
    public static async Task<Finding[]> CheckAsync(Session db, IdWindow window) =>
    [
        .. await Tickets(db, window),
        .. await Paid(db, window),
        .. await Money(db, window),
        .. await Owed(db, window),
        .. await CalledOffWithTheEvent(db, window),
        .. await CalledOffByTheBuyer(db, window),
        .. await Confirmations(db, window),
        .. await TransferInvariants.CheckAsync(db, window),
    ];

    private static Task<Finding[]> Tickets(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with booked as materialized (
            select   booking.id,
                     booking.status,
                     booking.total_amount,
                     booking.ticket_count,
                     count(ticket.id) as tickets,
                     sum(ticket.price) as price,
                     min(ticket.id) filter (where not case booking.status
                         when 'pending' then ticket.status = 'pending'
                         when 'confirmed' then ticket.status in ('valid', 'used')
                         else ticket.status = 'void'
                     end) as stray,
                     min(ticket.id) filter (where ticket.status <> 'void' and booking.id is distinct from (
                         select booking_id
                         from   seat
                         where  id = ticket.seat_id)) as unseated    -- a join would read every seat there is
            from     booking
            left join ticket on ticket.booking_id = booking.id and ticket.booking_id > @After and ticket.booking_id <= @Until
            where    booking.id > @After
            and      booking.id <= @Until
            group by booking.id
        )
        (select 'a live ticket has its seat' as invariant,
                format('ticket %s of booking %s: its seat has another booking or none', unseated, id) as detail
         from   booked
         where  unseated is not null
         limit  20)
        union all
        (select 'tickets follow their booking',
                format('ticket %s is %s, booking %s is %s', stray, (select status from ticket where ticket.id = stray), id, status)
         from   booked
         where  stray is not null
         limit  20)
        union all
        (select 'a booking amounts to its tickets',
                format('booking %s: %s paise, tickets %s paise', id, total_amount, price)
         from   booked
         where  price is distinct from total_amount
         limit  20)
        union all
        (select 'a booking knows how many tickets it has',
                format('booking %s: %s, tickets %s', id, ticket_count, tickets)
         from   booked
         where  tickets <> ticket_count
         limit  20)
        union all
        (select 'no booking has more tickets than any event allows',    -- the event's own limit may have been changed since
                format('booking %s: %s tickets', id, tickets)
         from   booked
         where  tickets > 50
         limit  20)
        """,
        window);

    private static Task<Finding[]> Paid(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a confirmed booking that costs something was paid, in full' as invariant,
               format('booking %s: %s', booking.id, coalesce(payment.status, 'no payment')) as detail
        from   booking
        left join payment on payment.id = booking.paid_by
        where  booking.id > @After
        and    booking.id <= @Until
        and    booking.status = 'confirmed'
        and    booking.final_amount > 0
        and    (payment.id is null
                or payment.booking_id <> booking.id
                or payment.amount <> booking.final_amount
                or payment.status not in ('captured', 'partially_refunded', 'refunded'))
        limit  20
        """,
        window);

    private static Task<Finding[]> Money(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        with money as materialized (
            select   payment.id,
                     payment.booking_id,
                     payment.status,
                     payment.amount,
                     payment.amount_refunded,
                     booking.paid_by,
                     booking.status as booking_status,
                     booking.payment_status,
                     coalesce(sum(refund.amount) filter (where refund.status <> 'failed'), 0) as returned,
                     coalesce(sum(refund.amount) filter (where refund.status = 'processed'), 0) as processed,
                     coalesce(bool_or(refund.idempotency_key = 'zoniq-return-' || payment.id), false) as is_given_back
            from     booking
            join     payment on payment.booking_id = booking.id and payment.booking_id > @After and payment.booking_id <= @Until
            left join refund on refund.payment_id = payment.id
            where    booking.id > @After
            and      booking.id <= @Until
            group by payment.id, booking.id
        )
        (select 'captured money has a ticket or is on its way back' as invariant,
                format('payment %s of booking %s: %s captured, %s returned', id, booking_id, amount, returned) as detail
         from   money
         where  status in ('captured', 'partially_refunded')
         and    paid_by is distinct from id
         and    returned <> amount
         limit  20)
        union all
        (select 'no more is returned than was captured',
                format('payment %s: %s captured, %s returned', id, amount, processed)
         from   money
         where  processed > amount
         limit  20)
        union all
        (select 'a payment says what was returned',
                format('payment %s is %s: %s, refunds %s', id, status, amount_refunded, processed)
         from   money
         where  amount_refunded <> processed
         or     (status in ('captured', 'partially_refunded', 'refunded')
                 and status <> case processed when 0 then 'captured' when amount then 'refunded' else 'partially_refunded' end)
         limit  20)
        union all
        (select 'a booking says what was returned',
                format('booking %s is %s: %s of %s', booking_id, payment_status, processed, amount)
         from   money
         where  paid_by = id
         and    payment_status <> case processed when 0 then 'paid' when amount then 'refunded' else 'partially_refunded' end
         limit  20)
        union all
        (select 'a booking whose money all goes back is called off',
                format('booking %s, payment %s', booking_id, id)
         from   money
         where  paid_by = id
         and    booking_status = 'confirmed'
         and    returned = amount
         limit  20)
        union all
        (select 'money that was given back has bought nothing',
                format('payment %s, booking %s', id, booking_id)
         from   money
         where  paid_by = id
         and    is_given_back
         limit  20)
        """,
        window);

    private static Task<Finding[]> Owed(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'money that confirmed a booking stays while the booking does, or what the cancellation owes is in the ledger' as invariant,
               format('booking %s is %s and owes %s: %s in the ledger', booking.id, booking.status, booking.refund_due, coalesce(sum(refund.amount), 0)) as detail
        from   booking
        left join refund on refund.idempotency_key = 'zoniq-cancel-' || booking.id
                        and refund.payment_id = booking.paid_by
                        and refund.requested_by = case booking.cancelled_by when 'event' then 'system' else 'user' end
        where  booking.id > @After
        and    booking.id <= @Until
        and    booking.status in ('confirmed', 'cancelled', 'refunded')
        group by booking.id
        having coalesce(sum(refund.amount), 0) <> coalesce(booking.refund_due, 0)
        limit  20
        """,
        window);

    private static Task<Finding[]> CalledOffWithTheEvent(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a booking called off with its event gets everything back' as invariant,
               format('booking %s: %s of %s', booking.id, coalesce(sum(refund.amount), 0), payment.amount) as detail
        from   booking
        join   payment on payment.id = booking.paid_by
        left join refund on refund.payment_id = payment.id and (refund.status <> 'failed' or refund.idempotency_key = 'zoniq-cancel-' || booking.id)
        where  booking.id > @After
        and    booking.id <= @Until
        and    booking.cancelled_by = 'event'
        group by booking.id, payment.id
        having coalesce(sum(refund.amount), 0) < payment.amount
        limit  20
        """,
        window);

    private static Task<Finding[]> CalledOffByTheBuyer(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a booking called off by its buyer gets back what its policy says' as invariant,
               format('booking %s: owes %s', booking.id, booking.refund_due) as detail
        from   booking
        join   event on event.id = booking.event_id
        where  booking.id > @After
        and    booking.id <= @Until
        and    booking.cancelled_by = 'buyer'
        and    booking.paid_by is not null
        and    (event.updated_at is null or event.updated_at < booking.cancelled_at)    -- its date may have been another
        and    not exists (
                   select from refund
                   where  payment_id = booking.paid_by
                   and    idempotency_key <> 'zoniq-cancel-' || booking.id)
        and    booking.refund_due <> case
                   when booking.refund_type = 'full_until' and booking.cancelled_at <= event.event_date - make_interval(hours => booking.refund_hours_before)
                   and  booking.final_amount * booking.refund_percent / 100 >= 100    -- less than a rupee is not given back
                   then booking.final_amount * booking.refund_percent / 100
                   else 0
               end
        limit  20
        """,
        window);

    private static Task<Finding[]> Confirmations(Session db, IdWindow window) => db.QueryAsync<Finding>(
        """
        select 'a confirmed booking has one confirmation mail, or none if its buyer has ever changed what to get' as invariant,
               format('booking %s: %s mails', booking.id, count(mail.id)) as detail
        from   booking
        left join mail on mail.cause = 'booking:' || booking.id and mail.template = 'booking_confirmed'
        left join notification_preference as preference on preference.account_id = booking.account_id
        where  booking.id > @After
        and    booking.id <= @Until
        and    booking.confirmed_at is not null
        group by booking.id, preference.updated_at
        having count(mail.id) > 1
        or     (count(mail.id) = 0 and preference.updated_at is null)
        limit  20
        """,
        window);
}
