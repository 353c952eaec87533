namespace Zoniq.Domain.Carts;

/// <summary>Why a code is not taken.</summary>
public static class PromoProblems
{
    public static readonly Problem NotFound = new("promo.not_found", ProblemKind.NotFound, "There is no such code for this event.");

    public static readonly Problem NotStarted = new("promo.not_started", ProblemKind.Conflict, "This code cannot be used yet.");

    public static readonly Problem Ended = new("promo.ended", ProblemKind.Conflict, "This code has ended.");

    public static readonly Problem Exhausted = new("promo.exhausted", ProblemKind.Conflict, "This code has been used as often as it can be.");

    public static readonly Problem UserLimit = new("promo.user_limit", ProblemKind.Conflict, "You have used this code as often as one person can.");

    public static readonly Problem CodeTaken = new("promo.code_taken", ProblemKind.Conflict, "Another promo code has this name.");

    public static readonly Problem InUse = new("promo.in_use", ProblemKind.Conflict, "This code has been used; it can be switched off instead.");

    private static readonly Problem BelowMinimum =
        new("promo.minimum_not_met", ProblemKind.Conflict, "Your cart does not reach the minimum of this code.");

    /// <summary>The member <c>minAmount</c> is the minimum in rupees.</summary>
    public static Problem MinimumNotMet(Money minimum) =>
        (BelowMinimum with { Detail = $"This code is for carts of {minimum} and more." }).With("minAmount", minimum);
}
