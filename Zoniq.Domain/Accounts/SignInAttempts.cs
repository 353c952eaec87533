using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>
/// Guards passwords against guessing, for all instances together. What is counted is the name that was typed, whether or not an account has it, so nothing is learnt from
/// a lock. A try is counted before its password is looked at: many at once gain no more of them than one after the other.
/// </summary>
public sealed class SignInAttempts(Database database, TimeProvider clock)
{
    /// <summary>A try that has not ended by then died with its instance.</summary>
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(30);

    /// <summary>Who comes while others try the same name waits so long for their outcome.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How a username or an address is counted, and looked up: names match in any case. Were the database to fold what was typed, one name could be counted as many.</summary>
    internal static string NameOf(string typed) => typed.ToLowerInvariant();

    /// <summary>Null when the password may be looked at: then one of the other methods says how it went. Refuses with <c>auth.locked</c>.</summary>
    internal async Task<Problem?> BeginAsync(string[] names, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < LongestWait; waited += Pause)
        {
            var now = clock.GetUtcNow();
            await using (var db = await database.BeginAsync(cancellationToken))
            {
                if (await TakeTurnAsync(db, names, now))
                {
                    await db.CommitAsync();
                    return null;
                }

                if (await LockedUntilAsync(db, names, now) is { } lockedUntil)
                {
                    return AccountProblems.Locked with { RetryAfter = lockedUntil - now };
                }
            }

            // All that are left of the five are being tried; each may turn out right.
            await Task.Delay(Pause, cancellationToken);
        }

        return CommonProblems.ServiceUnavailable;
    }

    internal async Task FailAsync(string[] names)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ExecuteAsync(
            """
            update sign_in_attempt as attempt
            set    under_way = greatest(under_way - 1, 0),
                   failed_at = case when cardinality(recent) + 1 < @limit then recent || @now else '{}' end,
                   locked_until = case when cardinality(recent) + 1 < @limit then locked_until else @lockedUntil end
            from   (
                select   identifier, array(select failure from unnest(failed_at) as failure where failure > @since) as recent
                from     sign_in_attempt
                where    identifier = any(@names)
                order by identifier
                for update) as tried
            where  attempt.identifier = tried.identifier
            """,
            new { names, now, since = now - AccountPolicy.LockOut, limit = AccountPolicy.FailedSignIns, lockedUntil = now + AccountPolicy.LockOut });
    }

    /// <summary>The password was not looked at.</summary>
    internal async Task TakeBackAsync(string[] names)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ExecuteAsync(
            """
            update sign_in_attempt
            set    under_way = greatest(under_way - 1, 0)
            where  identifier in (
                select   identifier
                from     sign_in_attempt
                where    identifier = any(@names)
                order by identifier
                for update)
            """,
            new { names });
    }

    /// <summary>What was held against these names is over: the owner has come, or a name has changed hands.</summary>
    internal static Task ForgetAsync(Session db, IEnumerable<string> names) =>
        db.ExecuteAsync(
            """
            delete from sign_in_attempt
            where  identifier in (
                select   identifier
                from     sign_in_attempt
                where    identifier = any(@names)
                order by identifier
                for update)
            """,
            new { names = names.Select(NameOf).Distinct().ToArray() });

    private static async Task<bool> TakeTurnAsync(Session db, string[] names, DateTimeOffset now) =>
        await db.ExecuteAsync(
            """
            insert into sign_in_attempt as attempt (identifier, under_way, last_try_at)
            select   name, 1, @now
            from     unnest(@names) as name
            order by name
            on conflict (identifier) do update
            set    under_way = case when attempt.last_try_at <= @abandoned then 0 else attempt.under_way end + 1,
                   last_try_at = @now
            where  (attempt.locked_until is null or attempt.locked_until <= @now)
            and    case when attempt.last_try_at <= @abandoned then 0 else attempt.under_way end
                   + (select count(*) from unnest(attempt.failed_at) as failure where failure > @since) < @limit
            """,
            new { names, now, abandoned = now - LongestTry, since = now - AccountPolicy.LockOut, limit = AccountPolicy.FailedSignIns }) == names.Length;

    private static Task<DateTimeOffset?> LockedUntilAsync(Session db, string[] names, DateTimeOffset now) =>
        db.QuerySingleAsync<DateTimeOffset?>(
            """
            select max(locked_until)
            from   sign_in_attempt
            where  identifier = any(@names)
            and    locked_until > @now
            """,
            new { names, now });
}
