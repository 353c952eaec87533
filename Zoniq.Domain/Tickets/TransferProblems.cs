namespace Zoniq.Domain.Tickets;

/// <summary>Why a ticket is not passed on.</summary>
public static class TransferProblems
{
    public static readonly Problem NotFound = new("transfer.not_found", ProblemKind.NotFound, "There is no such transfer.");

    public static readonly Problem ToSelf = new("transfer.to_self", ProblemKind.Invalid, "A ticket cannot be sent to its own holder.");

    public static readonly Problem PendingExists =
        new("transfer.pending_exists", ProblemKind.Conflict, "This ticket has been offered to somebody already; cancel that first.");

    public static readonly Problem WrongRecipient =
        new("transfer.wrong_recipient", ProblemKind.Forbidden, "This ticket was sent to another e-mail address; please sign in with that one.");

    public static readonly Problem NotPending = new("transfer.not_pending", ProblemKind.Conflict, "This transfer has ended.");

    public static readonly Problem Expired = new("transfer.expired", ProblemKind.Gone, "This transfer was not claimed in time.");

    public static readonly Problem TicketUsed = new("ticket.already_used", ProblemKind.Conflict, "This ticket has been used for entry.");

    public static readonly Problem TicketNotValid = new("ticket.not_valid", ProblemKind.Conflict, "This ticket is not paid for, or was called off.");

    public static readonly Problem NotTransferable =
        new("ticket.not_transferable", ProblemKind.Conflict, "The event has begun or does not take place, so its tickets cannot be passed on.");
}
