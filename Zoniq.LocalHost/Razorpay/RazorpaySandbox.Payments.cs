using System.Security.Cryptography;
using System.Text;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>What buyers and their banks do on the checkout sheet and after it.</summary>
public sealed partial class RazorpaySandbox
{
    public SandboxPayment? Payment(string id)
    {
        lock (gate)
        {
            return ledger.Payment(id);
        }
    }

    public SandboxPayment[] PaymentsOf(string orderId)
    {
        lock (gate)
        {
            return ledger.PaymentsOf(orderId);
        }
    }

    /// <summary>When a late payment will be captured; null when it is not kept back.</summary>
    public DateTimeOffset? LateUntil(string paymentId)
    {
        lock (gate)
        {
            return ledger.Late.TryGetValue(paymentId, out var moment) ? moment : null;
        }
    }

    /// <summary>What a buyer does on the checkout sheet: card, upi or netbanking; success, fail, authorized or late. A paid order takes no more.</summary>
    public SandboxResult<SandboxCheckout> Pay(string orderId, string method, string outcome)
    {
        if (method is not ("card" or "upi" or "netbanking"))
        {
            return SandboxError.Refused("The selected method is invalid.", "method");
        }

        if (outcome is not ("success" or "fail" or "authorized" or "late"))
        {
            return SandboxError.Refused("The selected outcome is invalid.", "outcome");
        }

        lock (gate)
        {
            if (ledger.Order(orderId) is not { } order)
            {
                return SandboxError.UnknownId;
            }

            if (order.Status == "paid")
            {
                return SandboxError.Refused("Payment already done for this order.", reason: "order_already_paid");
            }

            order = order with { Status = "attempted", Attempts = order.Attempts + 1 };
            var payment = NewPayment(order, method, order.Amount);

            return outcome switch
            {
                "success" => Capture(order, payment),
                "authorized" => Authorise(order, payment),
                "late" => KeepBack(order, payment),
                _ => Fail(order, payment),
            };
        }
    }

    /// <summary>Money arrives for a payment that is authorised, kept back, or was reported failed: the last is legal, and common with UPI.</summary>
    public SandboxResult<SandboxCheckout> Capture(string paymentId)
    {
        lock (gate)
        {
            return ledger.Payment(paymentId) is not { } payment ? SandboxError.UnknownId
                : payment.Captured ? SandboxError.Refused("This payment has already been captured")
                : Capture(ledger.Order(payment.OrderId)!, payment);
        }
    }

    /// <summary>A captured payment whatever the order's state and whatever the amount: what must never happen, and does.</summary>
    public SandboxResult<SandboxCheckout> ForceCapture(string orderId, long? amount = null, string method = "upi")
    {
        lock (gate)
        {
            return ledger.Order(orderId) is { } order
                ? Capture(order with { Attempts = order.Attempts + 1 }, NewPayment(order, method, amount ?? order.Amount))
                : SandboxError.UnknownId;
        }
    }

    /// <summary>What the API's capture does: only an authorised payment, only its whole amount.</summary>
    public SandboxResult<SandboxPayment> CaptureAuthorised(string paymentId, long amount, string? currency)
    {
        lock (gate)
        {
            if (ledger.Payment(paymentId) is not { } payment)
            {
                return SandboxError.UnknownId;
            }

            if (payment.Captured)
            {
                return SandboxError.Refused("This payment has already been captured");
            }

            if (payment.Status != "authorized")
            {
                return SandboxError.Refused("Only payments which have been authorized and not yet captured can be captured");
            }

            if (amount != payment.Amount || (currency ?? payment.Currency) != payment.Currency)
            {
                return SandboxError.Refused("Capture amount must be equal to the amount authorized", "amount");
            }

            Capture(ledger.Order(payment.OrderId)!, payment);
            return ledger.Payment(paymentId)!;
        }
    }

