namespace Zoniq.Domain.Tickets;

/// <summary>Everything that stands on one printed ticket.</summary>
public sealed record PrintedTicket
{
    public required long TicketId { get; init; }
    public required string TicketNumber { get; init; }
    public required string BookingNumber { get; init; }

    public required string EventTitle { get; init; }
    public required DateTimeOffset EventDate { get; init; }
    public DateTimeOffset? EventEndDate { get; init; }

    /// <summary>IANA id of the venue's zone, in which the dates are printed.</summary>
    public required string TimeZone { get; init; }

    public string? OrganizerName { get; init; }
    public string? Terms { get; init; }

    public string? VenueName { get; init; }
    public string? VenueAddress { get; init; }
    public string? VenueCity { get; init; }
    public string? VenueState { get; init; }
    public string? VenuePincode { get; init; }

    public required string CategoryName { get; init; }

    /// <summary><c>#RGB</c> or <c>#RRGGBB</c>; anything else prints in Zoniq's own colour.</summary>
    public required string CategoryColor { get; init; }

    /// <summary>Null for a standing place.</summary>
    public string? SeatLabel { get; init; }

    public string? Section { get; init; }
    public string? RowName { get; init; }
    public string? SeatNumber { get; init; }

    public required Money Price { get; init; }
    public string? HolderName { get; init; }

    /// <summary>What the gate scans, from <see cref="TicketSigner.Sign"/>.</summary>
    public required string QrPayload { get; init; }
}
