using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain.Payments;

/// <summary>A booking under lock, with what decides how it may be called off.</summary>
internal sealed record BookingToCallOff
{
    public long Id { get; init; }

    public long AccountId { get; init; }

    public string Status { get; init; } = "";

    public Money FinalAmount { get; init; }

    /// <summary>Our number of the payment that fulfilled it; null when it is free or unpaid.</summary>
    public long? PaidBy { get; init; }

    public string RefundType { get; init; } = "";

    public int RefundHoursBefore { get; init; }

    public int RefundPercent { get; init; }

    public int TicketCount { get; init; }

    public DateTimeOffset EventDate { get; init; }

    public string EventStatus { get; init; } = "";

    public string? EventCancellationReason { get; init; }

    public string? RazorpayOrderId { get; init; }

    /// <summary>Then everything paid goes back, whoever calls it off.</summary>
    public bool IsCalledOffWithItsEvent => EventStatus == "cancelled";
}

/// <summary>Who calls a booking off.</summary>
internal enum CalledOffBy
{
    /// <summary>With what the policy gives back.</summary>
    Buyer,

    /// <summary>Its event does not take place: everything goes back.</summary>
    Event,

    /// <summary>Everything has been given back already, or is on its way.</summary>
    Admin,
}

/// <summary>How a booking ends before its event, at its buyer's wish, because the event does not take place, or because its money was given back.</summary>
internal static class CallingOff
{
    /// <summary>Locks the booking, which everybody does who moves its money or its tickets.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="bookingId">Which.</param>
    /// <param name="accountId">Only if it is this buyer's; null for anybody's.</param>
    public static Task<BookingToCallOff?> LockAsync(Session db, long bookingId, long? accountId) =>
        db.QuerySingleOrDefaultAsync<BookingToCallOff>(
            """
            select booking.id,
                   booking.account_id,
                   booking.status,
                   booking.final_amount,
                   booking.paid_by,
                   booking.refund_type,
                   booking.refund_hours_before,
                   booking.refund_percent,
                   booking.ticket_count,
                   event.event_date,
                   event.status as event_status,
                   event.cancellation_reason as event_cancellation_reason,
                   gateway_order.razorpay_order_id
            from   booking
            join   event on event.id = booking.event_id
            left join gateway_order on gateway_order.booking_id = booking.id
            where  booking.id = @bookingId
            and    (@accountId::bigint is null or booking.account_id = @accountId)
            for update of booking
            """,
            new { bookingId, accountId });

    /// <summary>
    /// Voids the tickets, ends the offers of them, frees the seats, writes what goes back into the ledger, and the mail. A buyer's wish is not fulfilled when a ticket
    /// was used or is somebody else's; of a cancelled event everything goes back, whoever calls it off.
    /// </summary>
    /// <returns>Whether it was called off; if not, nothing may be committed.</returns>
    public static async Task<bool> CallOffAsync(Session db, BookingToCallOff booking, CalledOffBy by, string? reason, DateTimeOffset now)
    {
        by = by == CalledOffBy.Buyer && booking.IsCalledOffWithItsEvent ? CalledOffBy.Event : by;
        var cancelledBy = by.ToString().ToLowerInvariant();
        reason = by == CalledOffBy.Event ? booking.EventCancellationReason ?? "Event cancelled" : reason;
        var refund = Money.Zero;

        if (booking.Status == "pending")
        {
            if (!await Confirmation.EndUnpaidAsync(db, booking.Id, cancelledBy, reason, now))
            {
                return false;
            }

            await RefundLedger.FollowAsync(db, booking.Id, now);
        }
        else
        {
            var ended = await EndPaid(db, booking, by, cancelledBy, reason, now);

            if (ended is null || ended.Voided < booking.TicketCount)
            {
                return false;
            }

            await TicketTransfers.EndWithBookingAsync(db, booking.Id, now);
            if (by != CalledOffBy.Buyer)
            {
                await VoidTickets.TellHoldersAsync(db, booking.Id, isEventOff: by == CalledOffBy.Event, now);
            }

            await SeatHolds.UnbookAsync(db, booking.Id);
            refund = by == CalledOffBy.Admin ? booking.FinalAmount : ended.RefundDue;
        }

        var (to, mail) = await BookingMails.About(db, booking.Id);
        await Outbox.EnqueueAsync(
            db, by == CalledOffBy.Event ? Mails.EventCancelled(to, booking.Id, refund, mail) : Mails.BookingCancelled(to, booking.Id, refund, mail), now);
        return true;
    }

    /// <summary>Calls off a booking of a cancelled event, unless that has been done.</summary>
    public static async Task<bool> WithItsEventAsync(Session db, long bookingId, DateTimeOffset now) =>
        await LockAsync(db, bookingId, accountId: null) is { Status: "pending" or "confirmed", IsCalledOffWithItsEvent: true } booking
        && await CallOffAsync(db, booking, CalledOffBy.Event, reason: null, now);

    /// <summary>The lock is held when this is asked, so the ledger that it reads is the latest.</summary>
    private static Task<Ended?> EndPaid(Session db, BookingToCallOff booking, CalledOffBy by, string cancelledBy, string? reason, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<Ended>(
            $"""
            with due as (
                select id as payment_id,
                       case when least(@refundable, balance) >= @LeastRefund then least(@refundable, balance) else 0 end as amount
                from   (select id, {RefundLedger.LeftSql} as balance from payment where id = @PaidBy) as payment
            ),
            voided as (
                update ticket
                set    status = 'void'
                where  booking_id = @Id
                and    (@isWhole or (status = 'valid' and holder_id = @AccountId))
                returning id
            ),
            refunded as (
                insert into refund (payment_id, amount, requested_by, reason, idempotency_key, created_at, next_attempt_at)
                select payment_id, amount, @requestedBy, @refundReason, 'zoniq-cancel-' || @Id::bigint, @now, @now
                from   due
                where  amount > 0
            )
            update booking
            set    status = 'cancelled',
                   cancelled_at = @now,
                   cancelled_by = @cancelledBy,
                   cancellation_reason = @reason,
                   refund_due = coalesce((select amount from due), 0),
                   updated_at = @now
            where  id = @Id
            and    status = 'confirmed'
            returning refund_due, (select count(*) from voided)::integer as voided
            """,
            new
            {
                booking.Id,
                booking.AccountId,
                booking.PaidBy,
                isWhole = by != CalledOffBy.Buyer,
                refundable = by switch
                {
                    CalledOffBy.Event => booking.FinalAmount,
                    CalledOffBy.Admin => Money.Zero,
                    _ => BookingPolicy.Refundable(booking.FinalAmount, booking.RefundType, booking.RefundHoursBefore, booking.RefundPercent, booking.EventDate, now),
                },
                BookingPolicy.LeastRefund,
                requestedBy = by == CalledOffBy.Event ? "system" : "user",
                refundReason = by == CalledOffBy.Event ? "Event cancelled" : "Booking cancelled",
                cancelledBy,
                reason,
                now,
            });

    private sealed record Ended
    {
        public Money RefundDue { get; init; }

        public int Voided { get; init; }
    }
}
