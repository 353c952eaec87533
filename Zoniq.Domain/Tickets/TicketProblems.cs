namespace Zoniq.Domain.Tickets;

/// <summary>Why a ticket says no.</summary>
public static class TicketProblems
{
    public static readonly Problem NotFound = new("ticket.not_found", ProblemKind.NotFound, "You have no such ticket.");

    public static readonly Problem NotConfirmed = new("ticket.not_confirmed", ProblemKind.Conflict, "This ticket is not paid for, or was called off.");
}