    /// <summary>What the provider signs a finished payment with.</summary>
    internal string SignCheckout(string orderId, string paymentId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keySecret, Encoding.UTF8.GetBytes($"{orderId}|{paymentId}")));

    private SandboxPayment NewPayment(SandboxOrder order, string method, long amount) => new()
    {
        Id = NewId("pay_"),
        Amount = amount,
        Currency = order.Currency,
        Status = "created",
        OrderId = order.Id,
        Method = method,
        Description = order.Receipt,
        Notes = order.Notes,
        CreatedAt = Now(),
    };

    private SandboxCheckout Capture(SandboxOrder order, SandboxPayment payment)
    {
        var authorised = Authorised(payment);
        var captured = authorised with
        {
            Status = "captured",
            Captured = true,
            Fee = (payment.Amount * 236 + 5000) / 10000,
            Tax = (payment.Amount * 36 + 5000) / 10000,
        };
        var isFirst = order.Status != "paid";
        var paid = isFirst ? order with { Status = "paid", AmountPaid = order.Amount } : order;

        var events = new List<SandboxEvent>(3);
        if (payment.Status != "authorized")
        {
            events.Add(Happened("payment.authorized", authorised));
        }

        events.Add(Happened("payment.captured", captured));
        if (isFirst)
        {
            events.Add(Happened("order.paid", captured, paid));
        }

        Keep(new SandboxEntry { Order = paid, Payment = captured, Events = [.. events] });
        return Signed(captured);
    }

    private SandboxCheckout Authorise(SandboxOrder order, SandboxPayment payment)
    {
        var authorised = Authorised(payment);
        Keep(new SandboxEntry { Order = order, Payment = authorised, Events = [Happened("payment.authorized", authorised)] });
        return Signed(authorised);
    }

    private SandboxCheckout KeepBack(SandboxOrder order, SandboxPayment payment)
    {
        var until = clock.GetUtcNow() + Options.LateAfter;
        Keep(new SandboxEntry { Order = order, Payment = payment, LateUntil = until });

        return new SandboxCheckout
        {
            RazorpayPaymentId = payment.Id,
            RazorpayOrderId = order.Id,
            Status = payment.Status,
            CapturedAfter = until,
        };
    }

    private SandboxCheckout Fail(SandboxOrder order, SandboxPayment payment)
    {
        var failed = payment with
        {
            Status = "failed",
            ErrorCode = "BAD_REQUEST_ERROR",
            ErrorDescription = "Payment failed because the bank declined it. Try another payment method.",
            ErrorSource = "bank",
            ErrorStep = "payment_authorization",
            ErrorReason = "payment_failed",
        };
        Keep(new SandboxEntry { Order = order, Payment = failed, Events = [Happened("payment.failed", failed)] });

        return new SandboxCheckout
        {
            RazorpayPaymentId = failed.Id,
            RazorpayOrderId = order.Id,
            Status = failed.Status,
            Error = new SandboxError
            {
                Code = failed.ErrorCode,
                Description = failed.ErrorDescription,
                Source = failed.ErrorSource,
                Step = failed.ErrorStep,
                Reason = failed.ErrorReason,
                Metadata = new Dictionary<string, string> { ["payment_id"] = failed.Id, ["order_id"] = order.Id },
            },
        };
    }

    private SandboxCheckout Signed(SandboxPayment payment) => new()
    {
        RazorpayPaymentId = payment.Id,
        RazorpayOrderId = payment.OrderId,
        RazorpaySignature = SignCheckout(payment.OrderId, payment.Id),
        Status = payment.Status,
    };

    private static SandboxPayment Authorised(SandboxPayment payment) => payment with
    {
        Status = "authorized",
        ErrorCode = null,
        ErrorDescription = null,
        ErrorSource = null,
        ErrorStep = null,
        ErrorReason = null,
    };

    private string[] NoLongerLate()
    {
        lock (gate)
        {
            if (ledger.Late.Count == 0)
            {
                return [];
            }

            var now = clock.GetUtcNow();
            return [.. ledger.Late.Where(late => late.Value <= now).Select(late => late.Key)];
        }
    }
}
