using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Throws away what has served its purpose. Nothing depends on it: all of it has stopped counting by itself.</summary>
public sealed class Housekeeping(Database database, TimeProvider clock)
{
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);

        await db.ExecuteAsync("delete from one_time_code where expires_at <= @now", new { now });
        await db.ExecuteAsync("delete from revoked_token where expires_at <= @now", new { now });
        await db.ExecuteAsync("delete from rate_counter where resets_at <= @now", new { now });
        await db.ExecuteAsync(
            """
            delete from sign_in_attempt
            where  last_try_at <= @since
            and    (locked_until is null or locked_until <= @now)
            """,
            new { now, since = now - AccountPolicy.LockOut });
    }
}
