using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>How far an event's guests have come.</summary>
/// <param name="EventId">Which event.</param>
/// <param name="Tickets">That may enter or have.</param>
/// <param name="CheckedIn">That have.</param>
/// <param name="Gates">By name; scans without a gate come last.</param>
public sealed record GateCounts(long EventId, long Tickets, long CheckedIn, GateCount[] Gates);

/// <summary>What one gate has done.</summary>
public sealed record GateCount
{
    /// <summary>Null for scans that named none.</summary>
    public string? Gate { get; init; }

    /// <summary>Entries that stand.</summary>
    public long Accepted { get; init; }

    /// <summary>Scans that let nobody in, or a second person.</summary>
    public long Refused { get; init; }

    public DateTimeOffset LastScanAt { get; init; }
}

/// <summary>Counts entries for those who watch the gates.</summary>
public sealed class CheckInCounts(Database database)
{
    /// <summary>Refuses an event that is not there.</summary>
    public async Task<Result<GateCounts>> Of(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.SnapshotAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            {KnownEvent.ExistsSql};

            select count(*) as tickets,
                   count(*) filter (where ticket.status = 'used') as checked_in
            from   booking
            join   ticket on ticket.booking_id = booking.id
            where  booking.event_id = @eventId
            and    ticket.status in ('valid', 'used');

            select   scan.gate,
                     count(*) filter (where scan.answer = 'accepted' and ticket.status = 'used' and scan.round = ticket.entries_undone) as accepted,
                     count(*) filter (where scan.answer <> 'accepted') as refused,
                     max(scan.scanned_at) as last_scan_at
            from     ticket_scan as scan
            left join ticket on ticket.id = scan.ticket_id
            where    scan.event_id = @eventId
            group by scan.gate
            order by scan.gate nulls last
            """,
            new { eventId });

        if (!await read.ReadSingleAsync<bool>())
        {
            return CatalogueProblems.EventNotFound;
        }

        var counted = await read.ReadSingleAsync<Counted>();
        return new GateCounts(eventId, counted.Tickets, counted.CheckedIn, [.. await read.ReadAsync<GateCount>()]);
    }

    private sealed record Counted
    {
        public long Tickets { get; init; }

        public long CheckedIn { get; init; }
    }
}
