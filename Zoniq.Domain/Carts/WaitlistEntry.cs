using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Carts;

/// <summary>Somebody's place on the waiting list of a category.</summary>
public sealed record WaitlistEntry
{
    public long Id { get; init; }

    public long EventId { get; init; }

    public long SeatCategoryId { get; init; }

    public string CategoryName { get; init; } = "";

    /// <summary>So many at once, or none.</summary>
    public int Quantity { get; init; }

    /// <summary>waiting, offered, fulfilled, expired or left.</summary>
    public string Status { get; init; } = "";

    /// <summary>While waiting: 1 for whoever has waited longest.</summary>
    public long? Position { get; init; }

    /// <summary>The cart that was offered.</summary>
    public long? CartId { get; init; }

    /// <summary>Until when that is held.</summary>
    public DateTimeOffset? OfferExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The caller's places on the waiting lists of an event, oldest first; those that have ended too.</summary>
public sealed record Waitlist(WaitlistEntry[] Entries);

/// <summary>Joins the waiting list of a category.</summary>
public sealed record JoinWaitlist
{
    [Required]
    [Range(1, long.MaxValue)]
    public long? SeatCategoryId { get; init; }

    /// <summary>1 to what one booking of the event may have.</summary>
    [Required]
    [Range(1, 50)]
    public int? Quantity { get; init; }
}

/// <summary>Which waiting list is left.</summary>
public sealed record LeaveWaitlist
{
    /// <summary>All of the event when absent.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? SeatCategoryId { get; init; }
}
