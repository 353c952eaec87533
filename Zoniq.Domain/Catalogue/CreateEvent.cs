using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Catalogue;

/// <summary>An event as an administrator enters it.</summary>
public sealed record CreateEvent
{
    [Required]
    [StringLength(255, MinimumLength = 1)]
    public string? Title { get; init; }

    [StringLength(500)]
    public string? ShortDescription { get; init; }

    [StringLength(20_000)]
    public string? Description { get; init; }

    [StringLength(20_000)]
    public string? TermsAndConditions { get; init; }

    /// <summary>Kept in lower case; other when not given.</summary>
    [StringLength(50)]
    public string? Category { get; init; }

    /// <summary>A venue in use.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? VenueId { get; init; }

    /// <summary>Without an offset, in the zone of the venue; like the other times.</summary>
    [Required]
    [ReadableTime]
    public TimeInput? EventDate { get; init; }

    [ReadableTime]
    public TimeInput? EventEndDate { get; init; }

    [Required]
    [ReadableTime]
    public TimeInput? BookingStartDate { get; init; }

    [Required]
    [ReadableTime]
    public TimeInput? BookingEndDate { get; init; }

    [StringLength(500)]
    [WebAddress]
    public string? BannerImageUrl { get; init; }

    [StringLength(500)]
    [WebAddress]
    public string? ThumbnailImageUrl { get; init; }

    [StringLength(255)]
    public string? OrganizerName { get; init; }

    [StringLength(255)]
    public string? OrganizerContact { get; init; }

    /// <summary>1 to 50; 10 when not given.</summary>
    [Range(1, 50)]
    public int? MaxTicketsPerBooking { get; init; }

    /// <summary>At most 32 kB.</summary>
    [JsonSize(32 * 1024)]
    public JsonObject? ExtraData { get; init; }

    public bool? QueueEnabled { get; init; }

    /// <summary>1 to 500; 50 when not given.</summary>
    [Range(1, 500)]
    public int? QueueBatchSize { get; init; }

    /// <summary>1 to 60; 10 when not given.</summary>
    [Range(1, 60)]
    public int? QueueProcessingMinutes { get; init; }

    /// <summary>All of it until 24 hours before the event, when not given.</summary>
    public RefundPolicy? RefundPolicy { get; init; }
}
