using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>
/// Free places that are not on public sale, because somebody on the waiting list of their category is about to be offered them. A category that nobody waits for has none, and
/// finding that out is one look into an index.
/// </summary>
public static class KeptPlaces
{
    /// <summary>"WAIT": tells these advisory locks from others, with the category as the second half.</summary>
    private const int AdvisoryLock = 0x57414954;

    /// <summary>A condition for <c>@categoryId</c>: somebody waits for places of it.</summary>
    internal const string IsAwaitedSql =
        """
        exists (
            select from waitlist_entry as waiting
            where  waiting.category_id = @categoryId
            and    waiting.status = 'waiting')
        """;

    /// <summary>The same for the alias <c>c</c> of table seat_category.</summary>
    internal const string CategoryIsAwaitedSql = "exists (select from waitlist_entry where waitlist_entry.category_id = c.id and waitlist_entry.status = 'waiting')";

    /// <summary>
    /// For the alias <c>c</c> of table seat_category, its free places <c>there.places</c>, and <c>@now</c>: those of them that are kept, <c>kept.places</c>, and those that can be
    /// put into a cart, <c>free.places</c>.
    /// </summary>
    internal const string Sql =
        $"""
        cross join lateral (
            select case when {CategoryIsAwaitedSql} then seats_kept(c.id, there.places::bigint, @now) else 0 end as places) kept
        cross join lateral (
            select there.places - kept.places as places) free
        """;

    /// <summary>Who waits, who is offered something and who may buy is decided by one at a time. Carts are locked before it, and seats after it.</summary>
    public static Task LockAsync(Session db, long categoryId) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(@AdvisoryLock, hashint8(@categoryId))", new { AdvisoryLock, categoryId });

    /// <summary>The same for all categories of an event.</summary>
    public static Task LockEventAsync(Session db, long eventId) =>
        db.ExecuteAsync(
            """
            select pg_advisory_xact_lock(@AdvisoryLock, hashint8(id))
            from   (select   id
                    from     seat_category
                    where    event_id = @eventId
                    order by id) as category
            """,
            new { AdvisoryLock, eventId });

    /// <summary>
    /// Whether so many can be taken from a category that somebody waits for, and nobody who waits gets less; if so, nobody else decides about it until the transaction ends.
    /// False also when nobody waits: then there is nothing to leave to others.
    /// </summary>
    /// <param name="db">The transaction.</param>
    /// <param name="categoryId">Of which category.</param>
    /// <param name="quantity">How many.</param>
    /// <param name="mayWait">Without, somebody who is deciding means no: for those who have seats locked already.</param>
    /// <param name="now">The moment.</param>
    public static async Task<bool> AreLeftOverAsync(Session db, long categoryId, int quantity, bool mayWait, DateTimeOffset now)
    {
        if (!await db.QuerySingleAsync<bool>($"select {IsAwaitedSql}", new { categoryId }))
        {
            return false;
        }

        if (mayWait)
        {
            await LockAsync(db, categoryId);
        }
        else if (!await db.QuerySingleAsync<bool>("select pg_try_advisory_xact_lock(@AdvisoryLock, hashint8(@categoryId))", new { AdvisoryLock, categoryId }))
        {
            return false;
        }

        return await OnSaleAsync(db, categoryId, now) >= quantity;
    }

    /// <summary>How many can be put into a cart; to be asked with the lock, if it decides anything.</summary>
    public static Task<long> OnSaleAsync(Session db, long categoryId, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<long>(
            $"""
            select free.places
            from   seat_category c
            {Availability.CountedSql}
            where  c.id = @categoryId
            """,
            new { categoryId, now });
}
