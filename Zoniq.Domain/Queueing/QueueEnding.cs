using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>Giving places up, in somebody's own use case or in another's. Whoever leaves before the draw takes no part in it; who leaves afterwards keeps the number.</summary>
internal static class QueueEnding
{
    /// <summary>
    /// The active places of a person, in one event or in all; returns how many there were. The account must be locked when it is for good, else nothing keeps it from joining again.
    /// </summary>
    public static async Task<int> OfPersonAsync(Session db, long accountId, long? eventId, DateTimeOffset now)
    {
        var parameters = new { accountId, eventId, now };

        // Before the draw the door is held: who is counted for it and who is gone is decided one after the other.
        await db.ExecuteAsync(
            """
            select   event_id
            from     queue_door
            where    opened_at is null
            and      event_id in (
                         select @eventId::bigint
                         union all
                         select event_id
                         from   queue_entry
                         where  @eventId::bigint is null
                         and    account_id = @accountId
                         and    status in ('waiting', 'processing'))
            order by event_id
            for update
            """,
            parameters);
        return await db.ExecuteAsync(
            """
            update queue_entry
            set    status = 'left',
                   ended_at = @now,
                   is_entrant = is_entrant and (select opened_at is not null from queue_door where event_id = queue_entry.event_id)
            where  id in (
                select   id
                from     queue_entry
                where    account_id = @accountId
                and      status in ('waiting', 'processing')
                and      (@eventId::bigint is null or event_id = @eventId)
                order by event_id
                for update)
            """,
            parameters);
    }

    /// <summary>Tells the pages that somebody has open how their place ended; whoever made it end is on one of them.</summary>
    public static Task TellAsync(Session db, long accountId, long eventId, string status, string message, DateTimeOffset now) =>
        PushOutbox.AddAsync(db, accountId, "queueStatus", new QueueStatusChanged(eventId, status, message, RedirectUrl: null), now);

    /// <summary>
    /// Everybody's in an event that is over with, and locks its door: whoever is about to join sees what was done to the event. It waits for a tick that is under way;
    /// the event must be locked.
    /// </summary>
    public static async Task OfEventAsync(Session db, long eventId, DateTimeOffset now)
    {
        await db.AllowAsync(QueuePolicy.LongestStatement);    // half a million who wait are more than a statement's usual time
        await db.ExecuteAsync("select from queue where event_id = @eventId for no key update", new { eventId });
        await db.ExecuteAsync(
            """
            update queue_door
            set    is_draining = false
            where  event_id = @eventId;

            update queue
            set    is_paused = false,
                   processing = 0
            where  event_id = @eventId;

            update queue_entry
            set    status = 'left',
                   ended_at = @now,
                   is_entrant = is_entrant and (select opened_at is not null from queue_door where event_id = @eventId)
            where  event_id = @eventId
            and    status in ('waiting', 'processing');
            """,
            new { eventId, now });
    }
}
