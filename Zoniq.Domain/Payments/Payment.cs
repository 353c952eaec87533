using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Zoniq.Domain.Payments;

/// <summary>One attempt to pay a booking, as far as the gateway has told us.</summary>
public record Payment
{
    public long Id { get; init; }

    public long BookingId { get; init; }

    public string RazorpayOrderId { get; init; } = "";

    public string? RazorpayPaymentId { get; init; }

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money Amount { get; init; }

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money AmountRefunded { get; init; }

    public string Currency { get; init; } = Money.Currency;

    /// <summary>created, authorized, captured, partially_refunded, refunded or failed.</summary>
    public string Status { get; init; } = "";

    public string? Method { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorDescription { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public Refund[] Refunds { get; init; } = [];
}

/// <summary>Money on its way back, or back.</summary>
public sealed record Refund
{
    public long Id { get; init; }

    public long PaymentId { get; init; }

    public string? RazorpayRefundId { get; init; }

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money Amount { get; init; }

    public string Currency { get; init; } = Money.Currency;

    /// <summary>pending, processed or failed.</summary>
    public string Status { get; init; } = "";

    /// <summary>normal or optimum.</summary>
    public string Speed { get; init; } = "";

    public string? Reason { get; init; }

    /// <summary>user, admin or system.</summary>
    public string RequestedBy { get; init; } = "";

    public string? ErrorDescription { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }
}

/// <summary>Which booking is to be paid.</summary>
public sealed record CreateOrder
{
    [Required]
    [Range(1, long.MaxValue)]
    public long? BookingId { get; init; }
}

/// <summary>What the browser needs to open the gateway's checkout.</summary>
public sealed record PaymentOrder
{
    public string OrderId { get; init; } = "";

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money Amount { get; init; }

    public string Currency { get; init; } = Money.Currency;

    /// <summary>The gateway's public key.</summary>
    public string KeyId { get; init; } = "";

    public long BookingId { get; init; }

    public string BookingNumber { get; init; } = "";

    public string? UserName { get; init; }

    public string UserEmail { get; init; } = "";

    public string? UserPhone { get; init; }
}

/// <summary>What the gateway's checkout handed to the browser.</summary>
public sealed record VerifyPayment
{
    [Required]
    [StringLength(64, MinimumLength = 1)]
    public string? RazorpayOrderId { get; init; }

    [Required]
    [StringLength(64, MinimumLength = 1)]
    public string? RazorpayPaymentId { get; init; }

    [Required]
    [StringLength(256, MinimumLength = 1)]
    public string? RazorpaySignature { get; init; }
}

/// <summary>Where the booking stands after the gateway was asked.</summary>
public sealed record PaymentVerification : IUnfinished
{
    public bool Success { get; init; }

    public long BookingId { get; init; }

    public string BookingNumber { get; init; } = "";

    public string BookingStatus { get; init; } = "";

    public string PaymentStatus { get; init; } = "";

    public string Message { get; init; } = "";

    /// <summary>Authorised, but not captured yet.</summary>
    [JsonIgnore]
    public bool IsUnfinished => !Success;
}

/// <summary>The payment that counts for a booking, and what was given back.</summary>
public sealed record PaymentState
{
    public long BookingId { get; init; }

    /// <summary>The booking's: pending, failed, paid, partially_refunded or refunded.</summary>
    public string PaymentStatus { get; init; } = "";

    public CountingPayment? Payment { get; init; }

    public Refund[] Refunds { get; init; } = [];
}

/// <summary>The captured payment, else the latest attempt.</summary>
public sealed record CountingPayment
{
    public long Id { get; init; }

    public string OrderId { get; init; } = "";

    public string? PaymentId { get; init; }

    public string Status { get; init; } = "";

    [JsonConverter(typeof(MoneyAsPaise))]
    public Money Amount { get; init; }

    public string? Method { get; init; }

    public DateTimeOffset? PaidAt { get; init; }
}

/// <summary>The gateway's event is stored.</summary>
public sealed record WebhookReceipt
{
    public string Status { get; init; } = "ok";
}
