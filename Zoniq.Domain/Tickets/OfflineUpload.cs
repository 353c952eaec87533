namespace Zoniq.Domain.Tickets;

/// <summary>
/// Works out what an upload of offline scans comes to. Scans are taken by their time, not by their place in the upload, and the earliest of a ticket is its entry,
/// also when a later one has been uploaded before.
/// </summary>
internal sealed class OfflineUpload(KnownToSync known, TimeZoneInfo defaultZone, DateTimeOffset now)
{
    private readonly Dictionary<long, ScannedTicket> tickets = known.Tickets.ToDictionary(ticket => ticket.Id);
    private readonly Dictionary<string, long> numbers = known.Tickets.ToDictionary(ticket => ticket.TicketNumber, ticket => ticket.Id, StringComparer.Ordinal);
    private readonly Dictionary<string, MadeOffline> made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> firstPlace = new(StringComparer.Ordinal);
    private readonly HashSet<long> entered = [];

    /// <summary>The scans that are new.</summary>
    public IEnumerable<MadeOffline> Made => made.Values;

    /// <summary>The tickets whose entry is new, or earlier than was known.</summary>
    public IEnumerable<ScannedTicket> Entries => entered.Select(id => tickets[id]);

    public void Take(OfflineScan[] scans, ScannedCode?[] codes)
    {
        for (var place = 0; place < scans.Length; place++)
        {
            firstPlace.TryAdd(scans[place].ScanId!, place);
        }

        foreach (var (scan, code, ticket, scannedAt) in scans
            .Select((scan, place) => (scan, code: codes[place], place))
            .Where(sent => firstPlace[sent.scan.ScanId!] == sent.place && !known.Answered.ContainsKey(sent.scan.ScanId!))
            .Select(sent => (sent.scan, sent.code, ticket: TicketOf(sent.code)))
            .Select(sent => (sent.scan, sent.code, sent.ticket, scannedAt: MomentOf(sent.scan, sent.ticket)))
            .OrderBy(sent => sent.scannedAt)
            .ThenBy(sent => sent.scan.ScanId, StringComparer.Ordinal))
        {
            made[scan.ScanId!] = Take(scan, code, ticket?.Id, scannedAt);
        }
    }

    /// <summary>What is answered, in the order sent. A scan whose name belongs to the scan of another ticket is not taken for a repetition: its entry would be lost unnoticed.</summary>
    public SyncedScan[] Results(OfflineScan[] scans, ScannedCode?[] codes) =>
    [
        .. scans.Select((scan, place) =>
        {
            var isNew = made.TryGetValue(scan.ScanId!, out var own) && firstPlace[scan.ScanId!] == place;
            var answered = own is not null ? own.Ticket?.Id : known.Answered[scan.ScanId!];

            if (!isNew && TicketOf(codes[place]) is { } other && other.Id != answered)
            {
                return new SyncedScan(scan.ScanId!, "invalid", other.TicketNumber, other.UsedAt, other.Gate, $"The scan id {CheckInProblems.ScanIdOfAnother}");
            }

            var ticket = answered is { } id ? tickets.GetValueOrDefault(id) : null;
            var (result, message) = isNew ? own!.Told : ("duplicate", "This scan was handled before.");
            return new SyncedScan(scan.ScanId!, result, ticket?.TicketNumber, ticket?.UsedAt, ticket?.Gate, message);
        }),
    ];

    private MadeOffline Take(OfflineScan scan, ScannedCode? code, long? ticketId, DateTimeOffset scannedAt)
    {
        var gate = ScannedFields.Said(scan.Gate);
        if (ticketId is not { } id)
        {
            return new MadeOffline(scan.ScanId!, null, 0, new Verdict(code is null ? "qr_invalid" : "unknown"), gate, scannedAt, null, null);
        }

        var ticket = tickets[id];
        var verdict = ticket.Judge(code!, eventId: null);
        var round = ticket.Round;

        if (verdict.LetsIn && ticket.ReopenedAt > scannedAt)
        {
            (verdict, round) = (new Verdict("already_used"), round - 1);    // of the entry that was taken back
        }
        else if (verdict.Answer is "already_used" && ticket.ReopenedAt > scannedAt)
        {
            round--;
        }
        else if (verdict.LetsIn || (verdict.Answer == "already_used" && scannedAt < ticket.UsedAt))
        {
            tickets[id] = ticket with { Status = "used", UsedAt = scannedAt, Gate = gate };
            entered.Add(id);
        }

        return new MadeOffline(scan.ScanId!, ticket, round, verdict, gate, scannedAt, tickets[id].UsedAt, tickets[id].Gate);
    }

    private ScannedTicket? TicketOf(ScannedCode? code) => code switch
    {
        { TicketId: { } id } => tickets.GetValueOrDefault(id),
        { Number: { } number } when numbers.TryGetValue(number, out var id) => tickets[id],
        _ => null,
    };

    private DateTimeOffset MomentOf(OfflineScan scan, ScannedTicket? ticket) =>
        ScannedFields.Moment(scan.ScannedAt!, ticket is null ? defaultZone : TimeZoneInfo.FindSystemTimeZoneById(ticket.TimeZone), now);
}

/// <summary>An offline scan and what is said to it.</summary>
internal sealed record MadeOffline(
    string ScanId, ScannedTicket? Ticket, int Round, Verdict Verdict, string? Gate, DateTimeOffset ScannedAt, DateTimeOffset? EntryAt, string? EntryGate)
{
    /// <summary>The result's name, and a sentence.</summary>
    public (string Result, string Message) Told => Verdict.Answer switch
    {
        "accepted" => ("accepted", "Entered."),
        "already_used" => ("conflict", "This ticket has entered by another scan too; the earliest is its entry."),
        "revoked" => ("revoked", CheckInProblems.Revoked.Detail),
        "not_valid" => (Verdict.Reason is "unpaid" or "expired" or "not_open" ? "invalid" : "revoked", CheckInProblems.Of(Verdict, null, null).Detail),
        _ => ("invalid", CheckInProblems.Of(Verdict, null, null).Detail),
    };
}
