using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>What stands in a code, or what was typed in its place.</summary>
/// <param name="TicketId">From a code that we signed.</param>
/// <param name="EventId">The same.</param>
/// <param name="Generation">The same; a typed number has none, and is taken for the latest.</param>
/// <param name="Number">Typed.</param>
internal sealed record ScannedCode(long? TicketId, long? EventId, int? Generation, string? Number)
{
    /// <summary>Null when the code is none of ours.</summary>
    public static ScannedCode? Read(TicketSigner signer, string? qrPayload, string? ticketNumber)
    {
        if (string.IsNullOrEmpty(qrPayload))
        {
            return new ScannedCode(null, null, null, NumberAlphabet.Normalise(ticketNumber!));
        }

        return signer.Verify(qrPayload, out var signed) ? new ScannedCode(signed.TicketId, signed.EventId, signed.Generation, null) : null;
    }
}

/// <summary>What is said to a scan: one of the answers of the table, and for <c>not_valid</c> why.</summary>
internal readonly record struct Verdict(string Answer, string? Reason = null)
{
    public static readonly Verdict Accepted = new("accepted");

    public bool LetsIn => Answer == "accepted";
}

/// <summary>A ticket at the gate, and the entry made with it.</summary>
internal sealed record ScannedTicket
{
    public long Id { get; init; }

    public string TicketNumber { get; init; } = "";

    public string Status { get; init; } = "";

    public int Generation { get; init; }

    public long HolderId { get; init; }

    /// <summary>Entries taken back so far.</summary>
    public int Round { get; init; }

    /// <summary>When the last one was.</summary>
    public DateTimeOffset? ReopenedAt { get; init; }

    public string BookingStatus { get; init; } = "";

    public long EventId { get; init; }

    public string EventStatus { get; init; } = "";

    public string TimeZone { get; init; } = "";

    /// <summary>The earliest of the scans that let somebody in.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Where that was.</summary>
    public string? Gate { get; init; }

    /// <summary>A scan that let somebody in counts for the entry: the accepted one, and those of gates that had no network.</summary>
    internal const string CountsSql = "(answer = 'accepted' or (answer = 'already_used' and is_offline))";

    public static Task<ScannedTicket[]> LoadAsync(Session db, long[] ids, string[] numbers) =>
        db.QueryAsync<ScannedTicket>(
            $"""
            select ticket.id,
                   ticket.ticket_number,
                   ticket.status,
                   ticket.generation,
                   ticket.holder_id,
                   ticket.entries_undone as round,
                   ticket.reopened_at,
                   ticket.used_at,
                   booking.status as booking_status,
                   booking.event_id,
                   event.status as event_status,
                   event.time_zone,
                   (select   gate
                    from     ticket_scan
                    where    ticket_id = ticket.id
                    and      round = ticket.entries_undone
                    and      {CountsSql}
                    order by scanned_at, id
                    limit    1) as gate
            from   ticket
            join   booking on booking.id = ticket.booking_id
            join   event on event.id = booking.event_id
            where  ticket.id in (
                select unnest(@ids)
                union
                select id from ticket where ticket_number = any(@numbers))
            """,
            new { ids, numbers });

    /// <summary>
    /// Whether the gate opens, and if not, why. How early people are let in is the organiser's business, not ours: an event that is on the programme, or
    /// was, is open to its tickets.
    /// </summary>
    public Verdict Judge(ScannedCode code, long? eventId) =>
        (eventId is { } expected && expected != EventId) || (code.EventId is { } signed && signed != EventId) ? new("wrong_event")
        : code.Generation is { } generation && generation != Generation ? new("revoked")
        : Status switch
        {
            "pending" => new("not_valid", "unpaid"),
            "void" => new("not_valid", BookingStatus is "expired" or "cancelled" or "refunded" ? BookingStatus : "void"),
            "used" => new("already_used"),
            _ => EventStatus switch
            {
                "cancelled" => new("not_valid", "cancelled"),
                "draft" => new("not_valid", "not_open"),
                _ => Verdict.Accepted,
            },
        };
}
