using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Payments;

/// <summary>How a payment that the gateway told us about ended.</summary>
public enum SettlementOutcome
{
    /// <summary>It belongs to no order of ours.</summary>
    UnknownOrder,

    /// <summary>Order, amount or currency differ from what was asked for; nothing was fulfilled.</summary>
    Mismatch,

    /// <summary>Not captured yet.</summary>
    Waiting,

    /// <summary>This attempt failed; another may follow.</summary>
    Failed,

    /// <summary>The booking has just been confirmed.</summary>
    Confirmed,

    /// <summary>The booking had been confirmed by this payment before.</summary>
    AlreadyConfirmed,

    /// <summary>The money came too late or twice and goes back.</summary>
    Returned,
}

/// <summary>
/// The one step that everybody who learns of a payment takes: the browser's verify, the webhooks, the expiry of bookings and the
/// reconciler, in any order and any number. It moves forward only, except that a failed attempt may still succeed.
/// </summary>
public sealed partial class Settlement(Database database, TimeProvider clock, ILogger<Settlement> logger)
{
    /// <summary>Who learned of a payment, as it is counted.</summary>
    public static class Sources
    {
        public const string Webhook = "webhook";
        public const string Verify = "verify";
        public const string Reconciler = "reconciler";
        public const string Expiry = "expiry";
        public const string Cancellation = "cancellation";
        public const string Administrator = "administrator";
    }

    /// <summary>Writes down what the gateway says of a payment and does what follows from it, in one transaction under the booking's lock.</summary>
    public async Task<SettlementOutcome> SettleAsync(GatewayPayment seen, string source, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        var outcome = await SettleAsync(db, seen, source);
        await db.CommitAsync();
        return outcome;
    }

    /// <summary>The same within the caller's transaction.</summary>
    public async Task<SettlementOutcome> SettleAsync(Session db, GatewayPayment seen, string source)
    {
        var now = clock.GetUtcNow();

        // Money taken without an order is none of ours.
        if (seen.OrderId is not { } orderId || await LockOrder(db, orderId) is not { } order)
        {
            return SettlementOutcome.UnknownOrder;
        }

        using var span = Spans.Continue("settle payment", ActivityKind.Internal, order.TraceParent);
        var outcome = await SettleAsync(db, order, seen, now);
        span?.SetTag("zoniq.outcome", outcome.ToString());
        if (outcome == SettlementOutcome.Confirmed)
        {
            db.Afterwards(measures => measures.Captured(source));
        }

        if (source == Sources.Reconciler && outcome is SettlementOutcome.Confirmed or SettlementOutcome.Returned or SettlementOutcome.Mismatch)
        {
            db.Afterwards(measures => measures.Reconciled(outcome.ToString()));
        }

        return outcome;
    }

    /// <summary>Writes down that a payment is said to be one of an order and is not.</summary>
    public async Task RefuseAsync(Session db, GatewayPayment seen)
    {
        if (await LockOrder(db, seen.OrderId!) is { } order)
        {
            await Mismatch(db, order, seen, clock.GetUtcNow());
        }
    }

    private async Task<SettlementOutcome> SettleAsync(Session db, LockedOrder order, GatewayPayment seen, DateTimeOffset now)
    {
        if (seen.Amount != order.Amount || seen.Currency != Money.Currency)
        {
            return await Mismatch(db, order, seen, now);
        }

        var payment = await Record(db, order, seen, now);

        if (payment is null)
        {
            return await Mismatch(db, order, seen, now);
        }

        return payment.Status switch
        {
            "created" or "authorized" => SettlementOutcome.Waiting,
            "failed" => await Fail(db, order, payment, now),
            _ when order.PaidBy == payment.Id => SettlementOutcome.AlreadyConfirmed,
            "captured" when !payment.IsGoingBack => await Fulfil(db, order, payment, seen.Id, now),
            _ => SettlementOutcome.Returned,
        };
    }

