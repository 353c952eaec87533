using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>What an administrator changes about a waiting room.</summary>
public sealed record QueueChange
{
    /// <summary>While it is paused, nobody is called.</summary>
    public bool? IsPaused { get; init; }

    /// <summary>Nobody can join any more, and when everybody has been served the queue switches itself off.</summary>
    public bool? IsDraining { get; init; }

    /// <summary>How many may be inside at a time.</summary>
    [Range(1, 500)]
    public int? BatchSize { get; init; }

    /// <summary>How long each may stay; for those called from now on.</summary>
    [Range(1, 60)]
    public int? ProcessingMinutes { get; init; }
}

/// <summary>A waiting room as the office sees it.</summary>
public sealed record QueueOverview
{
    public long EventId { get; init; }

    public bool QueueEnabled { get; init; }

    public bool IsPaused { get; init; }

    public bool IsDraining { get; init; }

    public int BatchSize { get; init; }

    public int ProcessingMinutes { get; init; }

    public long Waiting { get; init; }

    public long Processing { get; init; }

    public long Completed { get; init; }

    public long Expired { get; init; }

    public long Left { get; init; }

    /// <summary>The highest number called so far.</summary>
    public long ServingNumber { get; init; }

    /// <summary>Admissions a minute.</summary>
    public decimal RatePerMinute => QueueRoom.Rate(RecentAdmissions, BatchSize, ProcessingMinutes);

    [JsonIgnore]
    public int RecentAdmissions { get; init; }
}

/// <summary>What administrators do with a waiting room; it acts with the next tick.</summary>
public sealed class QueueControl(Database database, TimeProvider clock)
{
    /// <summary>Refuses an event that is not there, and one without a queue.</summary>
    public async Task<Result<QueueOverview>> Get(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await Load(db, eventId);
    }

    /// <summary>Refused as <see cref="Get"/>.</summary>
    public Task<Result<QueueOverview>> Change(Actor actor, long eventId, QueueChange change, CancellationToken cancellationToken) =>
        Change(actor, "update_queue", eventId, change, cancellationToken);

    /// <summary>Takes nobody in any more, and lets those who wait have their turn. Refused as <see cref="Get"/>.</summary>
    public Task<Result<QueueOverview>> Drain(Actor actor, long eventId, CancellationToken cancellationToken) =>
        Change(actor, "drain_queue", eventId, new QueueChange { IsDraining = true }, cancellationToken);

    private async Task<Result<QueueOverview>> Change(Actor actor, string action, long eventId, QueueChange change, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        // The event, the room, the door: as everybody locks them.
        await db.ExecuteAsync("select from event where id = @eventId for no key update", new { eventId });
        await QueueDoor.PrepareAsync(db, eventId, now);
        await db.ExecuteAsync("select from queue where event_id = @eventId for no key update", new { eventId });
        await db.ExecuteAsync("select from queue_door where event_id = @eventId for update", new { eventId });

        if (await Settings(db, eventId) is not { } before)
        {
            return (await Load(db, eventId)).Problem!;
        }

        var after = before with
        {
            IsPaused = change.IsPaused ?? before.IsPaused,
            IsDraining = change.IsDraining ?? before.IsDraining,
            BatchSize = change.BatchSize ?? before.BatchSize,
            ProcessingMinutes = change.ProcessingMinutes ?? before.ProcessingMinutes,
        };

        if (after != before)
        {
            await db.ExecuteAsync(
                """
                update event
                set    queue_batch_size = @BatchSize,
                       queue_processing_minutes = @ProcessingMinutes,
                       updated_at = @now
                where  id = @eventId
                and    (queue_batch_size, queue_processing_minutes) <> (@BatchSize, @ProcessingMinutes);

                update queue
                set    is_paused = @IsPaused
                where  event_id = @eventId;

                update queue_door
                set    is_draining = @IsDraining
                where  event_id = @eventId;
                """,
                new { eventId, after.IsPaused, after.IsDraining, after.BatchSize, after.ProcessingMinutes, now });
            await AuditLog.WriteAsync(db, actor, action, "event", eventId, AuditLog.Changes(before, after), now);
        }

        var changed = await Load(db, eventId);
        await db.CommitAsync();
        return changed;
    }

    private static Task<QueueSettings?> Settings(Session db, long eventId) =>
        db.QuerySingleOrDefaultAsync<QueueSettings>(
            """
            select queue.is_paused,
                   door.is_draining,
                   event.queue_batch_size as batch_size,
                   event.queue_processing_minutes as processing_minutes
            from   event
            join   queue on queue.event_id = event.id
            join   queue_door as door on door.event_id = event.id
            where  event.id = @eventId
            and    event.queue_enabled
            """,
            new { eventId });

    private static async Task<Result<QueueOverview>> Load(Session db, long eventId)
    {
        var found = await db.QuerySingleOrDefaultAsync<QueueOverview>(
            """
            select event.id as event_id,
                   event.queue_enabled,
                   coalesce(queue.is_paused, false) as is_paused,
                   coalesce(door.is_draining, false) as is_draining,
                   event.queue_batch_size as batch_size,
                   event.queue_processing_minutes as processing_minutes,
                   coalesce(queue.serving_number, 0) as serving_number,
                   coalesce(queue.recent_admissions, 0) as recent_admissions,
                   entries.*
            from   event
            left join queue on queue.event_id = event.id
            left join queue_door as door on door.event_id = event.id
            cross join lateral (
                select count(*) filter (where status = 'waiting') as waiting,
                       count(*) filter (where status = 'processing') as processing,
                       count(*) filter (where status = 'completed') as completed,
                       count(*) filter (where status = 'expired') as expired,
                       count(*) filter (where status = 'left') as left
                from   queue_entry
                where  queue_entry.event_id = event.id
                and    event.queue_enabled) as entries
            where  event.id = @eventId
            """,
            new { eventId });

        return found switch
        {
            null => CatalogueProblems.EventNotFound,
            { QueueEnabled: false } => QueueProblems.NotEnabled,
            _ => found,
        };
    }
    private sealed record QueueSettings
    {
        public bool IsPaused { get; init; }

        public bool IsDraining { get; init; }

        public int BatchSize { get; init; }

        public int ProcessingMinutes { get; init; }
    }
}
