using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>How the sandbox is reached and what it shares with the app.</summary>
public sealed record SandboxOptions
{
    public required string KeyId { get; init; }

    public required string KeySecret { get; init; }

    public required string WebhookSecret { get; init; }

    /// <summary>Where webhooks go; null as long as it is not known.</summary>
    public Func<Uri?> WebhookUrl { get; init; } = static () => null;

    /// <summary>Keeps everything across restarts; without it the sandbox forgets.</summary>
    public string? JournalFile { get; init; }

    /// <summary>How long a late payment is kept back: longer than a booking waits.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(16);

    /// <summary>How long a refund stays pending, in real time.</summary>
    public TimeSpan RefundTakes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Before a webhook that failed is sent again; doubled each time.</summary>
    public TimeSpan FirstWebhookRetry { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// Razorpay in one process: orders, payments, refunds and webhooks with the provider's rules, for people and tests that have no account there.
/// Knows nothing of the app. Its calendar is the given clock; network delays are real.
/// </summary>
public sealed class RazorpaySandbox : IAsyncDisposable
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly SandboxLedger ledger;
    private readonly TimeProvider clock;
    private readonly byte[] keySecret;
    private readonly SandboxWebhooks webhooks;
    private readonly ConcurrentDictionary<string, bool> refundsInFlight = [];
    private readonly Queue<(string Id, long Due)> refundsToProcess = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Task ticking;

    public RazorpaySandbox(SandboxOptions options, TimeProvider clock)
    {
        Options = options;
        this.clock = clock;
        ledger = new SandboxLedger(options.JournalFile);
        keySecret = Encoding.UTF8.GetBytes(options.KeySecret);
        webhooks = new SandboxWebhooks(this, Told);

        foreach (var refund in ledger.PendingRefunds)
        {
            refundsToProcess.Enqueue((refund.Id, Environment.TickCount64));
        }

        webhooks.Send([.. ledger.Untold.Values]);
        ticking = TickAsync();
    }

    public SandboxOptions Options { get; }

    /// <summary>What goes wrong from now on.</summary>
    public SandboxFaults Faults { get; set; } = SandboxFaults.None;

    /// <summary>False holds webhooks back until it is true again.</summary>
    public bool DeliversWebhooks
    {
        get => webhooks.Delivers;
        set => webhooks.Delivers = value;
    }

    /// <summary>The latest webhooks, newest first, and how far they have come.</summary>
    public IReadOnlyList<SandboxDelivery> Webhooks => webhooks.Latest;

    /// <summary>How many events the app has not been told of yet.</summary>
    public int UntoldEvents
    {
        get
        {
            lock (gate)
            {
                return ledger.Untold.Count;
            }
        }
    }

    /// <summary>Receipts are unique; the amount is in paise, 100 at least.</summary>
    public SandboxResult<SandboxOrder> CreateOrder(long amount, string? receipt, IReadOnlyDictionary<string, string>? notes)
    {
        if (amount < 100)
        {
            return SandboxError.Refused("Order amount less than minimum amount allowed", "amount");
        }

        if (receipt is { Length: > 40 })
        {
            return SandboxError.Refused("The receipt may not be greater than 40 characters.", "receipt");
        }

        lock (gate)
        {
            if (receipt is not null && ledger.OrderOfReceipt(receipt) is not null)
            {
                return SandboxError.Refused("Order receipt should be unique", "receipt");
            }

            var order = new SandboxOrder
            {
                Id = NewId("order_"),
                Amount = amount,
                Currency = "INR",
                Receipt = receipt,
                Status = "created",
                Notes = notes,
                CreatedAt = Now(),
            };
            ledger.Keep(new SandboxEntry { Order = order });
            return order;
        }
    }

    public SandboxOrder? Order(string id)
    {
        lock (gate)
        {
            return ledger.Order(id);
        }
    }

    public SandboxOrder? OrderOfReceipt(string receipt)
    {
        lock (gate)
        {
            return ledger.OrderOfReceipt(receipt);
        }
    }

    public SandboxOrder[] LatestOrders(int skip, int count)
    {
        lock (gate)
        {
            return ledger.LatestOrders(skip, count);
        }
    }

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

    /// <summary>The bank does not take the money back: a pending refund fails and its amount can be given back again.</summary>
    public SandboxResult<SandboxRefund> FailRefund(string refundId)
    {
        lock (gate)
        {
            if (ledger.Refund(refundId) is not { Status: "pending" } refund)
            {
                return SandboxError.UnknownId;
            }

            var payment = ledger.Payment(refund.PaymentId)!;
            payment = WithRefunded(payment, payment.AmountRefunded - refund.Amount);
            refund = refund with { Status = "failed" };
            Keep(new SandboxEntry { Payment = payment, Refund = refund, Events = [Happened("refund.failed", payment, refund: refund)] });
            return refund;
        }
    }

    /// <summary>Stops sending; what was not sent yet is sent after the next start, if there is a journal.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        await stopping.CancelAsync();
        await ticking;
        await webhooks.DisposeAsync();
        ledger.Dispose();
        stopping.Dispose();
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

    private void Keep(SandboxEntry entry)
    {
        ledger.Keep(entry);
        webhooks.Send(entry.Events ?? []);
    }

    private void Told(string eventId)
    {
        lock (gate)
        {
            if (!stopping.IsCancellationRequested)
            {
                ledger.Keep(new SandboxEntry { Told = eventId });
            }
        }
    }

    private SandboxEvent Happened(string name, SandboxPayment? payment = null, SandboxOrder? order = null, SandboxRefund? refund = null)
    {
        var body = new SandboxEventBody
        {
            AccountId = "acc_ZoniqSandbox01",
            Event = name,
            Contains = [.. new[] { refund is null ? null : "refund", payment is null ? null : "payment", order is null ? null : "order" }.OfType<string>()],
            Payload = new SandboxEventPayload
            {
                Payment = payment is null ? null : new(payment),
                Order = order is null ? null : new(order),
                Refund = refund is null ? null : new(refund),
            },
            CreatedAt = Now(),
        };

        return new SandboxEvent
        {
            Id = NewId("evt_"),
            Name = name,
            Body = JsonSerializer.Serialize(body, SandboxJson.Default.SandboxEventBody),
            CreatedAt = body.CreatedAt,
        };
    }

    /// <summary>Ends refunds and captures late payments when their moment has come.</summary>
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Tick);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                foreach (var refundId in Due())
                {
                    ProcessRefund(refundId);
                }

                foreach (var paymentId in NoLongerLate())
                {
                    Capture(paymentId);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }

    private List<string> Due()
    {
        var due = new List<string>();
        lock (gate)
        {
            while (refundsToProcess.TryPeek(out var next) && next.Due <= Environment.TickCount64)
            {
                due.Add(refundsToProcess.Dequeue().Id);
            }
        }

        return due;
    }

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

    private long Now() => clock.GetUtcNow().ToUnixTimeSeconds();

    private static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString(Base62, 14);
}
