using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>How places on a waiting list end, in somebody else's use case. Whoever locks carts does so before.</summary>
public static class WaitlistEnding
{
    /// <summary>The offer was used.</summary>
    public static Task FulfilAsync(Session db, long cartId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update waitlist_entry
            set    status = 'fulfilled',
                   changed_at = @now
            where  cart_id = @cartId
            and    status = 'offered'
            """,
            new { cartId, now });

    /// <summary>Everything that somebody waits for or was offered. The account must be locked: whoever offers something locks it too. Their carts are ended by whoever calls.</summary>
    public static Task OfAccountAsync(Session db, long accountId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update waitlist_entry
            set    status = 'expired',
                   changed_at = @now
            where  id in (
                select   id
                from     waitlist_entry
                where    account_id = @accountId
                and      status in ('waiting', 'offered')
                order by id
                for update)
            """,
            new { accountId, now });

    /// <summary>Everybody who waits for an event that is over with. Whoever joins, or is offered something, does so before, or sees what was done to the event.</summary>
    public static async Task OfEventAsync(Session db, long eventId, DateTimeOffset now)
    {
        await KeptPlaces.LockEventAsync(db, eventId);
        await db.ExecuteAsync(
            """
            update waitlist_entry
            set    status = 'expired',
                   changed_at = @now
            where  id in (
                select   id
                from     waitlist_entry
                where    event_id = @eventId
                and      status in ('waiting', 'offered')
                order by id
                for update)
            """,
            new { eventId, now });
    }
}
