namespace Zoniq.Domain.Tickets;

/// <summary>Why a gate stays shut.</summary>
public static class CheckInProblems
{
    public const string ScanIdOfAnother = "belongs to the scan of another ticket; each scan needs an id of its own.";

    /// <summary>Carries <c>usedAt</c> and <c>gate</c> of the entry.</summary>
    public static readonly Problem AlreadyUsed = new("ticket.already_used", ProblemKind.Conflict, "This ticket has already been used to enter.");

    /// <summary>Carries <c>reason</c>.</summary>
    public static readonly Problem NotValid = new("ticket.not_valid", ProblemKind.Conflict, "This ticket is not valid.");

    public static readonly Problem Revoked =
        new("ticket.revoked", ProblemKind.Conflict, "This code is out of date: the ticket was handed on to somebody else, who has a newer one.");

    public static readonly Problem WrongEvent = new("ticket.wrong_event", ProblemKind.Conflict, "This ticket is for another event.");

    public static readonly Problem QrInvalid = new("ticket.qr_invalid", ProblemKind.Invalid, "This code was not issued by Zoniq.");

    public static readonly Problem Unknown = new("ticket.not_found", ProblemKind.NotFound, "There is no ticket with this number.");

    public static readonly Problem NotUsed = new("ticket.not_used", ProblemKind.Conflict, "Nobody has entered with this ticket.");

    /// <summary>What was answered to a scan that did not let anybody in.</summary>
    internal static Problem Of(Verdict verdict, DateTimeOffset? entryAt, string? entryGate) => verdict.Answer switch
    {
        "already_used" => AlreadyUsed.With("usedAt", entryAt).With("gate", entryGate),
        "not_valid" => (NotValid with { Detail = Sentence(verdict.Reason) }).With("reason", verdict.Reason),
        "revoked" => Revoked,
        "wrong_event" => WrongEvent,
        "qr_invalid" => QrInvalid,
        "unknown" => Unknown,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    private static string Sentence(string? reason) => reason switch
    {
        "unpaid" => "This ticket has not been paid for yet.",
        "expired" => "This ticket was not paid for in time and is no longer reserved.",
        "cancelled" => "This ticket was called off.",
        "refunded" => "This ticket was called off and its money returned.",
        "not_open" => "This event is not open: it has been taken off the programme.",
        _ => NotValid.Detail,
    };
}
