namespace Zoniq.Domain.Payments.Gateway;

/// <summary>Refusals that come from the payment provider.</summary>
public static class GatewayProblems
{
    public static readonly Problem Unavailable =
        new("payment.gateway_unavailable", ProblemKind.Unavailable, "The payment provider does not answer right now; please try again in a moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    /// <summary>Whatever the provider said, for a buyer it is not there; when to come back is kept.</summary>
    public static Problem ForBuyers(Problem problem) => Unavailable with { RetryAfter = problem.RetryAfter ?? Unavailable.RetryAfter };

    /// <summary>The provider understood and said no; its <c>reason</c>, when it gave one, is a member.</summary>
    public static readonly Problem Refused =
        new("payment.gateway_refused", ProblemKind.Conflict, "The payment provider refused this.");
}
