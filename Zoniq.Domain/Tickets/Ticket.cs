using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Tickets;

/// <summary>One place at one event: the buyer owns its booking, the holder may enter.</summary>
public sealed record Ticket
{
    public long Id { get; init; }

    public long BookingId { get; init; }

    /// <summary>TKT-XXXXXXXX.</summary>
    public string TicketNumber { get; init; } = "";

    public string CategoryName { get; init; } = "";

    public string? SeatLabel { get; init; }

    public Money Price { get; init; }

    /// <summary>pending, valid, used or void.</summary>
    public string Status { get; init; } = "";

    public bool IsUsed { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public long EventId { get; init; }

    public string EventTitle { get; init; } = "";

    public DateTimeOffset EventDate { get; init; }

    public string TimeZone { get; init; } = "";

    public string? VenueName { get; init; }

    public string? VenueCity { get; init; }

    public string BookingNumber { get; init; } = "";

    public string BookingStatus { get; init; } = "";

    public string? HolderName { get; init; }

    /// <summary>Whether the caller may enter with it.</summary>
    public bool IsHolder { get; init; }

    /// <summary>The caller is the holder, the ticket is valid and not offered to anybody, and the event takes place and has not begun.</summary>
    public bool Transferable { get; init; }

    /// <summary>What the gate scans; only the holder of a ticket that is paid for sees it.</summary>
    public string? QrPayload { get; init; }
}

/// <summary>Which tickets to list.</summary>
public sealed record TicketFilter
{
    /// <summary>Only of events that are to come, or only of those that have begun.</summary>
    [AllowedValues(null, "upcoming", "past", ErrorMessage = "must be upcoming or past.")]
    public string? When { get; init; }
}

/// <summary>One page of tickets.</summary>
public sealed record TicketList
{
    public Ticket[] Tickets { get; init; } = [];

    public long Total { get; init; }

    public int Page { get; init; }

    public int PageSize { get; init; }
}
