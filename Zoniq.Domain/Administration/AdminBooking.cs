using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Payments;

namespace Zoniq.Domain.Administration;

/// <summary>Who bought, or who holds a ticket.</summary>
public sealed record Customer(long Id, string Username, string Email, string? FullName);

/// <summary>What was bought for.</summary>
public sealed record BookedFor(long Id, string Title, DateTimeOffset EventDate);

/// <summary>A booking as administrators see it.</summary>
public record AdminBooking
{
    public long Id { get; init; }

    /// <summary>ZNQ-YYYYMMDD-XXXXXX.</summary>
    public string BookingNumber { get; init; } = "";

    public Customer User => new(AccountId, Username, Email, FullName);

    public BookedFor Event => new(EventId, Title, EventDate);

    /// <summary>pending, confirmed, expired, cancelled or refunded.</summary>
    public string Status { get; init; } = "";

    public Money TotalAmount { get; init; }

    public Money DiscountAmount { get; init; }

    public Money FinalAmount { get; init; }

    /// <summary>pending, failed, paid, partially_refunded or refunded.</summary>
    public string PaymentStatus { get; init; } = "";

    public string? PromoCodeUsed { get; init; }

    public int TicketCount { get; init; }

    public string? ContactEmail { get; init; }

    public string? ContactPhone { get; init; }

    public DateTimeOffset? PaymentDueAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public string? CancellationReason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    internal long AccountId { get; init; }

    internal string Username { get; init; } = "";

    internal string Email { get; init; } = "";

    internal string? FullName { get; init; }

    internal long EventId { get; init; }

    internal string Title { get; init; } = "";

    internal DateTimeOffset EventDate { get; init; }
}

/// <summary>A booking with its tickets and its money.</summary>
public sealed record AdminBookingDetail : AdminBooking
{
    public BookingItem[] Items { get; init; } = [];

    public Payment[] Payments { get; init; } = [];

    public Refund[] Refunds { get; init; } = [];
}

/// <summary>Which bookings to list; days are those of their making.</summary>
public sealed record AdminBookingFilter : DayFilter
{
    [AllowedValues(null, "pending", "confirmed", "expired", "cancelled", "refunded", ErrorMessage = "must be pending, confirmed, expired, cancelled or refunded.")]
    public string? Status { get; init; }

    [AllowedValues(null, "pending", "failed", "paid", "partially_refunded", "refunded", ErrorMessage = "must be pending, failed, paid, partially_refunded or refunded.")]
    public string? PaymentStatus { get; init; }

    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    [Range(1, long.MaxValue)]
    public long? UserId { get; init; }

    /// <summary>A booking number, the contact's or the account's e-mail address, or a part of one.</summary>
    [StringLength(254)]
    public string? Search { get; init; }
}

/// <summary>One page of bookings, newest first.</summary>
public sealed record AdminBookingPage(AdminBooking[] Bookings, long Total, int Page, int PageSize);
