using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>A scan at a gate: exactly one of ticket number and code.</summary>
public sealed record MarkUsed : IValidatableObject
{
    /// <summary>Typed in; taken for the latest code of the ticket.</summary>
    [StringLength(50)]
    public string? TicketNumber { get; init; }

    /// <summary>What the scanner read.</summary>
    public string? QrPayload { get; init; }

    /// <summary>The event at whose gate it is scanned; tickets of others are refused.</summary>
    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    [StringLength(50)]
    public string? Gate { get; init; }

    [StringLength(64)]
    public string? DeviceId { get; init; }

    /// <summary>A name of this scan that no other scan has, on whichever device: a UUID, say. Sent again, it gets its first answer and changes nothing.</summary>
    [StringLength(64)]
    public string? ScanId { get; init; }

    /// <summary>When it was scanned; now, if it is not said or lies in the future.</summary>
    [ReadableTime]
    public TimeInput? ScannedAt { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ScannedFields.Check(TicketNumber, QrPayload);
}

/// <summary>Somebody has entered.</summary>
public sealed record CheckedIn
{
    public bool Success { get; } = true;

    public string TicketNumber { get; init; } = "";

    public string Message { get; } = "Ticket marked as used";

    public DateTimeOffset UsedAt { get; init; }

    public string? Gate { get; init; }

    public long EventId { get; init; }

    public string CategoryName { get; init; } = "";

    /// <summary>Null for a standing place.</summary>
    public string? SeatLabel { get; init; }

    public string? HolderName { get; init; }
}

/// <summary>A ticket lets one person in, however many gates scan it at once.</summary>
public sealed class CheckIn(Database database, TimeProvider clock, TicketSigner signer, RateCounters counters)
{
    /// <summary>
    /// Opens the gate, once. Refuses what is forged, unknown, of another event, out of date, not valid or used; every scan is kept. A scan id that was
    /// answered before gets that answer again; with another ticket it is refused.
    /// </summary>
    public async Task<Result<CheckedIn>> MarkUsed(Actor actor, MarkUsed scan, CancellationToken cancellationToken)
    {
        var code = ScannedCode.Read(signer, scan.QrPayload, scan.TicketNumber);
        var scanId = ScannedFields.Said(scan.ScanId);

        while (true)
        {
            await using var db = await database.BeginAsync(cancellationToken);
            var now = clock.GetUtcNow();
            var made = new Made(
                code, scan.EventId, scanId, ScannedFields.Said(scan.Gate), ScannedFields.Said(scan.DeviceId), await ScannedAt(db, code, scan.ScannedAt, now), now, actor.AccountId!.Value);

            if (code is not null && await Enter(db, made) is { } entered)
            {
                if (entered.IsKept)
                {
                    await TicketTransfers.EndByEntryAsync(db, [entered.TicketId], now);
                    await Log(db, actor, entered.TicketId, entered.TicketNumber, made);
                    await db.CommitAsync();
                    return entered.Shown;
                }
            }
            else if (scanId is null || await StoredScan.Find(db, scanId) is not { } answered)
            {
                if (await Refuse(db, made) is { } refusal)
                {
                    return refusal;
                }
            }
            else
            {
                return code is not null && await Find(db, code) is { } ticket && ticket.Id != answered.TicketId
                    ? Problem.Validation("scanId", CheckInProblems.ScanIdOfAnother)
                    : answered.Answered;
            }

            // The same scan was answered while we looked, or the ticket was let out again: look anew, with nothing kept.
        }
    }

    /// <summary>The one statement that lets somebody in: of any number at once, one finds the ticket valid.</summary>
    private static Task<Entered?> Enter(Session db, Made made) =>
        db.QuerySingleOrDefaultAsync<Entered>(
            """
            with entered as (
                update ticket
                set    status = 'used',
                       used_at = greatest(@ScannedAt, ticket.reopened_at)
                from   booking
                join   event on event.id = booking.event_id
                where  ticket.id = coalesce(@TicketId::bigint, (select id from ticket where ticket_number = @Number))
                and    ticket.status = 'valid'
                and    ticket.generation = coalesce(@Generation::integer, ticket.generation)
                and    booking.id = ticket.booking_id
                and    booking.event_id = coalesce(@SignedEventId::bigint, booking.event_id)
                and    booking.event_id = coalesce(@EventId::bigint, booking.event_id)
                and    event.status in ('published', 'completed')
                and    not exists (
                           select from ticket_scan
                           where  scan_id = @ScanId)
                returning ticket.id, ticket.ticket_number, ticket.entries_undone, ticket.used_at, ticket.holder_id, ticket.category_id, ticket.seat_id, booking.event_id
            ),
            kept as (
                insert into ticket_scan (
                    scan_id, ticket_id, round, event_id, holder_id, answer, is_offline, gate, device_id, scanned_at, received_at, scanned_by, entry_at, entry_gate)
                select @ScanId, id, entries_undone, event_id, holder_id, 'accepted', false, @Gate, @DeviceId, used_at, @Now, @ScannedBy, used_at, @Gate
                from   entered
                on conflict (scan_id) do nothing
                returning id
            )
            select entered.id as ticket_id,
                   entered.ticket_number,
                   entered.used_at,
                   @Gate::text as gate,
                   entered.event_id,
                   seat_category.name as category_name,
                   seat.label as seat_label,
                   coalesce(holder.full_name, holder.username) as holder_name,
                   exists (select from kept) as is_kept
            from   entered
            join   seat on seat.id = entered.seat_id
            join   seat_category on seat_category.id = entered.category_id
            join   account as holder on holder.id = entered.holder_id
            """,
            new
            {
                made.Code!.TicketId,
                made.Code.Number,
                made.Code.Generation,
                SignedEventId = made.Code.EventId,
                made.EventId,
                made.ScanId,
                made.Gate,
                made.DeviceId,
                made.ScannedAt,
                made.Now,
                made.ScannedBy,
            });

