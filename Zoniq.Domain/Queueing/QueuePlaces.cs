using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>The active places of some people, and what they mean now.</summary>
internal static class QueuePlaces
{
    /// <summary>For <c>@eventId</c> and <c>@accounts</c>.</summary>
    public const string Sql =
        """
        select account_id,
               public_id,
               status,
               number,
               joined_at,
               expires_at
        from   queue_entry
        where  event_id = @eventId
        and    account_id = any(@accounts)
        and    status in ('waiting', 'processing')
        """;

    /// <summary>The room and these people's places, in one round trip. The room is read first: a place may be better than it says, and never worse.</summary>
    public static async Task<(QueueRoom? Room, Dictionary<long, QueueEntry> Entries)> ReadAsync(Session db, long eventId, long[] accounts, DateTimeOffset now)
    {
        await using var read = await db.QueryMultipleAsync($"{QueueRoom.Sql};\n{Sql}", new { eventId, accounts });
        return await ReadAsync(read, now);
    }

    /// <summary>The same, when other statements came before.</summary>
    public static async Task<(QueueRoom? Room, Dictionary<long, QueueEntry> Entries)> ReadAsync(Results read, DateTimeOffset now)
    {
        var room = await read.ReadSingleOrDefaultAsync<QueueRoom>();
        var places = await read.ReadAsync<Place>();
        return (room, room is null ? [] : places.ToDictionary(place => place.AccountId, place => Entry(room, place, now)));
    }

    private static QueueEntry Entry(QueueRoom room, Place place, DateTimeOffset now)
    {
        var isInside = place.Status == "processing";
        var position = isInside ? 0 : place.Number - room.ServingNumber;
        return new QueueEntry
        {
            QueueEntryId = place.PublicId,
            EventId = room.EventId,
            Status = place.Status,
            Position = position,
            TotalAhead = position is { } at ? Math.Max(0, at - 1) : null,
            QueueNumber = isInside || place.Number <= room.NumberedTo ? place.Number : null,
            ServingNumber = room.ServingNumber,
            EstimatedWaitMinutes = isInside ? 0 : position is { } ahead ? room.WaitAt(ahead, now) : null,
            JoinedAt = place.JoinedAt,
            ExpiresAt = place.ExpiresAt,
            CanProceed = isInside && place.ExpiresAt > now,
        };
    }

    private sealed record Place
    {
        public long AccountId { get; init; }

        public Guid PublicId { get; init; }

        public string Status { get; init; } = "";

        public long? Number { get; init; }

        public DateTimeOffset JoinedAt { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }
    }
}
