using Zoniq.Domain.Carts;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Bookings;

/// <summary>
/// The steps that end a booking's waiting, each to be called with the booking's row locked. Who calls them, and why, is the
/// business of checkout (free bookings) and of payments.
/// </summary>
public static class Confirmation
{
    /// <summary>Makes a waiting booking confirmed and its tickets valid, tells the buyer's open page, and puts the confirmation mail into the outbox.</summary>
    /// <returns>What further mails say of the booking.</returns>
    public static async Task<(Addressee To, BookingMail Booking)> ConfirmAsync(Session db, long bookingId, long? paidBy, DateTimeOffset now)
    {
        await db.ExecuteAsync(
            """
            with confirmed as (
                update booking
                set    status = 'confirmed',
                       payment_status = 'paid',
                       paid_by = @paidBy,
                       confirmed_at = @now,
                       updated_at = @now
                where  id = @bookingId
                and    status in ('pending', 'expired')
                returning id, account_id, booking_number, case when promo_code is not null then cart_id end as promo_cart_id
            ),
            consumed as (
                update promo_use
                set    state = 'consumed'
                where  cart_id = (select promo_cart_id from confirmed)
                and    state = 'booked'
            ),
            pushed as (
                insert into push (account_id, target, payload, created_at)
                select account_id, 'bookingConfirmed', jsonb_build_object('bookingId', id, 'bookingNumber', booking_number), @now
                from   confirmed
            )
            update ticket
            set    status = 'valid'
            where  booking_id = (select id from confirmed)
            and    status in ('pending', 'void')
            """,
            new { bookingId, paidBy, now });

        db.Afterwards(measures => measures.CameTo("confirmed"));
        var (to, booking) = await BookingMails.About(db, bookingId);
        await Outbox.EnqueueAsync(db, Mails.BookingConfirmed(to, bookingId, booking), now);
        return (to, booking);
    }

    /// <summary>
    /// Gives the places of an expired booking back to it, if every one of them is still to be had, and the use of its code; standing places may be others of
    /// the category.
    /// </summary>
    /// <returns>Whether it has them all again; if not, nothing may be committed.</returns>
    public static async Task<bool> ReacquireAsync(Session db, long bookingId, DateTimeOffset now) =>
        await ReacquirePlaces(db, bookingId, now) && await PromoUses.TakeAgainAsync(db, bookingId);

    private static async Task<bool> ReacquirePlaces(Session db, long bookingId, DateTimeOffset now)
    {
        var tickets = await db.QueryAsync<LostPlace>(
            """
            select   ticket.id,
                     ticket.seat_id,
                     ticket.category_id,
                     seat.label is not null as is_numbered
            from     ticket
            join     seat on seat.id = ticket.seat_id
            join     booking on booking.id = ticket.booking_id
            join     event on event.id = booking.event_id
            where    ticket.booking_id = @bookingId
            and      event.status = 'published'
            and      event.event_date > @now
            order by ticket.id
            """,
            new { bookingId, now });
        var again = (await SeatHolds.BookAsync(db, bookingId, cartId: null, [.. tickets.Select(ticket => ticket.SeatId)], now)).ToHashSet();
        var lost = tickets.Where(ticket => !again.Contains(ticket.SeatId)).ToArray();

        if (tickets.Length == 0 || lost.Any(ticket => ticket.IsNumbered))
        {
            return false;
        }

        return lost.Length == 0
            || await db.ExecuteAsync(
                """
                with wanted as (
                    select id,
                           category_id,
                           row_number() over (partition by category_id order by id) as place
                    from   ticket
                    where  id = any(@tickets)
                ),
                free as materialized (
                    select place.id,
                           short.category_id
                    from   (select category_id, count(*) as places from wanted group by category_id) as short
                    cross join lateral (
                        select   seat.id
                        from     seat
                        where    seat.category_id = short.category_id
                        and      booking_id is null
                        and      label is null
                        and      not is_blocked
                        and      (cart_id is null or locked_until <= @now)
                        order by seat.id
                        limit    short.places
                        for update skip locked) as place
                ),
                given as materialized (
                    select wanted.id as ticket_id,
                           place.id as seat_id
                    from   wanted
                    join   (select id,
                                   category_id,
                                   row_number() over (partition by category_id order by id) as place
                            from   free) as place
                           using (category_id, place)
                ),
                booked as (
                    update seat
                    set    booking_id = @bookingId,
                           cart_id = null,
                           locked_until = null
                    where  id in (select seat_id from given)
                    returning category_id
                ),
                counted as (
                    insert into stock_change (category_id, change)
                    select   category_id, count(*)
                    from     booked
                    group by category_id
                )
                update ticket
                set    seat_id = given.seat_id
                from   given
                where  ticket.id = given.ticket_id
                """,
                new { bookingId, now, tickets = lost.Select(ticket => ticket.Id).ToArray() }) == lost.Length;
    }

    /// <summary>Ends a waiting booking that was not paid: its tickets are void, its places free, and the use of its code is returned.</summary>
    /// <param name="db">The transaction that holds the booking's lock.</param>
    /// <param name="bookingId">Which.</param>
    /// <param name="cancelledBy">buyer or event, if it was called off; null when it expires.</param>
    /// <param name="reason">Why it was called off, if it was.</param>
    /// <param name="now">When.</param>
    public static async Task<bool> EndUnpaidAsync(Session db, long bookingId, string? cancelledBy, string? reason, DateTimeOffset now)
    {
        var hadCode = await db.QuerySingleOrDefaultAsync<bool?>(
            """
            with voided as (
                update ticket
                set    status = 'void'
                where  booking_id = @bookingId
                and    status = 'pending'
            )
            update booking
            set    status = case when @cancelledBy::text is null then 'expired' else 'cancelled' end,
                   cancelled_at = case when @cancelledBy::text is not null then @now end,
                   cancelled_by = @cancelledBy,
                   cancellation_reason = @reason,
                   updated_at = @now
            where  id = @bookingId
            and    status = 'pending'
            returning promo_code is not null
            """,
            new { bookingId, cancelledBy, reason, now });

        if (hadCode is null)
        {
            return false;
        }

        await SeatHolds.UnbookAsync(db, bookingId);

        if (hadCode == true)
        {
            await PromoUses.ReturnBookedAsync(db, bookingId);
        }

        return true;
    }

    private sealed record LostPlace
    {
        public long Id { get; init; }

        public long SeatId { get; init; }

        public long CategoryId { get; init; }

        public bool IsNumbered { get; init; }
    }
}
