using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>The one active cart of a person and an event.</summary>
internal static class CartOpening
{
    /// <summary>The active cart's id. One that ran out is ended first, so that the next is a new one.</summary>
    public static async Task<long> OpenAsync(Session db, long accountId, long eventId, DateTimeOffset expires, DateTimeOffset now, bool extend)
    {
        var parameters = new { accountId, eventId, now, expires, extend };

        await db.ExecuteAsync(
            """
            update cart
            set    status = 'expired'
            where  account_id = @accountId
            and    event_id = @eventId
            and    status = 'active'
            and    expires_at <= @now
            """,
            parameters);
        return await db.QuerySingleAsync<long>(
            """
            insert into cart (account_id, event_id, expires_at, created_at, updated_at)
            values (@accountId, @eventId, @expires, @now, @now)
            on conflict (account_id, event_id) where status = 'active' do update
            set    expires_at = case when @extend then excluded.expires_at else cart.expires_at end,
                   updated_at = excluded.updated_at
            returning id
            """,
            parameters);
    }
}