    /// <summary>Keeps the scan and says why the gate stays shut; null when somebody was faster with the same scan, or nothing speaks against the ticket any more.</summary>
    private async Task<Problem?> Refuse(Session db, Made made)
    {
        var ticket = made.Code is { } code ? await Find(db, code) : null;
        var verdict = made.Code is null ? new Verdict("qr_invalid") : ticket?.Judge(made.Code, made.EventId) ?? new Verdict("unknown");

        if (verdict.LetsIn || !await Keep(db, made, ticket, verdict))
        {
            return null;
        }

        // Who holds codes we signed does not guess; numbers can be typed at random.
        var tooOften = verdict.Answer == "unknown"
            ? await counters.RefusalAsync(db, $"gate-number:account {made.ScannedBy}", CheckInPolicy.WrongNumbers, CheckInPolicy.NumberWindow, made.Now)
            : null;
        await db.CommitAsync();
        return tooOften ?? CheckInProblems.Of(verdict, ticket?.UsedAt, ticket?.Gate);
    }

    /// <summary>What names no ticket is refused the same way for ever, so its scan id stays free for the ticket that was meant.</summary>
    private static async Task<bool> Keep(Session db, Made made, ScannedTicket? ticket, Verdict verdict) =>
        await db.ExecuteAsync(
            """
            insert into ticket_scan (
                scan_id, ticket_id, round, event_id, holder_id, answer, reason, is_offline, gate, device_id, scanned_at, received_at, scanned_by, entry_at, entry_gate)
            values (@scanId, @Id, @Round, coalesce(@TicketsEventId, (select id from event where id = @EventId)), @HolderId, @Answer, @Reason, false, @Gate, @DeviceId,
                    @ScannedAt, @Now, @ScannedBy, @entryAt, @entryGate)
            on conflict (scan_id) do nothing
            """,
            new
            {
                scanId = ticket is null ? null : made.ScanId,
                ticket?.Id,
                ticket?.Round,
                TicketsEventId = ticket?.EventId,
                made.EventId,
                ticket?.HolderId,
                verdict.Answer,
                verdict.Reason,
                made.Gate,
                made.DeviceId,
                made.ScannedAt,
                made.Now,
                made.ScannedBy,
                entryAt = ticket?.UsedAt,
                entryGate = ticket?.Gate,
            }) == 1;

    private static async Task<ScannedTicket?> Find(Session db, ScannedCode code) =>
        (await ScannedTicket.LoadAsync(db, code.TicketId is { } id ? [id] : [], code.Number is { } number ? [number] : [])).SingleOrDefault();

    /// <summary>A time without an offset is the venue's, which only the ticket knows.</summary>
    private static async Task<DateTimeOffset> ScannedAt(Session db, ScannedCode? code, TimeInput? said, DateTimeOffset now)
    {
        if (said is null)
        {
            return now;
        }

        var zone = said.Instant is null && code is not null && await Find(db, code) is { } ticket ? TimeZoneInfo.FindSystemTimeZoneById(ticket.TimeZone) : TimeZoneInfo.Utc;
        return ScannedFields.Moment(said, zone, now);
    }

    private static Task Log(Session db, Actor actor, long ticketId, string ticketNumber, Made made) =>
        AuditLog.WriteAsync(
            db, actor, "check_in", "ticket", ticketId,
            new JsonObject { ["ticketNumber"] = ticketNumber, ["gate"] = made.Gate, ["deviceId"] = made.DeviceId, ["scanId"] = made.ScanId }, made.Now);

    private sealed record Made(
        ScannedCode? Code, long? EventId, string? ScanId, string? Gate, string? DeviceId, DateTimeOffset ScannedAt, DateTimeOffset Now, long ScannedBy);

    private sealed record Entered
    {
        public long TicketId { get; init; }

        public string TicketNumber { get; init; } = "";

        public DateTimeOffset UsedAt { get; init; }

        public string? Gate { get; init; }

        public long EventId { get; init; }

        public string CategoryName { get; init; } = "";

        public string? SeatLabel { get; init; }

        public string? HolderName { get; init; }

        /// <summary>False when the same scan has been answered meanwhile.</summary>
        public bool IsKept { get; init; }

        public CheckedIn Shown => new()
        {
            TicketNumber = TicketNumber,
            UsedAt = UsedAt,
            Gate = Gate,
            EventId = EventId,
            CategoryName = CategoryName,
            SeatLabel = SeatLabel,
            HolderName = HolderName,
        };
    }
}
