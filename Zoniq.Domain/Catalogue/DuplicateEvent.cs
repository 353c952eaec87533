using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Catalogue;

/// <summary>When an event takes place once more.</summary>
public sealed record DuplicateEvent
{
    /// <summary>As before, when not given.</summary>
    [StringLength(255, MinimumLength = 1)]
    public string? Title { get; init; }

    /// <summary>Without an offset, in the event's zone; like the other times.</summary>
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
}
