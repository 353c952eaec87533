namespace Zoniq.Domain.Administration;

/// <summary>Why the office says no.</summary>
public static class AdministrationProblems
{
    public static readonly Problem UserNotFound = new("user.not_found", ProblemKind.NotFound, "There is no such account.");

    public static readonly Problem UserSelf = new("user.self", ProblemKind.Conflict, "You cannot do this to your own account.");

    public static readonly Problem LastAdministrator =
        new("user.last_admin", ProblemKind.Conflict, "This is the last administrator; appoint another one first.");

    public static readonly Problem HasUpcomingBookings =
        new("account.has_upcoming_bookings", ProblemKind.Conflict, "There is still a ticket or a booking for an event to come; cancel it or pass it on first.");

    public static readonly Problem UserBlocked = new("user.blocked", ProblemKind.Conflict, "A blocked account cannot become an administrator.");

    public static readonly Problem LogNotFound = new("log.not_found", ProblemKind.NotFound, "There is no such entry in the log.");
}
