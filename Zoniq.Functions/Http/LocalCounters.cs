using System.Collections.Concurrent;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Counts what users do at this instance, in windows that begin for everybody at once, so that what is over can be forgotten whole.</summary>
internal sealed class LocalCounters
{
    /// <summary>When more than this many users come within a window, everybody is counted anew: memory is worth more than a guard against runaway clients.</summary>
    private const int MostUsers = 100_000;

    private readonly ConcurrentDictionary<Limit, Counted> windows = new();

    /// <summary>What is left after this call, and whether it is within the limit.</summary>
    public (Allowance Left, bool IsAllowed) Count(Limit limit, LimitPolicy policy, long accountId, DateTimeOffset now)
    {
        var number = now.UtcTicks / policy.Window.Ticks;
        var window = windows.AddOrUpdate(
            limit,
            static (_, current) => new Counted(current),
            static (_, counted, current) => counted.Number == current && counted.Hits.Count < MostUsers ? counted : new Counted(current),
            number);
        var hits = window.Hits.AddOrUpdate(accountId, 1, static (_, before) => before + 1);

        return (new Allowance(policy.Most, Math.Max(0, policy.Most - hits), new TimeSpan(((number + 1) * policy.Window.Ticks) - now.UtcTicks)), hits <= policy.Most);
    }

    private sealed record Counted(long Number)
    {
        public ConcurrentDictionary<long, int> Hits { get; } = new();
    }
}
