using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>A refund to be written down; the worker sends it.</summary>
internal sealed record NewRefund
{
    public required long PaymentId { get; init; }

    /// <summary>Null for all that is left.</summary>
    public Money? Amount { get; init; }

    /// <summary>user, admin or system.</summary>
    public required string RequestedBy { get; init; }

    public required string Reason { get; init; }

    /// <summary>The same for whatever must happen once only; also the gateway's receipt, so at most 40 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>normal or optimum.</summary>
    public string Speed { get; init; } = "normal";
}

/// <summary>
/// What has come back of the money, and what is on its way: no refund is opened for more than captured less pending and processed ones. What payments and
/// bookings say of refunds is derived from its rows and from nothing else. Everything here is to be called with the booking's row locked.
/// </summary>
internal static class RefundLedger
{
    /// <summary>How much of a row of table payment can still be given back, in paise: a refund that failed has given its amount free again.</summary>
    public const string LeftSql =
        """
        (payment.amount - (
            select coalesce(sum(refund.amount), 0)::bigint
            from   refund
            where  refund.payment_id = payment.id
            and    refund.status <> 'failed'))
        """;

    /// <summary>The refund that was written, or null when there is not as much left, or when this has been done before.</summary>
    public static Task<Refund?> OpenAsync(Session db, NewRefund refund, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<Refund>(
            $"""
            insert into refund (payment_id, amount, speed, requested_by, reason, idempotency_key, created_at, next_attempt_at)
            select id, coalesce(@Amount, balance), @Speed, @RequestedBy, @Reason, @IdempotencyKey, @now, @now
            from   (select id, {LeftSql} as balance from payment where id = @PaymentId) as payment
            where  balance >= coalesce(@Amount, 0)
            and    coalesce(@Amount, balance) >= @LeastRefund
            on conflict do nothing
            returning *
            """,
            new { refund.PaymentId, refund.Amount, refund.Speed, refund.RequestedBy, refund.Reason, refund.IdempotencyKey, BookingPolicy.LeastRefund, now });

    /// <summary>
    /// A confirmed booking of which nothing is left to give back is called off: tickets are void and seats free. Less than nothing says nothing: the gateway has given back what was free
    /// again there, because a refund had failed that we still think is on its way. What has come back counts then.
    /// </summary>
    public static async Task EndIfAllGoesBack(Session db, long bookingId, long paymentId, string? reason, DateTimeOffset now)
    {
        var booking = await CallingOff.LockAsync(db, bookingId, accountId: null);

        if (booking is { Status: "confirmed" } && booking.PaidBy == paymentId && await GoesBackWholeAsync(db, paymentId))
        {
            await CallingOff.CallOffAsync(db, booking, CalledOffBy.Admin, reason, now);
        }
    }

    private static Task<bool> GoesBackWholeAsync(Session db, long paymentId) =>
        db.QuerySingleAsync<bool>(
            $"""
            select {LeftSql} = 0
                   or payment.amount <= (
                       select coalesce(sum(refund.amount), 0)
                       from   refund
                       where  refund.payment_id = payment.id
                       and    refund.status = 'processed')
            from   payment
            where  id = @paymentId
            """,
            new { paymentId });

    /// <summary>What can still be given back of a payment; below zero for the moment in which the gateway knows better than we which refunds have failed.</summary>
    public static Task<Money> Left(Session db, long paymentId) =>
        db.QuerySingleAsync<Money>(
            $"""
            select {LeftSql}
            from   payment
            where  id = @paymentId
            """,
            new { paymentId });

    /// <summary>A refund that the gateway will not make is given up; its amount can be given back again.</summary>
    public static async Task GiveUpAsync(Session db, long refundId, string why, DateTimeOffset now)
    {
        var given = await db.QuerySingleOrDefaultAsync<GivenUp>(
            """
            with booking_of as (
                select   booking.id
                from     refund
                join     payment on payment.id = refund.payment_id
                join     booking on booking.id = payment.booking_id
                where    refund.id = @refundId
                for update of booking
            )
            update refund
            set    status = 'failed',
                   error_description = @why,
                   processed_at = null
            from   booking_of
            where  refund.id = @refundId
            and    refund.status = 'pending'
            and    refund.razorpay_refund_id is null
            returning booking_of.id as booking_id, refund.amount
            """,
            new { refundId, why });

        if (given is not null)
        {
            var (to, booking) = await BookingMails.About(db, given.BookingId);
            await Outbox.EnqueueAsync(db, Mails.Refunded(to, refundId, RefundStep.Failed, given.Amount, gatewayRefundId: null, booking), now);
        }
    }

    /// <summary>
    /// Brings what payments and booking say in line with the refunds that are done. A booking that was called off, or never confirmed, is refunded
    /// once everything that was paid for it has come back.
    /// </summary>
    public static Task<int> FollowAsync(Session db, long bookingId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            with returned as (
                select   payment.id,
                         payment.amount,
                         coalesce(sum(refund.amount) filter (where refund.status = 'processed'), 0)::bigint as back
                from     payment
                left join refund on refund.payment_id = payment.id
                where    payment.booking_id = @bookingId
                and      payment.status in ('captured', 'partially_refunded', 'refunded')
                group by payment.id
            ),
            moved as (
                update payment
                set    amount_refunded = back,
                       status = case back when 0 then 'captured' when payment.amount then 'refunded' else 'partially_refunded' end
                from   returned
                where  payment.id = returned.id
                and    amount_refunded <> back
            ),
            become as (
                select booking.id,
                       case
                           when own.back = own.amount then 'refunded'
                           when own.back > 0 then 'partially_refunded'
                           when own.back = 0 then 'paid'
                           when every.is_back and booking.status <> 'pending' then 'refunded'
                           else booking.payment_status
                       end as payment_status,
                       case when every.is_back and booking.status in ('cancelled', 'expired') then 'refunded' else booking.status end as status
                from   booking
                cross join (select bool_and(back = amount) as is_back from returned) as every
                left join returned as own on own.id = booking.paid_by
                where  booking.id = @bookingId
            )
            update booking
            set    payment_status = become.payment_status,
                   status = become.status,
                   updated_at = @now
            from   become
            where  booking.id = become.id
            and    (booking.payment_status, booking.status) <> (become.payment_status, become.status)
            """,
            new { bookingId, now });

    private sealed record GivenUp
    {
        public long BookingId { get; init; }

        public Money Amount { get; init; }
    }
}
