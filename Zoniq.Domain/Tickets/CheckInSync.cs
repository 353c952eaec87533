using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>What a gate did while it had no network.</summary>
public sealed record SyncScans
{
    [Required]
    [StringLength(64)]
    public string? DeviceId { get; init; }

    [Required]
    [Length(1, CheckInPolicy.ScansAtOnce)]
    public OfflineScan[]? Scans { get; init; }
}

/// <summary>One scan of it: exactly one of ticket number and code.</summary>
public sealed record OfflineScan : IValidatableObject
{
    /// <summary>A name of this scan that no other scan has, on whichever device: a UUID, say.</summary>
    [Required]
    [StringLength(64)]
    public string? ScanId { get; init; }

    public string? QrPayload { get; init; }

    [StringLength(50)]
    public string? TicketNumber { get; init; }

    [StringLength(50)]
    public string? Gate { get; init; }

    [Required]
    [ReadableTime]
    public TimeInput? ScannedAt { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ScannedFields.Check(TicketNumber, QrPayload);
}

/// <summary>What became of each scan, in the order sent.</summary>
public sealed record SyncedScans
{
    public SyncedScan[] Results { get; init; } = [];

    public int Accepted => Count("accepted");

    public int Duplicate => Count("duplicate");

    public int Conflict => Count("conflict");

    public int Invalid => Count("invalid");

    public int Revoked => Count("revoked");

    private int Count(string result) => Results.Count(scan => scan.Result == result);
}

/// <summary>What became of a scan.</summary>
/// <param name="ScanId">Its name.</param>
/// <param name="Result">accepted, duplicate, conflict, invalid or revoked.</param>
/// <param name="TicketNumber">Null when the code names no ticket.</param>
/// <param name="UsedAt">The entry made with the ticket, after all that was sent.</param>
/// <param name="Gate">Where that was.</param>
/// <param name="Message">For the people at the gate.</param>
public sealed record SyncedScan(string ScanId, string Result, string? TicketNumber, DateTimeOffset? UsedAt, string? Gate, string Message);

/// <summary>
/// Takes in what gates did while they had no network. The people are inside, so nothing is undone: of several scans of a ticket all are kept, and the entry is
/// the earliest of them, whichever gate tells first.
/// </summary>
public sealed class CheckInSync(Database database, TimeProvider clock, TicketSigner signer, CatalogueOptions options)
{
    /// <summary>All of them in one transaction, with the same number of statements for 1 scan and for 500.</summary>
    public async Task<Result<SyncedScans>> Sync(Actor actor, SyncScans sent, CancellationToken cancellationToken)
    {
        var codes = sent.Scans!.Select(scan => ScannedCode.Read(signer, scan.QrPayload, scan.TicketNumber)).ToArray();

        while (true)
        {
            await using var db = await database.BeginAsync(cancellationToken);
            var now = clock.GetUtcNow();
            var known = await Lock(db, codes, sent.Scans!);
            var upload = new OfflineUpload(known, options.DefaultTimeZone, now);
            upload.Take(sent.Scans!, codes);

            // Another upload of the same scans may have been faster; then they are looked at anew, and are known.
            if (!await Keep(db, upload, sent.DeviceId!, actor.AccountId!.Value, now))
            {
                continue;
            }

            await TicketTransfers.EndByEntryAsync(db, [.. upload.Entries.Select(ticket => ticket.Id)], now);
            var answer = new SyncedScans { Results = upload.Results(sent.Scans!, codes) };
            await AuditLog.WriteAsync(
                db, actor, "check_in_sync", "ticket", entityId: null,
                new JsonObject
                {
                    ["deviceId"] = sent.DeviceId,
                    ["accepted"] = answer.Accepted,
                    ["duplicate"] = answer.Duplicate,
                    ["conflict"] = answer.Conflict,
                    ["invalid"] = answer.Invalid,
                    ["revoked"] = answer.Revoked,
                },
                now);
            await db.CommitAsync();
            return answer;
        }
    }

