using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>The one active cart of a person and an event.</summary>
internal static class CartOpening
{
    /// <summary>The active cart. One that ran out is ended first, so that the next is a new one. An offer of the waiting list ends when it was to end, whatever else is put into it.</summary>
    public static async Task<OpenedCart> OpenAsync(Session db, long accountId, long eventId, DateTimeOffset expires, DateTimeOffset now, bool extend)
    {
        var parameters = new { accountId, eventId, now, expires, extend };

        await EndLapsedAsync(db, accountId, eventId, now);
        return await db.QuerySingleAsync<OpenedCart>(
            """
            insert into cart (account_id, event_id, expires_at, created_at, updated_at)
            values (@accountId, @eventId, @expires, @now, @now)
            on conflict (account_id, event_id) where status = 'active' do update
            set    expires_at = case when @extend and not cart.is_waitlist_offer then excluded.expires_at else cart.expires_at end,
                   updated_at = excluded.updated_at
            returning id, expires_at
            """,
            parameters);
    }

    /// <summary>A cart for an offer of the waiting list; null when the person has an active one.</summary>
    public static async Task<long?> OpenOfferAsync(Session db, long accountId, long eventId, DateTimeOffset expires, DateTimeOffset now)
    {
        await EndLapsedAsync(db, accountId, eventId, now);
        return await db.QuerySingleOrDefaultAsync<long?>(
            """
            insert into cart (account_id, event_id, expires_at, is_waitlist_offer, created_at, updated_at)
            values (@accountId, @eventId, @expires, true, @now, @now)
            on conflict (account_id, event_id) where status = 'active' do nothing
            returning id
            """,
            new { accountId, eventId, expires, now });
    }

    private static Task<int> EndLapsedAsync(Session db, long accountId, long eventId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update cart
            set    status = 'expired'
            where  account_id = @accountId
            and    event_id = @eventId
            and    status = 'active'
            and    expires_at <= @now
            """,
            new { accountId, eventId, now });
}

/// <summary>A cart that is active.</summary>
internal sealed record OpenedCart
{
    public long Id { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
