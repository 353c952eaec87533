using Zoniq.Domain;

namespace Zoniq.Functions.Realtime;

/// <summary>Refusals of those who want to be told of changes.</summary>
internal static class RealtimeProblems
{
    public static readonly Problem NotYou =
        new("realtime.not_you", ProblemKind.Forbidden, "You can only listen for yourself.");

    public static readonly Problem Unavailable =
        new("realtime.unavailable", ProblemKind.Unavailable, "Live updates are not available just now; everything can still be looked at.");
}
