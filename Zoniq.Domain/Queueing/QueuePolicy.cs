namespace Zoniq.Domain.Queueing;

/// <summary>The times of the waiting room.</summary>
public static class QueuePolicy
{
    /// <summary>How often people are let in, and so how often asking is worth it.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    /// <summary>Over which the rate of admissions is taken.</summary>
    public static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(5);

    /// <summary>People who join, or look, in one round trip.</summary>
    public const int MostTogether = 500;
}
