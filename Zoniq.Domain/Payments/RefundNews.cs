using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>What the gateway says of refunds, ours and those that were made there.</summary>
internal static class RefundNews
{
    /// <summary>
    /// Writes down what the gateway says of a refund, in any order and any number, and what follows from it for payment, booking and buyer. One that is
    /// not ours was made at the gateway: it becomes part of the ledger, and takes the place of refunds of ours that were not sent yet.
    /// </summary>
    public static async Task LearnAsync(Session db, GatewayRefund seen, DateTimeOffset now)
    {
        if (await LockBooking(db, seen.PaymentId) is not { } bookingId)
        {
            return;    // money that is none of ours
        }

        var known = await Record(db, seen, now);
        await MakeRoom(db, known.PaymentId, known.Status == "failed" ? Money.Zero : known.Amount, now);
        await RefundLedger.EndIfAllGoesBack(db, bookingId, known.PaymentId, known.Reason, now);
        await RefundLedger.FollowAsync(db, bookingId, now);
        await Tell(db, bookingId, known, seen.Id, now);
    }

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

    /// <summary>
    /// What the gateway has given back is a fact; refunds of ours that were not sent yet, and for which nothing is left, are not made. Of what they were to give back the rest is
    /// still owed, and is a refund of its own.
    /// </summary>
    private static async Task MakeRoom(Session db, long paymentId, Money given, DateTimeOffset now)
    {
        var displaced = await db.QueryAsync<Displaced>(
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
                where  with_newer < (select -{RefundLedger.LeftSql} from payment where id = @paymentId))
            returning id, amount, speed, requested_by, reason
            """,
            new { paymentId });

        if (displaced.MaxBy(refund => refund.Id) is not { } last)
        {
            return;
        }

        var owed = displaced.Aggregate(Money.Zero, (sum, refund) => sum + refund.Amount) - given;
        var left = await RefundLedger.Left(db, paymentId);
        var rest = owed < left ? owed : left;

        if (rest >= BookingPolicy.LeastRefund)
        {
            await RefundLedger.OpenAsync(
                db,
                new NewRefund
                {
                    PaymentId = paymentId,
                    Amount = rest,
                    RequestedBy = last.RequestedBy,
                    Reason = last.Reason ?? "",
                    IdempotencyKey = $"zoniq-rest-{last.Id}",
                    Speed = last.Speed,
                },
                now);
        }
    }

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

    private sealed record Displaced
    {
        public long Id { get; init; }

        public Money Amount { get; init; }

        public string Speed { get; init; } = "";

        public string RequestedBy { get; init; } = "";

        public string? Reason { get; init; }
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
}