    /// <summary>The tickets, which nobody else can move until the end, and the scans that were answered before.</summary>
    private static async Task<KnownToSync> Lock(Session db, ScannedCode?[] codes, OfflineScan[] scans)
    {
        var scanIds = scans.Select(scan => scan.ScanId!).Distinct(StringComparer.Ordinal).ToArray();
        var ids = await db.QueryAsync<long>(
            """
            select   id
            from     ticket
            where    id in (
                select unnest(@ids)
                union
                select id from ticket where ticket_number = any(@numbers)
                union
                select ticket_id from ticket_scan where scan_id = any(@scanIds))
            order by id
            for no key update    -- an online scan that is refused meanwhile refers to its ticket, and must not wait for us while we wait for its scan id
            """,
            new
            {
                ids = codes.Select(code => code?.TicketId).OfType<long>().ToArray(),
                numbers = codes.Select(code => code?.Number).OfType<string>().ToArray(),
                scanIds,
            });

        // Only what is read after the lock is what stands.
        var tickets = await ScannedTicket.LoadAsync(db, ids, []);
        var answered = await db.QueryAsync<AnsweredBefore>("select scan_id, ticket_id from ticket_scan where scan_id = any(@scanIds)", new { scanIds });
        return new KnownToSync(tickets, answered.ToDictionary(scan => scan.ScanId, scan => scan.TicketId, StringComparer.Ordinal));
    }

    /// <summary>False when one of them has been answered meanwhile; then nothing may be committed.</summary>
    private static async Task<bool> Keep(Session db, OfflineUpload upload, string deviceId, long accountId, DateTimeOffset now)
    {
        // In the order of their names, so that two uploads of the same scans wait for each other in one direction only.
        var made = upload.Made.OrderBy(scan => scan.ScanId, StringComparer.Ordinal).ToArray();
        var entries = upload.Entries.ToArray();

        var kept = await db.QuerySingleAsync<int>(
            """
            with entered as (
                update ticket
                set    status = 'used',
                       used_at = entry.used_at
                from   unnest(@entered, @enteredAt) as entry (ticket_id, used_at)
                where  ticket.id = entry.ticket_id
            ),
            kept as (
                insert into ticket_scan (
                    scan_id, ticket_id, round, event_id, holder_id, answer, reason, is_offline, gate, device_id, scanned_at, received_at, scanned_by, entry_at, entry_gate)
                select   scan_id, ticket_id, round, event_id, holder_id, answer, reason, true, gate, @deviceId, scanned_at, @now, @accountId, entry_at, entry_gate
                from     unnest(@scanIds, @tickets, @rounds, @events, @holders, @answers, @reasons, @gates, @times, @entryTimes, @entryGates) with ordinality
                         as scan (scan_id, ticket_id, round, event_id, holder_id, answer, reason, gate, scanned_at, entry_at, entry_gate, place)
                order by place
                on conflict (scan_id) do nothing
                returning id
            )
            select count(*)::integer
            from   kept
            """,
            new
            {
                entered = entries.Select(ticket => ticket.Id).ToArray(),
                enteredAt = entries.Select(ticket => ticket.UsedAt!.Value).ToArray(),
                scanIds = made.Select(scan => scan.ScanId).ToArray(),
                tickets = made.Select(scan => scan.Ticket?.Id).ToArray(),
                rounds = made.Select(scan => scan.Ticket is null ? (int?)null : scan.Round).ToArray(),
                events = made.Select(scan => scan.Ticket?.EventId).ToArray(),
                holders = made.Select(scan => scan.Ticket?.HolderId).ToArray(),
                answers = made.Select(scan => scan.Verdict.Answer).ToArray(),
                reasons = made.Select(scan => scan.Verdict.Reason).ToArray(),
                gates = made.Select(scan => scan.Gate).ToArray(),
                times = made.Select(scan => scan.ScannedAt).ToArray(),
                entryTimes = made.Select(scan => scan.EntryAt).ToArray(),
                entryGates = made.Select(scan => scan.EntryGate).ToArray(),
                deviceId,
                accountId,
                now,
            });
        return kept == made.Length;
    }

    private sealed record AnsweredBefore
    {
        public string ScanId { get; init; } = "";

        public long? TicketId { get; init; }
    }
}

/// <summary>What stands before an upload is looked at.</summary>
/// <param name="Tickets">Locked.</param>
/// <param name="Answered">Scans answered before, and the ticket of each, if it had one.</param>
internal sealed record KnownToSync(ScannedTicket[] Tickets, IReadOnlyDictionary<string, long?> Answered);
