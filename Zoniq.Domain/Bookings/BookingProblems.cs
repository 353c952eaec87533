namespace Zoniq.Domain.Bookings;

/// <summary>Why a booking says no.</summary>
public static class BookingProblems
{
    public static readonly Problem NotFound = new("booking.not_found", ProblemKind.NotFound, "You have no such booking.");

    public static readonly Problem AlreadyPaid = new("booking.already_paid", ProblemKind.Conflict, "This booking is paid.");

    public static readonly Problem NotPayable = new("booking.not_payable", ProblemKind.Conflict, "This booking cannot be paid any more.");

    public static readonly Problem Expired = new("booking.expired", ProblemKind.Gone, "This booking was not paid in time and its places were freed.");

    public static readonly Problem NotPending = new("booking.not_pending", ProblemKind.Conflict, "Only a booking that waits for its payment can be called off here.");

    public static readonly Problem NotConfirmed = new("booking.not_confirmed", ProblemKind.Conflict, "This booking is not confirmed, or none of its tickets is yours.");

    public static readonly Problem NotCancellable = new("booking.not_cancellable", ProblemKind.Conflict, "This booking cannot be cancelled any more.");

    public static readonly Problem EventStarted = new("booking.event_started", ProblemKind.Conflict, "The event has started; its bookings cannot be cancelled any more.");

    public static readonly Problem TicketUsed = new("booking.ticket_used", ProblemKind.Conflict, "A ticket of this booking has been used, so it cannot be cancelled.");

    public static readonly Problem TicketTransferred =
        new("booking.ticket_transferred", ProblemKind.Conflict, "A ticket of this booking belongs to somebody else by now, so it cannot be cancelled.");
}
