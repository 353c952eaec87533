using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>
/// What people have taken note of. An event that is withdrawn stays on the wishlists but is not shown, since the public no longer
/// knows of it; when it comes back, so does the item.
/// </summary>
public sealed class WishlistService(Database database, EventCatalogue catalogue, TimeProvider clock)
{
    /// <summary>Newest first, with figures at most half a second old.</summary>
    public async Task<Wishlist> List(long accountId, CancellationToken cancellationToken)
    {
        var items = await Complete(await Read(accountId, cancellationToken), cancellationToken);
        return new Wishlist(items, items.Length);
    }

    /// <summary>Refuses events the public does not know of, and one that is on the list already.</summary>
    public async Task<Result<WishlistItem>> Add(long accountId, long eventId, CancellationToken cancellationToken)
    {
        var added = await Insert(accountId, eventId, cancellationToken);
        return added.Problem is { } refusal ? refusal : (await Complete([added.Value], cancellationToken))[0];
    }

    /// <summary>Refuses an event that is not on the list.</summary>
    public async Task<Result<Done>> Remove(long accountId, long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        var removed = await db.ExecuteAsync(
            """
            delete from wishlist_item
            where  account_id = @accountId
            and    event_id = @eventId
            """,
            new { accountId, eventId });

        return removed == 1 ? Done.Well("Removed from wishlist") : CatalogueProblems.NotInWishlist;
    }

    /// <summary>Whether the list shows the event.</summary>
    public async Task<WishlistCheck> Check(long accountId, long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        return new WishlistCheck(await db.QuerySingleAsync<bool>(
            """
            select exists (
                select from wishlist_item w
                join   event e on e.id = w.event_id
                where  w.account_id = @accountId
                and    w.event_id = @eventId
                and    e.status in ('published', 'completed'))
            """,
            new { accountId, eventId }));
    }

    private async Task<WishedEvent[]> Read(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        return await db.QueryAsync<WishedEvent>(
            $"""
            select    w.id as wish_id, w.created_at as wished_at, {EventColumns.OfList}
            from      wishlist_item w
            join      event e on e.id = w.event_id
            left join venue v on v.id = e.venue_id
            where     w.account_id = @accountId
            and       e.status in ('published', 'completed')
            order by  w.id desc
            """,
            new { accountId });
    }

    private async Task<Result<WishedEvent>> Insert(long accountId, long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);

        var added = await db.QuerySingleOrDefaultAsync<WishedEvent>(
            $"""
            with wish as (
                insert into wishlist_item (account_id, event_id, created_at)
                select @accountId, id, @now
                from   event
                where  id = @eventId
                and    status in ('published', 'completed')
                on conflict (account_id, event_id) do nothing
                returning id, event_id, created_at
            )
            select    wish.id as wish_id, wish.created_at as wished_at, {EventColumns.OfList}
            from      wish
            join      event e on e.id = wish.event_id
            left join venue v on v.id = e.venue_id
            """,
            new { accountId, eventId, now = clock.GetUtcNow() });

        if (added is null)
        {
            return await WhyNotAdded(db, eventId);
        }

        await db.CommitAsync();
        return added;
    }

    private static async Task<Problem> WhyNotAdded(Session db, long eventId) =>
        await db.QuerySingleAsync<bool>("select exists (select from event where id = @eventId and status in ('published', 'completed'))", new { eventId })
            ? CatalogueProblems.AlreadyInWishlist
            : CatalogueProblems.EventNotFound;

    private async Task<WishlistItem[]> Complete(WishedEvent[] wishes, CancellationToken cancellationToken) =>
        [.. (await catalogue.WithFigures(wishes, cancellationToken)).Select(wish => new WishlistItem(wish.WishId, wish.Id, wish, wish.WishedAt))];

    private sealed record WishedEvent : Event
    {
        internal long WishId { get; init; }

        internal DateTimeOffset WishedAt { get; init; }
    }
}
