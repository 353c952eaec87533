using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Accounts;

namespace Zoniq.Domain.Tickets;

/// <summary>A holder's wish to pass a ticket on.</summary>
public sealed record OfferTicket
{
    /// <summary>Who may claim it: whoever has proven this address, with an account or before they have one.</summary>
    [Required, EmailFormat]
    public string ToEmail { get; init; } = "";

    /// <summary>A few words for the mail.</summary>
    [StringLength(500)]
    public string? Message { get; init; }
}

/// <summary>A ticket that was offered.</summary>
public sealed record OfferedTicket
{
    public bool Success { get; } = true;

    public long TransferId { get; init; }

    public string Message { get; } = "Ticket transfer initiated";

    /// <summary>Till then it can be claimed.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The secret of the mailed link.</summary>
public sealed record AnswerOffer
{
    [Required, StringLength(200)]
    public string TransferToken { get; init; } = "";
}

/// <summary>A ticket that is the caller's from now on.</summary>
public sealed record ClaimedTicket
{
    public bool Success { get; } = true;

    public long TicketId { get; init; }

    public string TicketNumber { get; init; } = "";

    public string Message { get; } = "Ticket claimed successfully";
}

/// <summary>One transfer, as one of its two parties sees it.</summary>
public sealed record Transfer
{
    public long Id { get; init; }

    public string TicketNumber { get; init; } = "";

    /// <summary>The sender's address as it is now.</summary>
    public string FromEmail { get; init; } = "";

    /// <summary>The address it was sent to.</summary>
    public string ToEmail { get; init; } = "";

    /// <summary>sent or received.</summary>
    public string Direction { get; init; } = "";

    /// <summary>pending, completed, cancelled, expired or declined.</summary>
    public string Status { get; init; } = "";

    public string? Message { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was claimed.</summary>
    public DateTimeOffset? TransferredAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Which transfers to list.</summary>
public sealed record TransferFilter
{
    [AllowedValues(null, "pending", "completed", "cancelled", "expired", "declined", ErrorMessage = "must be pending, completed, cancelled, expired or declined.")]
    public string? Status { get; init; }
}

/// <summary>One page of transfers, newest first.</summary>
public sealed record TransferPage
{
    public Transfer[] Transfers { get; init; } = [];

    public long Total { get; init; }

    public int Page { get; init; }

    public int PageSize { get; init; }
}
