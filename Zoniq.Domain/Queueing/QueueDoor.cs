using System.Security.Cryptography;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>The rows of a waiting room: made once, opened once.</summary>
internal static class QueueDoor
{
    /// <summary>
    /// Opens the room when booking has begun: who is there takes part in the draw, and whoever comes later comes after them. For <c>@eventId</c> and <c>@now</c>;
    /// the door must be locked in a statement before, so that this one sees everybody who got in.
    /// </summary>
    public const string OpenSql =
        """
        update queue_door
        set    opened_at = @now,
               (entrant_count, last_number) = (
                   select count(*), count(*)
                   from   queue_entry
                   where  event_id = @eventId
                   and    is_entrant)
        where  event_id = @eventId
        and    opened_at is null
        and    exists (
                   select from event
                   where  id = @eventId
                   and    queue_enabled
                   and    status = 'published'
                   and    booking_start_date <= @now)
        """;

    /// <summary>Draws the seed and publishes its commitment, unless that was done before.</summary>
    public static async Task PrepareAsync(Database database, long eventId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        await PrepareAsync(db, eventId, now);
        await db.CommitAsync();
    }

    /// <summary>The same within a use case.</summary>
    public static Task PrepareAsync(Session db, long eventId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            insert into queue (event_id, seed, committed_at)
            select id, @seed, @now
            from   event
            where  id = @eventId
            and    queue_enabled
            on conflict (event_id) do nothing;

            insert into queue_door (event_id)
            select event_id
            from   queue
            where  event_id = @eventId
            on conflict (event_id) do nothing;
            """,
            new { eventId, seed = RandomNumberGenerator.GetBytes(32), now });
}
