using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>A scan that was answered.</summary>
internal sealed record StoredScan
{
    public string Answer { get; init; } = "";

    public string? Reason { get; init; }

    /// <summary>The entry, as it was told.</summary>
    public DateTimeOffset? EntryAt { get; init; }

    public string? EntryGate { get; init; }

    public long? TicketId { get; init; }

    public string? TicketNumber { get; init; }

    public long? EventId { get; init; }

    public string? CategoryName { get; init; }

    public string? SeatLabel { get; init; }

    public string? HolderName { get; init; }

    /// <summary>Its answer, again.</summary>
    public Result<CheckedIn> Answered => Answer == "accepted"
        ? new CheckedIn
        {
            TicketNumber = TicketNumber!,
            UsedAt = EntryAt!.Value,
            Gate = EntryGate,
            EventId = EventId!.Value,
            CategoryName = CategoryName!,
            SeatLabel = SeatLabel,
            HolderName = HolderName,
        }
        : CheckInProblems.Of(new Verdict(Answer, Reason), EntryAt, EntryGate);

    /// <summary>Null when no scan of that name was answered.</summary>
    public static Task<StoredScan?> Find(Session db, string scanId) =>
        db.QuerySingleOrDefaultAsync<StoredScan>(
            """
            select scan.answer,
                   scan.reason,
                   scan.entry_at,
                   scan.entry_gate,
                   scan.ticket_id,
                   ticket.ticket_number,
                   scan.event_id,
                   seat_category.name as category_name,
                   seat.label as seat_label,
                   coalesce(holder.full_name, holder.username) as holder_name
            from   ticket_scan as scan
            left join ticket on ticket.id = scan.ticket_id
            left join seat on seat.id = ticket.seat_id
            left join seat_category on seat_category.id = ticket.category_id
            left join account as holder on holder.id = scan.holder_id
            where  scan.scan_id = @scanId
            """,
            new { scanId });
}
