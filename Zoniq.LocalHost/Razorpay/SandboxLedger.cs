using System.Text.Json;
using System.Text.Json.Serialization;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>One thing that happened: all of it is kept, or none.</summary>
internal sealed record SandboxEntry
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SandboxOrder? Order { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SandboxPayment? Payment { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SandboxRefund? Refund { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RefundKey? Key { get; init; }

    /// <summary>The payment is captured only after this moment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LateUntil { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SandboxEvent[]? Events { get; init; }

    /// <summary>The event that needs no more sending.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Told { get; init; }
}

/// <summary>A refund's idempotency key and what was asked with it.</summary>
internal sealed record RefundKey(string Key, string Request, string RefundId);

/// <summary>
/// Everything the provider knows: the sum of its entries. With a journal each entry is one line, written before it counts, so that the end of
/// the process at any moment loses nothing that was answered. Not for several threads at once.
/// </summary>
internal sealed class SandboxLedger : IDisposable
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly FileStream? journal;
    private readonly Dictionary<string, SandboxOrder> orders = [];
    private readonly Dictionary<string, string> orderOfReceipt = [];
    private readonly Dictionary<string, SandboxPayment> payments = [];
    private readonly Dictionary<string, List<string>> paymentsOfOrder = [];
    private readonly Dictionary<string, SandboxRefund> refunds = [];
    private readonly Dictionary<string, List<string>> refundsOfPayment = [];
    private readonly List<string> orderIds = [];

    public SandboxLedger(string? journalFile)
    {
        if (journalFile is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(journalFile))!);
        journal = Open(journalFile);
        Replay(journal);
    }

    public Dictionary<string, RefundKey> Keys { get; } = [];

    /// <summary>Payments that wait for their moment.</summary>
    public Dictionary<string, DateTimeOffset> Late { get; } = [];

    public Dictionary<string, SandboxEvent> Untold { get; } = [];

    public IEnumerable<SandboxRefund> PendingRefunds => refunds.Values.Where(refund => refund.Status == "pending");

    public SandboxOrder? Order(string id) => orders.GetValueOrDefault(id);

    public SandboxOrder? OrderOfReceipt(string receipt) => orderOfReceipt.TryGetValue(receipt, out var id) ? orders[id] : null;

    public SandboxOrder[] LatestOrders(int skip, int count) =>
        [.. orderIds.AsEnumerable().Reverse().Skip(skip).Take(count).Select(id => orders[id])];

    public SandboxPayment? Payment(string id) => payments.GetValueOrDefault(id);

    /// <summary>Newest first, as the provider lists them.</summary>
    public SandboxPayment[] PaymentsOf(string orderId) =>
        paymentsOfOrder.TryGetValue(orderId, out var ids) ? [.. ids.AsEnumerable().Reverse().Select(id => payments[id])] : [];

    public SandboxRefund? Refund(string id) => refunds.GetValueOrDefault(id);

    public SandboxRefund[] RefundsOf(string paymentId) =>
        refundsOfPayment.TryGetValue(paymentId, out var ids) ? [.. ids.AsEnumerable().Reverse().Select(id => refunds[id])] : [];

    public void Keep(SandboxEntry entry)
    {
        journal?.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, SandboxJson.Default.SandboxEntry), .. NewLine]);
        Apply(entry);
    }

    public void Dispose() => journal?.Dispose();

    private static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (IOException e)
        {
            throw new SettingsException(
                $"{file} is in use ({e.GetType().Name}): if another instance has the Razorpay sandbox, point RAZORPAY_API_URL at http://localhost:PORT/razorpay/v1 there.");
        }
    }

    private void Replay(FileStream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (Read(line) is { } entry)
            {
                Apply(entry);
            }
        }

        // A kill in the middle of a write leaves half a line, which was never answered: it is closed off and not read again.
        if (file.Seek(0, SeekOrigin.End) > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n')
            {
                file.Write(NewLine);
            }
        }
    }

    private static SandboxEntry? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, SandboxJson.Default.SandboxEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Apply(SandboxEntry entry)
    {
        if (entry.Order is { } order)
        {
            if (!orders.ContainsKey(order.Id))
            {
                orderIds.Add(order.Id);
            }

            orders[order.Id] = order;
            if (order.Receipt is { } receipt)
            {
                orderOfReceipt[receipt] = order.Id;
            }
        }

        if (entry.Payment is { } payment)
        {
            Add(paymentsOfOrder, payment.OrderId, payment.Id, payments.ContainsKey(payment.Id));
            payments[payment.Id] = payment;

            if (entry.LateUntil is { } moment)
            {
                Late[payment.Id] = moment;
            }
            else
            {
                Late.Remove(payment.Id);
            }
        }

        if (entry.Refund is { } refund)
        {
            Add(refundsOfPayment, refund.PaymentId, refund.Id, refunds.ContainsKey(refund.Id));
            refunds[refund.Id] = refund;
        }

        if (entry.Key is { } key)
        {
            Keys[key.Key] = key;
        }

        foreach (var happened in entry.Events ?? [])
        {
            Untold[happened.Id] = happened;
        }

        if (entry.Told is { } told)
        {
            Untold.Remove(told);
        }
    }

    private static void Add(Dictionary<string, List<string>> index, string owner, string id, bool isKnown)
    {
        if (isKnown)
        {
            return;
        }

        if (!index.TryGetValue(owner, out var ids))
        {
            index[owner] = ids = [];
        }

        ids.Add(id);
    }
}
