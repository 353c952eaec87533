namespace Zoniq.Domain.Queueing;

/// <summary>The times of the waiting room.</summary>
public static class QueuePolicy
{
    /// <summary>How often people are let in, and so how often asking is worth it.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    /// <summary>Over which the rate of admissions is taken.</summary>
    public static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(5);

    /// <summary>Of a statement about everybody in a room.</summary>
    public static readonly TimeSpan LongestStatement = TimeSpan.FromMinutes(5);

    /// <summary>Entrants of the largest draw that a tick makes in passing, in a fraction of a second; larger ones must not hold up the other rooms.</summary>
    public const int MostDrawnInATick = 10_000;

    /// <summary>Of those who still wait when booking is over, so many are sent home in one tick.</summary>
    public const int MostEndedInATick = 10_000;

    /// <summary>People who join, or look, in one round trip.</summary>
    public const int MostTogether = 500;
}
