using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>
/// The draw among those who were there before the queue opened: in the order of HMAC-SHA256(seed, queueEntryId as lower-case text). The seed was committed to before anybody joined, so
/// the order cannot have been chosen; and it depends on nothing else, so a draw that was interrupted is done again with the same outcome.
/// </summary>
internal static class QueueDraw
{
    /// <summary>The file of the draw: this line, then a line for each entrant, each ended by CR LF; its hash is over these bytes.</summary>
    public const string FileStart = "\uFEFFrank,queueEntryId\r\n";

    private const int BlockSize = 64;

    /// <summary>Numbers everybody in one statement, and keeps the hash of the outcome. The room must be open and its row locked.</summary>
    public static async Task DrawAsync(Session db, long eventId)
    {
        await db.AllowAsync(QueuePolicy.LongestStatement);    // half a million entrants are more than a statement's usual time
        var seed = await db.QuerySingleAsync<byte[]>("select seed from queue where event_id = @eventId", new { eventId });
        await db.ExecuteAsync(
            """
            with ranked as materialized (
                select id,
                       public_id,
                       row_number() over (order by sha256(@outer || sha256(@inner || convert_to(public_id::text, 'UTF8')))) as rank
                from   queue_entry
                where  event_id = @eventId
                and    is_entrant
            ),
            numbered as (
                update queue_entry
                set    number = ranked.rank
                from   ranked
                where  queue_entry.id = ranked.id
            )
            update queue
            set    entrants_hash = (
                       select encode(sha256(convert_to(@FileStart || coalesce(string_agg(rank || ',' || public_id || E'\r\n', '' order by rank), ''), 'UTF8')), 'hex')
                       from   ranked)
            where  event_id = @eventId
            """,
            new { eventId, inner = Pad(seed, 0x36), outer = Pad(seed, 0x5c), FileStart });
    }

    /// <summary>HMAC is two hashes, each of a padded key and what follows (RFC 2104); the seed is shorter than a block.</summary>
    private static byte[] Pad(byte[] seed, byte with)
    {
        var padded = new byte[BlockSize];
        seed.CopyTo(padded, 0);
        return [.. padded.Select(key => (byte)(key ^ with))];
    }
}
