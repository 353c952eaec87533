using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Payments.Gateway;
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
/// What has come back of the money, and what is on its way: captured less pending and processed refunds never falls below zero. What payments and
/// bookings say of refunds is derived from its rows and from nothing else. Everything here is to be called with the booking's row locked.
/// </summary>
internal static class RefundLedger
{
    /// <summary>The gateway gives back one rupee at least.</summary>
    public static readonly Money Least = new(100);

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
            and    coalesce(@Amount, balance) >= @Least
            on conflict do nothing
            returning *
            """,
            new { refund.PaymentId, refund.Amount, refund.Speed, refund.RequestedBy, refund.Reason, refund.IdempotencyKey, Least, now });

    /// <summary>
    /// Writes down what the gateway says of a refund, in any order and any number, and what follows from it for payment, booking and buyer. One that is
    /// not ours was made at the gateway: it becomes part of the ledger, and takes the place of refunds of ours that were not sent yet.
    /// </summary>
    /// <returns>False when its payment is none of ours.</returns>
    public static async Task<bool> LearnAsync(Session db, GatewayRefund seen, DateTimeOffset now)
    {
        if (await LockBooking(db, seen.PaymentId) is not { } bookingId)
        {
            return false;
        }

        var known = await Record(db, seen, now);
        await MakeRoom(db, known.PaymentId);
        await EndIfAllGoesBack(db, bookingId, known.PaymentId, known.Reason, now);
        await FollowAsync(db, bookingId, now);
        await Tell(db, bookingId, known, seen.Id, now);
        return true;
    }

    /// <summary>A confirmed booking of which nothing is left to give back is called off: tickets are void and seats free.</summary>
    public static async Task EndIfAllGoesBack(Session db, long bookingId, long paymentId, string? reason, DateTimeOffset now)
    {
        var booking = await CallingOff.LockAsync(db, bookingId, accountId: null);

        if (booking is { Status: "confirmed" } && booking.PaidBy == paymentId && await Left(db, paymentId) == Money.Zero)
        {
            await CallingOff.CallOffAsync(db, booking, CalledOffBy.Admin, reason, now);
        }
    }

    /// <summary>What can still be given back of a payment.</summary>
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

    private static Task<long?> LockBooking(Session db, string razorpayPaymentId) =>
        db.QuerySingleOrDefaultAsync<long?>(
            """
            select booking.id
            from   payment
            join   booking on booking.id = payment.booking_id
            where  payment.razorpay_payment_id = @razorpayPaymentId
            and    payment.status in ('captured', 'partially_refunded', 'refunded')
            for update of booking
            """,
            new { razorpayPaymentId });

    /// <summary>Ours by the gateway's id, or by the receipt we sent if its answer was lost; any other was made at the gateway. A snapshot may be older than what is known.</summary>
    private static Task<KnownRefund> Record(Session db, GatewayRefund seen, DateTimeOffset now) =>
        db.QuerySingleAsync<KnownRefund>(
            """
            with payment_of as (
                select id
                from   payment
                where  razorpay_payment_id = @PaymentId
            ),
            known as (
                select   id,
                         status,
                         razorpay_refund_id
                from     refund
                where    razorpay_refund_id = @Id
                or       (razorpay_refund_id is null and idempotency_key = @Receipt and payment_id = (select id from payment_of))
                order by razorpay_refund_id nulls last
                limit    1
            ),
            moved as (
                update refund
                set    razorpay_refund_id = @Id,
                       status = case
                           when refund.status = 'processed' then 'processed'
                           when refund.razorpay_refund_id is not null and @Status = 'pending' then refund.status
                           else @Status
                       end,
                       processed_at = case when @Status = 'processed' then coalesce(refund.processed_at, @now) else refund.processed_at end,
                       error_description = case
                           when @Status = 'failed' and refund.status <> 'processed' then 'The bank did not take the money back.'
                           when @Status = 'failed' then refund.error_description
                       end,
                       next_attempt_at = @now + least(interval '6 hours', greatest(interval '1 minute', (@now - refund.created_at) / 4))
                from   known
                where  refund.id = known.id
                returning refund.id, refund.payment_id, refund.amount, refund.status, refund.reason, known.status as status_before, known.razorpay_refund_id is not null as was_sent
            ),
            added as (
                insert into refund (
                    payment_id, razorpay_refund_id, amount, status, speed, requested_by, reason, idempotency_key, error_description, created_at, processed_at, next_attempt_at)
                select id, @Id, @Amount, @Status, case when @SpeedRequested = 'optimum' then 'optimum' else 'normal' end, 'admin', 'Made at the payment provider',
                       'gateway-' || @Id, case when @Status = 'failed' then 'The bank did not take the money back.' end, @now,
                       case when @Status = 'processed' then @now end, @now + interval '1 minute'
                from   payment_of
                where  not exists (select from known)
                returning id, payment_id, amount, status, reason, null::text as status_before, false as was_sent
            )
            select * from moved
            union all
            select * from added
            """,
            new { seen.Id, seen.PaymentId, seen.Receipt, seen.Amount, seen.Status, seen.SpeedRequested, now });

    /// <summary>What the gateway has given back is a fact; refunds of ours that were not sent yet, and for which nothing is left, are not made.</summary>
    private static Task<int> MakeRoom(Session db, long paymentId) =>
        db.ExecuteAsync(
            $"""
            update refund
            set    status = 'failed',
                   error_description = 'The money has been given back at the payment provider.'
            where  id in (
                select id
                from   (select id,
                               sum(amount) over (order by id desc) - amount as with_newer
                        from   refund
                        where  payment_id = @paymentId
                        and    status = 'pending'
                        and    razorpay_refund_id is null) as unsent
                where  with_newer < (select -{LeftSql} from payment where id = @paymentId))
            """,
            new { paymentId });

    /// <summary>One mail for each step of a refund; a step that was passed over is not told any more.</summary>
    private static async Task Tell(Session db, long bookingId, KnownRefund refund, string gatewayRefundId, DateTimeOffset now)
    {
        RefundStep? step = refund.Status switch
        {
            "processed" when refund.StatusBefore != "processed" => RefundStep.Processed,
            "failed" when refund.StatusBefore != "failed" => RefundStep.Failed,
            "pending" when !refund.WasSent => RefundStep.Started,
            _ => null,
        };

        if (step is { } news)
        {
            var (to, booking) = await BookingMails.About(db, bookingId);
            await Outbox.EnqueueAsync(db, Mails.Refunded(to, refund.Id, news, refund.Amount, gatewayRefundId, booking), now);
        }
    }

    private sealed record KnownRefund
    {
        public long Id { get; init; }

        public long PaymentId { get; init; }

        public Money Amount { get; init; }

        public string Status { get; init; } = "";

        public string? Reason { get; init; }

        /// <summary>Null for one that was made at the gateway.</summary>
        public string? StatusBefore { get; init; }

        public bool WasSent { get; init; }
    }

    private sealed record GivenUp
    {
        public long BookingId { get; init; }

        public Money Amount { get; init; }
    }
}
