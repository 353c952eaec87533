namespace Zoniq.Domain.Storage;

/// <summary>
/// Counts what somebody does, for all instances together: one row and one statement each time. A window begins with the first thing counted in it and is over for all
/// that happened in it, so that the worst is twice the limit around its end, and a row is all there is to remember.
/// </summary>
public sealed class RateCounters(Settings settings)
{
    /// <summary>False where an operator, or a test, has switched limits off; then everything is allowed and nothing is written.</summary>
    public bool IsOn { get; } = settings.Flag("RATE_LIMITS_ENABLED", otherwise: true);

    /// <summary>Null when it is allowed. Refuses with <c>rate.limited</c>; what is not committed is not counted.</summary>
    /// <param name="db">The session of what is counted, or one of its own.</param>
    /// <param name="key">What is counted, and whose it is.</param>
    /// <param name="limit">So often within the window.</param>
    /// <param name="window">How long a window is.</param>
    /// <param name="now">When.</param>
    public async Task<Problem?> RefusalAsync(Session db, string key, int limit, TimeSpan window, DateTimeOffset now) =>
        IsOn && await CountAsync(db, key, limit, window, now) is (var allowance, false) ? Refusal(allowance) : null;

    /// <summary>What is left after this one, and whether this one is within the limit.</summary>
    public static async Task<(Allowance Left, bool IsAllowed)> CountAsync(Session db, string key, int limit, TimeSpan window, DateTimeOffset now)
    {
        var counter = await db.QuerySingleAsync<Counter>(
            """
            insert into rate_counter as counter (key, hits, resets_at)
            values (@key, 1, @resetsAt)
            on conflict (key) do update
            set    hits = case when counter.resets_at <= @now then 1 else least(counter.hits, @limit) + 1 end,
                   resets_at = case when counter.resets_at <= @now then excluded.resets_at else counter.resets_at end
            returning hits, resets_at
            """,
            new { key, limit, now, resetsAt = now + window });

        return (new Allowance(limit, Math.Max(0, limit - counter.Hits), counter.ResetsAt - now), counter.Hits <= limit);
    }

    /// <summary>Something that was counted did not happen.</summary>
    public Task TakeBackAsync(Session db, string key, DateTimeOffset now) =>
        IsOn
            ? db.ExecuteAsync(
                """
                update rate_counter
                set    hits = hits - 1
                where  key = @key
                and    hits > 0
                and    resets_at > @now
                """,
                new { key, now })
            : Task.CompletedTask;

    public static Problem Refusal(Allowance allowance) => CommonProblems.RateLimited with { RetryAfter = allowance.Reset, Allowance = allowance };

    private sealed record Counter
    {
        public int Hits { get; init; }

        public DateTimeOffset ResetsAt { get; init; }
    }
}
