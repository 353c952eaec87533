using System.Text.Json.Serialization;

namespace Zoniq.Domain.Payments.Gateway;

/// <summary>An order to be created; its payments are captured by the provider as soon as they are authorised.</summary>
public sealed record NewGatewayOrder
{
    /// <summary>At most 40 characters, unique: the booking number.</summary>
    public required string Receipt { get; init; }

    /// <summary>At least one rupee.</summary>
    public required Money Amount { get; init; }

    /// <summary>Shown in the provider's dashboard: at most 15, of 256 characters each.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();
}

/// <summary>What is to be paid. Statuses: created, attempted, paid; it stays paid after refunds.</summary>
public sealed record GatewayOrder
{
    public required string Id { get; init; }

    [JsonConverter(typeof(PaiseOrNone))]
    public required Money Amount { get; init; }

    [JsonConverter(typeof(PaiseOrNone))]
    public Money AmountPaid { get; init; }

    public required string Currency { get; init; }

    public string? Receipt { get; init; }

    public required string Status { get; init; }

    public int? Attempts { get; init; }

    [JsonConverter(typeof(UnixSeconds))]
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One attempt to pay an order. Statuses: created, authorized, captured, refunded, failed; failed may still become authorized or captured.</summary>
public sealed record GatewayPayment
{
    public required string Id { get; init; }

    /// <summary>Null for money that was taken without an order, which is none of ours.</summary>
    public string? OrderId { get; init; }

    [JsonConverter(typeof(PaiseOrNone))]
    public required Money Amount { get; init; }

    public required string Currency { get; init; }

    public required string Status { get; init; }

    /// <summary>card, upi, netbanking, wallet and whatever the provider adds.</summary>
    public string? Method { get; init; }

    [JsonConverter(typeof(PaiseOrNone))]
    public Money AmountRefunded { get; init; }

    /// <summary>partial or full; null when nothing was given back.</summary>
    public string? RefundStatus { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorDescription { get; init; }

    [JsonConverter(typeof(UnixSeconds))]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The money is, or was before refunds, ours.</summary>
    [JsonIgnore]
    public bool WasCaptured => Status is "captured" or "refunded";

    [JsonIgnore]
    public bool IsFailed => Status == "failed";
}

/// <summary>A refund to be made.</summary>
public sealed record NewGatewayRefund
{
    public required string PaymentId { get; init; }

    public required Money Amount { get; init; }

    /// <summary>10 to 64 of <c>A-Z a-z 0-9 - _</c>, one per refund and the same on every try.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>normal or optimum.</summary>
    public string Speed { get; init; } = "normal";

    /// <summary>At most 40 characters, unique.</summary>
    public string? Receipt { get; init; }

    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();
}

/// <summary>Money given back. Statuses: pending, processed, failed.</summary>
public sealed record GatewayRefund
{
    public required string Id { get; init; }

    public required string PaymentId { get; init; }

    [JsonConverter(typeof(PaiseOrNone))]
    public required Money Amount { get; init; }

    public required string Currency { get; init; }

    public required string Status { get; init; }

    public string? Receipt { get; init; }

    public string? SpeedRequested { get; init; }

    [JsonConverter(typeof(UnixSeconds))]
    public DateTimeOffset CreatedAt { get; init; }

    [JsonIgnore]
    public bool IsProcessed => Status == "processed";

    [JsonIgnore]
    public bool IsFailed => Status == "failed";
}
