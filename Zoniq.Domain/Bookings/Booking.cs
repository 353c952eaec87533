using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Accounts;

namespace Zoniq.Domain.Bookings;

/// <summary>A purchase: the places of one checkout, paid for or about to be.</summary>
public record Booking
{
    public long Id { get; init; }

    /// <summary>ZNQ-YYYYMMDD-XXXXXX.</summary>
    public string BookingNumber { get; init; } = "";

    public long UserId { get; init; }

    public long EventId { get; init; }

    public BookedEvent? Event { get; init; }

    /// <summary>pending, confirmed, expired, cancelled or refunded.</summary>
    public string Status { get; init; } = "";

    public Money TotalAmount { get; init; }

    public Money DiscountAmount { get; init; }

    /// <summary>What is to be paid.</summary>
    public Money FinalAmount { get; init; }

    /// <summary>pending, failed, paid, partially_refunded or refunded.</summary>
    public string PaymentStatus { get; init; } = "";

    /// <summary>Until when the places are kept for an unpaid booking.</summary>
    public DateTimeOffset? PaymentDueAt { get; init; }

    public string? PromoCodeUsed { get; init; }

    public int TicketCount { get; init; }

    public string? ContactEmail { get; init; }

    public string? ContactPhone { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public string? CancellationReason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>What a booking shows of its event.</summary>
public sealed record BookedEvent
{
    public long Id { get; init; }

    public string Title { get; init; } = "";

    public string Slug { get; init; } = "";

    public DateTimeOffset EventDate { get; init; }

    public string TimeZone { get; init; } = "";

    public string? BannerImageUrl { get; init; }

    public string? ThumbnailImageUrl { get; init; }

    public string? VenueName { get; init; }

    public string? VenueCity { get; init; }
}

/// <summary>A booking with its tickets.</summary>
public sealed record BookingDetail : Booking
{
    /// <summary>What a cancellation now would return.</summary>
    public Money RefundableAmount { get; init; }

    public BookingItem[] Items { get; init; } = [];
}

/// <summary>One ticket of a booking.</summary>
public sealed record BookingItem
{
    /// <summary>The ticket's id.</summary>
    public long Id { get; init; }

    public long BookingId { get; init; }

    /// <summary>Null for a standing place.</summary>
    public long? SeatId { get; init; }

    public long CategoryId { get; init; }

    public string CategoryName { get; init; } = "";

    public string? SeatLabel { get; init; }

    public Money Price { get; init; }

    public string TicketNumber { get; init; } = "";

    public bool IsUsed { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public bool IsTransferred { get; init; }
}

/// <summary>Where to reach the buyer; the account's own values when absent.</summary>
public sealed record CheckoutRequest
{
    [EmailFormat]
    public string? ContactEmail { get; init; }

    [PhoneFormat]
    public string? ContactPhone { get; init; }
}

/// <summary>Which bookings to list.</summary>
public sealed record BookingFilter
{
    [AllowedValues(null, "pending", "confirmed", "expired", "cancelled", "refunded", ErrorMessage = "must be pending, confirmed, expired, cancelled or refunded.")]
    public string? Status { get; init; }
}

/// <summary>One page of bookings, newest first.</summary>
public sealed record BookingPage
{
    public Booking[] Bookings { get; init; } = [];

    public long Total { get; init; }

    public int Page { get; init; }

    public int PageSize { get; init; }
}
