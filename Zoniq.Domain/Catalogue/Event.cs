using System.Text.Json.Nodes;

namespace Zoniq.Domain.Catalogue;

/// <summary>An event as the public lists show it. Seat totals and prices cover its active categories.</summary>
public record Event
{
    public long Id { get; init; }

    public string Title { get; init; } = "";

    public string Slug { get; init; } = "";

    public string? ShortDescription { get; init; }

    public string Category { get; init; } = "";

    /// <summary>Null when it is not settled where the event takes place.</summary>
    public EventVenue? Venue => PlaceId is { } id ? new EventVenue { Id = id, Name = PlaceName ?? "", City = PlaceCity, State = PlaceState } : null;

    /// <summary>The IANA zone of the venue, in which the event's dates are read.</summary>
    public string TimeZone { get; init; } = "";

    public DateTimeOffset EventDate { get; init; }

    public DateTimeOffset? EventEndDate { get; init; }

    public DateTimeOffset BookingStartDate { get; init; }

    public DateTimeOffset BookingEndDate { get; init; }

    /// <summary>draft, published, completed or cancelled; see <see cref="EventStatus"/>.</summary>
    public string Status { get; init; } = "";

    public string? BannerImageUrl { get; init; }

    public string? ThumbnailImageUrl { get; init; }

    public string? OrganizerName { get; init; }

    /// <summary>The cheapest active category.</summary>
    public Money? MinPrice { get; init; }

    /// <summary>The dearest active category.</summary>
    public Money? MaxPrice { get; init; }

    public long TotalSeats { get; init; }

    /// <summary>Places that can be put into a cart; at most two seconds old.</summary>
    public long AvailableSeats { get; init; }

    /// <summary>1 to 50.</summary>
    public int MaxTicketsPerBooking { get; init; }

    /// <summary>On sale now, and something is left.</summary>
    public bool IsBookingOpen { get; init; }

    /// <summary>There are seats, and none is left.</summary>
    public bool IsSoldOut { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public bool QueueEnabled { get; init; }

    /// <summary>How many the waiting room admits at once; null unless there is one.</summary>
    public int? QueueBatchSize { get; init; }

    /// <summary>How long somebody admitted has, in minutes; null unless there is a waiting room.</summary>
    public int? QueueProcessingMinutes { get; init; }

    internal long? PlaceId { get; init; }

    internal string? PlaceName { get; init; }

    internal string? PlaceCity { get; init; }

    internal string? PlaceState { get; init; }
}

/// <summary>Where an event takes place, in a list.</summary>
public sealed record EventVenue
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public string? City { get; init; }

    public string? State { get; init; }
}

/// <summary>An event as its own page shows it.</summary>
public record EventDetail : Event
{
    public string? Description { get; init; }

    public string? TermsAndConditions { get; init; }

    public string? OrganizerContact { get; init; }

    /// <summary>Whatever the organiser wants to keep with the event.</summary>
    public JsonObject? ExtraData => ExtraDataText is null ? null : (JsonObject?)JsonNode.Parse(ExtraDataText);

    public RefundPolicy RefundPolicy => new() { Type = RefundType, HoursBeforeEvent = RefundHoursBefore, Percent = RefundPercent };

    public DateTimeOffset? PublishedAt { get; init; }

    internal string? ExtraDataText { get; init; }

    internal string RefundType { get; init; } = "";

    internal int RefundHoursBefore { get; init; }

    internal int RefundPercent { get; init; }
}

/// <summary>An event as administrators see it. Its queue settings are always as stored.</summary>
public sealed record AdminEvent : EventDetail
{
    public long? VenueId => PlaceId;

    /// <summary>The administrator who entered it.</summary>
    public long? CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }
}
