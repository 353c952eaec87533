using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Catalogue;

/// <summary>What is to be different about an event.</summary>
public sealed record PatchEvent : Patch
{
    /// <summary>The slug follows it until the event is published for the first time.</summary>
    [StringLength(255, MinimumLength = 1)]
    public string? Title { get; init; }

    [Clearable]
    [StringLength(500)]
    public string? ShortDescription { get; init; }

    [Clearable]
    [StringLength(20_000)]
    public string? Description { get; init; }

    [Clearable]
    [StringLength(20_000)]
    public string? TermsAndConditions { get; init; }

    /// <summary>Kept in lower case; empty for other.</summary>
    [StringLength(50)]
    public string? Category { get; init; }

    /// <summary>A venue in use. Times without an offset are read in its zone.</summary>
    [Clearable]
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? VenueId { get; init; }

    /// <summary>Without an offset, in the zone of the venue; like the other times.</summary>
    [ReadableTime]
    public TimeInput? EventDate { get; init; }

    [Clearable]
    [ReadableTime]
    public TimeInput? EventEndDate { get; init; }

    [ReadableTime]
    public TimeInput? BookingStartDate { get; init; }

    [ReadableTime]
    public TimeInput? BookingEndDate { get; init; }

    [Clearable]
    [StringLength(500)]
    [WebAddress]
    public string? BannerImageUrl { get; init; }

    [Clearable]
    [StringLength(500)]
    [WebAddress]
    public string? ThumbnailImageUrl { get; init; }

    [Clearable]
    [StringLength(255)]
    public string? OrganizerName { get; init; }

    [Clearable]
    [StringLength(255)]
    public string? OrganizerContact { get; init; }

    [Range(1, 50)]
    public int? MaxTicketsPerBooking { get; init; }

    /// <summary>At most 32 kB; replaces the whole object.</summary>
    [Clearable]
    [JsonSize(32 * 1024)]
    public JsonObject? ExtraData { get; init; }

    public bool? QueueEnabled { get; init; }

    [Range(1, 500)]
    public int? QueueBatchSize { get; init; }

    [Range(1, 60)]
    public int? QueueProcessingMinutes { get; init; }

    /// <summary>Bookings keep the policy they were made under.</summary>
    public PatchRefundPolicy? RefundPolicy { get; init; }
}
