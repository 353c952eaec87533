using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>Who may buy: with the queue on, only whoever has been called and is still in time.</summary>
internal static class QueueGate
{
    /// <summary>A condition on a row of <c>event</c>, for <c>@accountId</c> and <c>@now</c>.</summary>
    public const string MayBuySql =
        """
        (not event.queue_enabled or exists (
            select from queue_entry
            where  queue_entry.event_id = event.id
            and    queue_entry.account_id = @accountId
            and    queue_entry.status = 'processing'
            and    queue_entry.expires_at > @now))
        """;

    /// <summary>Whoever buys has had their turn, and hears so. False when they had none, or have it no more.</summary>
    public static async Task<bool> CompleteAsync(Session db, long accountId, long eventId, DateTimeOffset now)
    {
        var ended = await db.ExecuteAsync(
            """
            update queue_entry
            set    status = 'completed',
                   ended_at = @now
            where  event_id = @eventId
            and    account_id = @accountId
            and    status = 'processing'
            and    expires_at > @now
            """,
            new { accountId, eventId, now });
        if (ended == 1)
        {
            await QueueEnding.TellAsync(db, accountId, eventId, "completed", "You have checked out; your turn is over.", now);
        }

        return ended == 1;
    }
}
