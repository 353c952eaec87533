namespace Zoniq.Domain.Carts;

/// <summary>Why the waiting list says no.</summary>
public static class WaitlistProblems
{
    public static readonly Problem NotSoldOut =
        new("waitlist.not_sold_out", ProblemKind.Conflict, "There are enough places on sale: you can put them into your cart now.");

    public static readonly Problem AlreadyJoined =
        new("waitlist.already_joined", ProblemKind.Conflict, "You are on the waiting list for this category already.");

    public static readonly Problem NotFound = new("waitlist.not_found", ProblemKind.NotFound, "You are not on this waiting list.");
}
