using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>
/// Razorpay in one process: orders, payments, refunds and webhooks with the provider's rules, for people and tests that have no account there.
/// Knows nothing of the app. Its calendar is the given clock; network delays are real.
/// </summary>
public sealed partial class RazorpaySandbox : IAsyncDisposable
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly SandboxLedger ledger;
    private readonly TimeProvider clock;
    private readonly byte[] keySecret;
    private readonly SandboxWebhooks webhooks;
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

    /// <summary>The same by name. Null when it is done; otherwise why not, and nothing has changed.</summary>
    public SandboxError? Switch(FaultSwitches switches)
    {
        if (switches.Refusal() is { } refusal)
        {
            return refusal;
        }

        Faults = switches.ToFaults(AnotherOrder);
        return null;
    }

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

    /// <summary>The latest that is not this one; one that nobody has when there is none.</summary>
    private string AnotherOrder(string id) => LatestOrders(0, 2).FirstOrDefault(order => order.Id != id)?.Id ?? NewId("order_");

    private long Now() => clock.GetUtcNow().ToUnixTimeSeconds();

    private static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString(Base62, 14);
}
