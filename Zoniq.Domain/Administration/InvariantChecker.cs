using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Something that must never be, and where it was seen.</summary>
public sealed record Finding
{
    /// <summary>Which invariant, in a few words.</summary>
    public string Invariant { get; init; } = "";

    /// <summary>Where: ids, counts, sums.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>
/// Reads straight from the rows whether what must always hold does hold. Constraints make most of it impossible; this looks at what
/// lies between tables, and at what code could still get wrong.
/// </summary>
public sealed class InvariantChecker(Database database, TimeProvider clock)
{
    /// <summary>Nothing when all is well; at most 20 findings for each invariant.</summary>
    public async Task<Finding[]> CheckAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<Finding>(
            $"""
            (select 'a booked seat has one live ticket, of the same booking' as invariant,
                    format('seat %s, booking %s: %s tickets', seat.id, seat.booking_id, count(ticket.id)) as detail
             from   seat
             left join ticket on ticket.seat_id = seat.id and ticket.status <> 'void' and ticket.booking_id = seat.booking_id
             where  seat.booking_id is not null
             group by seat.id
             having count(ticket.id) <> 1
             limit  20)
            union all
            (select 'a live ticket has its seat',
                    format('ticket %s of booking %s: seat %s has booking %s', ticket.id, ticket.booking_id, seat.id, seat.booking_id)
             from   ticket
             join   seat on seat.id = ticket.seat_id
             where  ticket.status <> 'void'
             and    seat.booking_id is distinct from ticket.booking_id
             limit  20)
            union all
            (select 'tickets follow their booking',
                    format('ticket %s is %s, booking %s is %s', ticket.id, ticket.status, booking.id, booking.status)
             from   ticket
             join   booking on booking.id = ticket.booking_id
             where  not case booking.status
                        when 'pending' then ticket.status = 'pending'
                        when 'confirmed' then ticket.status in ('valid', 'used')
                        else ticket.status = 'void'
                    end
             limit  20)
            union all
            (select 'a held seat belongs to a line of a cart that is not cleared',
                    format('seat %s, cart %s', seat.id, seat.cart_id)
             from   seat
             join   cart on cart.id = seat.cart_id
             left join cart_item on cart_item.cart_id = cart.id and seat.id = any(cart_item.seat_ids)
             where  cart_item.id is null
             or     cart.is_cleared
             limit  20)
            union all
            (select 'a line of a live cart whose hold runs has all its seats',
                    format('cart %s, line %s: %s of %s', cart.id, cart_item.id, count(seat.id), cart_item.quantity)
             from   cart
             join   cart_item on cart_item.cart_id = cart.id
             left join seat on seat.id = any(cart_item.seat_ids) and seat.cart_id = cart.id
             where  cart.status = 'active'
             and    cart_item.locked_until > @now
             group by cart.id, cart_item.id
             having count(seat.id) <> cart_item.quantity
             limit  20)
            union all
            (select 'a category has as many seats as it says',
                    format('category %s: %s seats, total %s', category.id, count(seat.id), category.total_seats)
             from   seat_category as category
             left join seat on seat.category_id = category.id
             group by category.id
             having count(seat.id) <> category.total_seats
             limit  20)
            union all
            (select 'the counter of a category and its open changes are its booked seats',
                    format('category %s: counter %s, changes %s, booked %s', category.id, category.booked_seats, coalesce(changes.sum, 0), coalesce(booked.count, 0))
             from   seat_category as category
             left join (
                 select   category_id, sum(change)
                 from     stock_change
                 group by category_id) as changes on changes.category_id = category.id
             left join (
                 select   category_id, count(*)
                 from     seat
                 where    booking_id is not null
                 group by category_id) as booked on booked.category_id = category.id    -- once for all: no index has the booked seats of one
             where  category.booked_seats + coalesce(changes.sum, 0) <> coalesce(booked.count, 0)
             limit  20)
            union all
            (select 'what lists say is free is free',
                    format('category %s: %s reckoned, %s counted', reckoned.id, reckoned.places, counted.places)
             from   (select c.id, free.places from seat_category c {Availability.ReckonedSql}) as reckoned
             join   (select c.id, free.places from seat_category c {Availability.CountedSql}) as counted using (id)
             where  reckoned.places <> counted.places
             limit  20)
            union all
            (select 'a booking amounts to its tickets',
                    format('booking %s: %s paise, tickets %s paise', booking.id, booking.total_amount, sum(ticket.price))
             from   booking
             left join ticket on ticket.booking_id = booking.id
             group by booking.id
             having sum(ticket.price) is distinct from booking.total_amount
             limit  20)
            union all
            (select 'a booking knows how many tickets it has',
                    format('booking %s: %s, tickets %s', booking.id, booking.ticket_count, count(ticket.id))
             from   booking
             left join ticket on ticket.booking_id = booking.id
             group by booking.id
             having count(ticket.id) <> booking.ticket_count
             limit  20)
            union all
            (select 'nobody has more tickets in one booking than the event allows',
                    format('booking %s: %s tickets', booking.id, count(ticket.id))
             from   booking
             join   event on event.id = booking.event_id
             join   ticket on ticket.booking_id = booking.id
             group by booking.id, event.id
             having count(ticket.id) > 50
             limit  20)
            union all
            (select 'a confirmed booking that costs something was paid, in full',
                    format('booking %s: %s', booking.id, coalesce(payment.status, 'no payment'))
             from   booking
             left join payment on payment.id = booking.paid_by
             where  booking.status = 'confirmed'
             and    booking.final_amount > 0
             and    (payment.id is null
                     or payment.booking_id <> booking.id
                     or payment.amount <> booking.final_amount
                     or payment.status not in ('captured', 'partially_refunded', 'refunded'))
             limit  20)
            union all
            (select 'captured money has a ticket or is on its way back',
                    format('payment %s of booking %s: %s captured, %s returned', payment.id, payment.booking_id, payment.amount, coalesce(sum(refund.amount), 0))
             from   payment
             join   booking on booking.id = payment.booking_id
             left join refund on refund.payment_id = payment.id and refund.status <> 'failed'
             where  payment.status in ('captured', 'partially_refunded')
             and    booking.paid_by is distinct from payment.id
             group by payment.id
             having coalesce(sum(refund.amount), 0) <> payment.amount
             limit  20)
            union all
            (select 'money that confirmed a booking stays while the booking does, or what the cancellation owes is in the ledger',
                    format('booking %s is %s and owes %s: %s in the ledger', booking.id, booking.status, booking.refund_due, coalesce(sum(refund.amount), 0))
             from   booking
             left join refund on refund.idempotency_key = 'zoniq-cancel-' || booking.id
                             and refund.payment_id = booking.paid_by
                             and refund.requested_by = case booking.cancelled_by when 'event' then 'system' else 'user' end
             where  booking.status in ('confirmed', 'cancelled', 'refunded')
             group by booking.id
             having coalesce(sum(refund.amount), 0) <> coalesce(booking.refund_due, 0)
             limit  20)
            union all
            (select 'a booking called off with its event gets everything back',
                    format('booking %s: %s of %s', booking.id, coalesce(sum(refund.amount), 0), payment.amount)
             from   booking
             join   payment on payment.id = booking.paid_by
             left join refund on refund.payment_id = payment.id and (refund.status <> 'failed' or refund.idempotency_key = 'zoniq-cancel-' || booking.id)
             where  booking.cancelled_by = 'event'
             group by booking.id, payment.id
             having coalesce(sum(refund.amount), 0) < payment.amount
             limit  20)
            union all
            (select 'a booking called off by its buyer gets back what its policy says',
                    format('booking %s: owes %s', booking.id, booking.refund_due)
             from   booking
             join   event on event.id = booking.event_id
             where  booking.cancelled_by = 'buyer'
             and    booking.paid_by is not null
             and    (event.updated_at is null or event.updated_at < booking.cancelled_at)    -- its date may have been another
             and    not exists (
                        select from refund
                        where  payment_id = booking.paid_by
                        and    idempotency_key <> 'zoniq-cancel-' || booking.id)
             and    booking.refund_due <> case
                        when booking.refund_type = 'full_until' and booking.cancelled_at <= event.event_date - make_interval(hours => booking.refund_hours_before)
                        then booking.final_amount * booking.refund_percent / 100
                        else 0
                    end
             limit  20)
            union all
            (select 'no more is returned than was captured',
                    format('payment %s: %s captured, %s returned', payment.id, payment.amount, sum(refund.amount))
             from   payment
             join   refund on refund.payment_id = payment.id and refund.status <> 'failed'
             group by payment.id
             having sum(refund.amount) > payment.amount
             limit  20)
            union all
            (select 'a confirmed booking has one confirmation mail, or none if its buyer has ever changed what to get',
                    format('booking %s: %s mails', booking.id, count(mail.id))
             from   booking
             left join mail on mail.cause = 'booking:' || booking.id and mail.template = 'booking_confirmed'
             left join notification_preference as preference on preference.account_id = booking.account_id
             where  booking.confirmed_at is not null
             group by booking.id, preference.updated_at
             having count(mail.id) > 1
             or     (count(mail.id) = 0 and preference.updated_at is null)
             limit  20)
            """,
            new { now = clock.GetUtcNow() });
    }
}
