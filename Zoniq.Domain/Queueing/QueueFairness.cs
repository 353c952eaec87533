using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>What anybody needs to check the draw: the commitment before it, the seed afterwards.</summary>
public sealed record Fairness
{
    public long EventId { get; init; }

    /// <summary>Entrants are in ascending order of this, with the id as lower-case text.</summary>
    public string Algorithm { get; init; } = "HMAC-SHA256(seed, queueEntryId)";

    /// <summary>committed before the queue opens, revealed afterwards.</summary>
    public string State { get; init; } = "";

    /// <summary>SHA-256 of the seed, in hex.</summary>
    public string Commitment { get; init; } = "";

    public DateTimeOffset CommittedAt { get; init; }

    /// <summary>32 bytes in hex; null before the queue opens.</summary>
    public string? Seed { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>How many took part in the draw.</summary>
    public long? EntrantCount { get; init; }

    /// <summary>SHA-256 of the CSV file, in hex: of all its bytes, with the mark at its beginning and CR LF after each line. Null until the draw is done.</summary>
    public string? EntrantsHash { get; init; }
}

/// <summary>A line of the draw.</summary>
public sealed record Entrant
{
    /// <summary>From 1; it is the queue number.</summary>
    public long Rank { get; init; }

    public Guid QueueEntryId { get; init; }
}

/// <summary>The proof that nobody chose the order of those who came early.</summary>
public sealed class QueueFairness(Database database, TimeProvider clock)
{
    /// <summary>Refuses an event the public does not know, and one that has no queue and had no draw.</summary>
    public async Task<Result<Fairness>> Of(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var room = await db.QuerySingleOrDefaultAsync<QueueRoom>(QueueRoom.Sql, new { eventId });

        if (room is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        if (!room.QueueEnabled && room.OpenedAt is null)
        {
            return QueueProblems.NotEnabled;
        }

        if (!room.IsPrepared)
        {
            await QueueDoor.PrepareAsync(db, eventId, clock.GetUtcNow());
        }

        return await db.QuerySingleAsync<Fairness>(
            """
            select queue.event_id,
                   case when door.opened_at is null then 'committed' else 'revealed' end as state,
                   queue.commitment,
                   queue.committed_at,
                   case when door.opened_at is not null then encode(queue.seed, 'hex') end as seed,
                   door.opened_at,
                   door.entrant_count,
                   queue.entrants_hash
            from   queue
            join   queue_door as door on door.event_id = queue.event_id
            where  queue.event_id = @eventId
            """,
            new { eventId });
    }

    /// <summary>Everybody who took part, in the order of the draw; nobody before it is done. Refused as <see cref="Of"/>.</summary>
    public async Task<Result<IAsyncEnumerable<Entrant>>> Entrants(long eventId, CancellationToken cancellationToken)
    {
        var found = await Of(eventId, cancellationToken);
        return found.Problem is { } problem
            ? problem
            : Result.Of(database.StreamAsync<Entrant>(
                """
                select   number as rank,
                         public_id as queue_entry_id
                from     queue_entry
                where    event_id = @eventId
                and      is_entrant
                and      number is not null
                order by number
                """,
                new { eventId },
                cancellationToken));
    }
}
