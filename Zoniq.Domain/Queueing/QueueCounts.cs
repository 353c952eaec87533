using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>How many are in a waiting room, without looking at each of them.</summary>
internal sealed record QueueCounts
{
    public long Waiting { get; init; }

    public long Processing { get; init; }

    /// <summary>
    /// One row for <c>@eventId</c>, or none before there is a room: of the numbers not yet called those whose owners have not left or been sent home, and whoever has no number yet.
    /// The numbers of a draw that is not over yet belong to nobody.
    /// </summary>
    private const string Sql =
        """
        select door.last_number - case when queue.entrants_hash is null then coalesce(door.entrant_count, 0) else 0 end - queue.serving_number
               - (select count(*)
                  from   queue_entry
                  where  event_id = door.event_id
                  and    status in ('left', 'expired')
                  and    admitted_at is null
                  and    number > queue.serving_number)
               + case when queue.entrants_hash is null then (
                     select count(*)
                     from   queue_entry
                     where  event_id = door.event_id
                     and    is_entrant) else 0 end as waiting,
               (select count(*)
                from   queue_entry
                where  event_id = door.event_id
                and    status = 'processing') as processing
        from   queue_door as door
        join   queue on queue.event_id = door.event_id
        where  door.event_id = @eventId
        """;

    /// <summary>With the room they are of, if the public knows of it.</summary>
    public static async Task<(QueueRoom? Room, QueueCounts? Counts)> ReadAsync(Session db, long eventId)
    {
        await using var read = await db.QueryMultipleAsync($"{QueueRoom.Sql};\n{Sql}", new { eventId });
        return (await read.ReadSingleOrDefaultAsync<QueueRoom>(), await read.ReadSingleOrDefaultAsync<QueueCounts>());
    }
}
