using System.Collections.Concurrent;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>Money on its way back.</summary>
public sealed partial class RazorpaySandbox
{
    private readonly ConcurrentDictionary<string, bool> refundsInFlight = [];
    private readonly Queue<(string Id, long Due)> refundsToProcess = [];

    public SandboxRefund? Refund(string id)
    {
        lock (gate)
        {
            return ledger.Refund(id);
        }
    }

    public SandboxRefund[] RefundsOf(string paymentId)
    {
        lock (gate)
        {
            return ledger.RefundsOf(paymentId);
        }
    }

    /// <summary>Whether this key is free to be worked on; end it with <see cref="EndRefund"/>.</summary>
    internal bool BeginRefund(string key) => refundsInFlight.TryAdd(key, true);

    internal void EndRefund(string key) => refundsInFlight.TryRemove(key, out _);

    /// <summary>Gives back what is asked, or all that is left. The same key and request give the same refund.</summary>
    /// <param name="paymentId">A captured payment.</param>
    /// <param name="amount">In paise, 100 at least; null for all that is left.</param>
    /// <param name="speed">normal or optimum.</param>
    /// <param name="receipt">40 characters at most.</param>
    /// <param name="notes">For the dashboard.</param>
    /// <param name="key">The idempotency key, if one was sent.</param>
    /// <param name="request">Whatever tells one request from another.</param>
    public SandboxResult<SandboxRefund> CreateRefund(
        string paymentId, long? amount, string speed, string? receipt, IReadOnlyDictionary<string, string>? notes, string? key, string request)
    {
        if (speed is not ("normal" or "optimum"))
        {
            return SandboxError.Refused("The selected speed is invalid.", "speed");
        }

        if (receipt is { Length: > 40 })
        {
            return SandboxError.Refused("The receipt may not be greater than 40 characters.", "receipt");
        }

        lock (gate)
        {
            if (key is not null && ledger.Keys.TryGetValue(key, out var earlier))
            {
                return earlier.Request == request
                    ? ledger.Refund(earlier.RefundId)!
                    : SandboxError.Refused("Different request body with the same idempotency key", reason: "idempotency_key_reused");
            }

            if (ledger.Payment(paymentId) is not { } payment)
            {
                return SandboxError.UnknownId;
            }

            if (!payment.Captured)
            {
                return SandboxError.Refused("The payment status should be captured for action to be taken", reason: "payment_not_captured");
            }

            if (payment.Refundable == 0)
            {
                return SandboxError.Refused("The payment has been fully refunded already", reason: "payment_fully_refunded");
            }

            if (amount < 100)
            {
                return SandboxError.Refused("The amount must be at least INR 1.00", "amount");
            }

            if (amount > payment.Refundable)
            {
                return SandboxError.Refused(
                    "The total refund amount is greater than the refund payment amount", "amount", "refund_amount_exceeds_payment");
            }

            var refund = new SandboxRefund
            {
                Id = NewId("rfnd_"),
                Amount = amount ?? payment.Refundable,
                Currency = payment.Currency,
                PaymentId = payment.Id,
                Notes = notes,
                Receipt = receipt,
                Status = "pending",
                SpeedRequested = speed,
                CreatedAt = Now(),
            };
            Keep(new SandboxEntry
            {
                Payment = WithRefunded(payment, payment.AmountRefunded + refund.Amount),
                Refund = refund,
                Key = key is null ? null : new RefundKey(key, request, refund.Id),
                Events = [Happened("refund.created", payment: WithRefunded(payment, payment.AmountRefunded + refund.Amount), refund: refund)],
            });
            refundsToProcess.Enqueue((refund.Id, Environment.TickCount64 + (long)Options.RefundTakes.TotalMilliseconds));
            return refund;
        }
    }

    /// <summary>What the provider's own customer does in the dashboard: nobody tells the app but the webhooks.</summary>
    public SandboxResult<SandboxRefund> RefundInDashboard(string paymentId, long? amount) =>
        CreateRefund(paymentId, amount, "normal", receipt: null, notes: null, key: null, request: "dashboard");

    /// <summary>The bank does not take the money back: a pending refund fails and its amount can be given back again.</summary>
    public SandboxResult<SandboxRefund> FailRefund(string refundId)
    {
        lock (gate)
        {
            if (ledger.Refund(refundId) is not { } refund)
            {
                return SandboxError.UnknownId;
            }

            if (refund.Status != "pending")
            {
                return SandboxError.Refused("Only a refund that is pending can fail", reason: "refund_not_pending");
            }

            var payment = ledger.Payment(refund.PaymentId)!;
            payment = WithRefunded(payment, payment.AmountRefunded - refund.Amount);
            refund = refund with { Status = "failed" };
            Keep(new SandboxEntry { Payment = payment, Refund = refund, Events = [Happened("refund.failed", payment, refund: refund)] });
            return refund;
        }
    }

    private static SandboxPayment WithRefunded(SandboxPayment payment, long refunded) => payment with
    {
        AmountRefunded = refunded,
        Status = refunded == payment.Amount ? "refunded" : "captured",
        RefundStatus = refunded == 0 ? null : refunded == payment.Amount ? "full" : "partial",
    };

    private void ProcessRefund(string refundId)
    {
        lock (gate)
        {
            if (ledger.Refund(refundId) is not { Status: "pending" } refund)
            {
                return;
            }

            refund = refund with { Status = "processed", SpeedProcessed = refund.SpeedRequested == "optimum" ? "instant" : "normal" };
            Keep(new SandboxEntry { Refund = refund, Events = [Happened("refund.processed", ledger.Payment(refund.PaymentId), refund: refund)] });
        }
    }

    private List<string> Due()
    {
        var due = new List<string>();
        if (Faults.HoldsRefunds)
        {
            return due;
        }

        lock (gate)
        {
            while (refundsToProcess.TryPeek(out var next) && next.Due <= Environment.TickCount64)
            {
                due.Add(refundsToProcess.Dequeue().Id);
            }
        }

        return due;
    }
}