    private static Task<LockedOrder?> LockOrder(Session db, string orderId) =>
        db.QuerySingleOrDefaultAsync<LockedOrder>(
            """
            select booking.id as booking_id,
                   booking.status,
                   booking.paid_by,
                   booking.payment_due_at,
                   booking.trace_parent,
                   not booking.is_anonymous and account.is_active as has_buyer,    -- an account of old may be gone without its bookings saying so
                   event.status as event_status,
                   gateway_order.razorpay_order_id,
                   gateway_order.amount
            from   gateway_order
            join   booking on booking.id = gateway_order.booking_id
            join   event on event.id = booking.event_id
            join   account on account.id = booking.account_id
            where  gateway_order.razorpay_order_id = @orderId
            for update of booking
            """,
            new { orderId });

    /// <summary>
    /// The row of this attempt, moved forward only; null when the gateway's id belongs to another order. What of it has come back is the ledger's
    /// business. Money that was once sent back does not confirm the booking any more, whatever has become free since.
    /// </summary>
    private static Task<RecordedPayment?> Record(Session db, LockedOrder order, GatewayPayment seen, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<RecordedPayment>(
            """
            with elsewhere as (
                select id
                from   payment
                where  razorpay_payment_id = @paymentId
                and    razorpay_order_id <> @RazorpayOrderId
            ),
            known as (
                select   id
                from     payment
                where    razorpay_order_id = @RazorpayOrderId
                and      (razorpay_payment_id = @paymentId or razorpay_payment_id is null)
                order by razorpay_payment_id nulls last
                limit    1
            ),
            moved as (
                update payment
                set    razorpay_payment_id = @paymentId,
                       status = case
                           when array_position(array['created', 'failed', 'authorized', 'captured', 'partially_refunded', 'refunded'], @status)
                              > array_position(array['created', 'failed', 'authorized', 'captured', 'partially_refunded', 'refunded'], status)
                           then @status
                           else status
                       end,
                       method = coalesce(@method, method),
                       error_code = case when status in ('created', 'failed') then @errorCode end,
                       error_description = case when status in ('created', 'failed') then @errorDescription end,
                       paid_at = case when @status = 'captured' then coalesce(paid_at, @now) else paid_at end
                where  id = (select id from known)
                and    not exists (select from elsewhere)
                returning id, status, amount,
                          exists (select from refund where payment_id = payment.id and idempotency_key = 'zoniq-return-' || payment.id) as is_going_back
            ),
            added as (
                insert into payment (
                    booking_id, razorpay_order_id, razorpay_payment_id, amount, status, method,
                    error_code, error_description, created_at, paid_at)
                select @BookingId, @RazorpayOrderId, @paymentId, @Amount, @status, @method,
                       @errorCode, @errorDescription, @now, case when @status = 'captured' then @now end
                where  not exists (select from known)
                and    not exists (select from elsewhere)
                returning id, status, amount, false
            )
            select * from moved
            union all
            select * from added
            """,
            new
            {
                order.BookingId,
                order.RazorpayOrderId,
                order.Amount,
                paymentId = seen.Id,
                status = seen.WasCaptured ? "captured" : seen.Status,
                method = seen.Method,
                errorCode = seen.ErrorCode,
                errorDescription = seen.ErrorDescription,
                now,
            });

    private static async Task<SettlementOutcome> Fulfil(Session db, LockedOrder order, RecordedPayment payment, string gatewayPaymentId, DateTimeOffset now)
    {
        // Whoever has deleted their account could not come to the ticket any more.
        if (order.HasBuyer
            && ((order.Status == "pending" && !order.IsEventCancelled)
                || (order.Status == "expired" && await db.TryAsync(() => Confirmation.ReacquireAsync(db, order.BookingId, now)))))
        {
            var (to, booking) = await Confirmation.ConfirmAsync(db, order.BookingId, payment.Id, now);
            await Outbox.EnqueueAsync(db, Mails.PaymentConfirmed(to, payment.Id, payment.Amount, gatewayPaymentId, booking), now);
            return SettlementOutcome.Confirmed;
        }

        await GiveBack(db, order, payment, now);
        return SettlementOutcome.Returned;
    }

    /// <summary>One automatic refund of everything that is left of the payment, however often this is asked for.</summary>
    private static async Task GiveBack(Session db, LockedOrder order, RecordedPayment payment, DateTimeOffset now)
    {
        var reason = order.Status == "confirmed" ? ReturnReason.PaidTwice : order.IsEventCancelled ? ReturnReason.EventCancelled : ReturnReason.PaidTooLate;
        var refund = await RefundLedger.OpenAsync(
            db, new NewRefund { PaymentId = payment.Id, RequestedBy = "system", Reason = reason, IdempotencyKey = $"zoniq-return-{payment.Id}" }, now);

        if (refund is not null)
        {
            var (to, booking) = await BookingMails.About(db, order.BookingId);
            await Outbox.EnqueueAsync(db, Mails.PaymentReturned(to, payment.Id, refund.Amount, booking, reason), now);
        }
    }

    private static async Task<SettlementOutcome> Fail(Session db, LockedOrder order, RecordedPayment payment, DateTimeOffset now)
    {
        var waits = await db.ExecuteAsync(
            """
            update booking
            set    payment_status = 'failed',
                   updated_at = @now
            where  id = @BookingId
            and    status = 'pending'
            """,
            new { order.BookingId, now });

        // Only while there is time to try again: afterwards the mail about the expiry says it all.
        if (waits == 1 && order.PaymentDueAt > now && !order.IsEventCancelled)
        {
            var (to, booking) = await BookingMails.About(db, order.BookingId);
            await Outbox.EnqueueAsync(db, Mails.PaymentFailed(to, payment.Id, order.PaymentDueAt.Value, booking), now);
        }

        return SettlementOutcome.Failed;
    }

    /// <summary>Money that does not fit is never fulfilled; administrators find it in the log, once however often it is heard of.</summary>
    private async Task<SettlementOutcome> Mismatch(Session db, LockedOrder order, GatewayPayment seen, DateTimeOffset now)
    {
        if (await IsInTheLog(db, order, seen))
        {
            return SettlementOutcome.Mismatch;
        }

        await AuditLog.WriteAsync(
            db,
            Actor.System,
            "payment_mismatch",
            "booking",
            order.BookingId,
            new JsonObject
            {
                ["orderId"] = order.RazorpayOrderId,
                ["paymentId"] = seen.Id,
                ["expectedPaise"] = order.Amount.Paise,
                ["paise"] = seen.Amount.Paise,
                ["currency"] = seen.Currency,
            },
            now);
        LogMismatch(logger, order.BookingId, seen.Id);
        return SettlementOutcome.Mismatch;
    }

    private static Task<bool> IsInTheLog(Session db, LockedOrder order, GatewayPayment seen) =>
        db.QuerySingleAsync<bool>(
            """
            select exists (
                select from admin_log
                where  action = 'payment_mismatch'
                and    entity_id = @BookingId
                and    details ->> 'paymentId' = @Id)
            """,
            new { order.BookingId, seen.Id });

    [LoggerMessage(LogLevel.Error, "Payment {PaymentId} does not fit the order of booking {BookingId}; it is not fulfilled.")]
    private static partial void LogMismatch(ILogger logger, long bookingId, string paymentId);

    private sealed record LockedOrder
    {
        public long BookingId { get; init; }

        public string Status { get; init; } = "";

        public long? PaidBy { get; init; }

        public DateTimeOffset? PaymentDueAt { get; init; }

        public string? TraceParent { get; init; }

        /// <summary>False when the account was deleted.</summary>
        public bool HasBuyer { get; init; }

        public string EventStatus { get; init; } = "";

        public bool IsEventCancelled => EventStatus == "cancelled";

        public string RazorpayOrderId { get; init; } = "";

        public Money Amount { get; init; }
    }

    private sealed record RecordedPayment
    {
        public long Id { get; init; }

        public string Status { get; init; } = "";

        public Money Amount { get; init; }

        public bool IsGoingBack { get; init; }
    }
}
