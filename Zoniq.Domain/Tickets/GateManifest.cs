using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>From when on changes are of interest.</summary>
public sealed record ManifestFilter
{
    /// <summary>The version of the manifest the gate has; without it, or with one that was never given, everything.</summary>
    [Range(0, long.MaxValue)]
    public long? Since { get; init; }
}

/// <summary>What a gate needs to work without a network. Nobody's name is in it.</summary>
public sealed record GateManifest
{
    public long EventId { get; init; }

    /// <summary>Grows with every change.</summary>
    public long Version { get; init; }

    public DateTimeOffset GeneratedAt { get; init; }

    /// <summary>False when it lists only tickets that have changed since the version asked for.</summary>
    public bool Full { get; init; }

    /// <summary>To check codes, and the revocations, with.</summary>
    public IReadOnlyList<TicketKey> Keys { get; init; } = [];

    /// <summary>That may enter or have, by id.</summary>
    public ManifestTicket[] Tickets { get; init; } = [];

    /// <summary>
    /// Codes that enter no more, always all of them: a compact JWS (ES256) over <c>{eventId, version, issuedAt, revoked: [{t: ticket id, g: lowest valid generation}]}</c>;
    /// g is 0 for a ticket that never enters again.
    /// </summary>
    public string Revocations { get; init; } = "";
}

/// <summary>A ticket as a gate knows it.</summary>
public sealed record ManifestTicket
{
    public long Id { get; init; }

    public int Generation { get; init; }

    /// <summary>The first 16 bytes of the SHA-256 of the ticket number, base64url: enough to recognise a number that is typed, too little to forge one.</summary>
    public string NumberHash => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(TicketNumber)).AsSpan(0, 16));

    public long CategoryId { get; init; }

    /// <summary>Null for a standing place.</summary>
    public string? SeatLabel { get; init; }

    public bool IsUsed { get; init; }

    internal string TicketNumber { get; init; } = "";
}

/// <summary>
/// Makes manifests. Changes are numbered by whoever reads them, so a number is never told before all that belongs under it is there to be read; changes
/// themselves number nothing and wait for nobody.
/// </summary>
public sealed class GateManifests(Database database, TimeProvider clock, TicketSigner signer)
{
    /// <summary>Refuses an event that is not there.</summary>
    public async Task<Result<GateManifest>> Of(long eventId, ManifestFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (await NumberChanges(db, eventId) is not var (version, isCancelled))
        {
            return CatalogueProblems.EventNotFound;
        }

        // A number we never gave comes from another life of this database.
        var since = filter.Since is { } known && known <= version ? known : (long?)null;
        await using var read = await db.QueryMultipleAsync(
            """
            select   ticket.id,
                     ticket.generation,
                     ticket.ticket_number,
                     ticket.category_id,
                     seat.label as seat_label,
                     ticket.status = 'used' as is_used
            from     ticket_version as known
            join     ticket on ticket.id = known.ticket_id
            join     seat on seat.id = ticket.seat_id
            where    known.event_id = @eventId
            and      known.version > coalesce(@since::bigint, 0)
            and      ticket.status in ('valid', 'used')
            and      not @isCancelled
            order by ticket.id;

            select   ticket_id,
                     case when @isCancelled then 0 else lowest_generation end as lowest_generation
            from     ticket_version
            where    event_id = @eventId
            and      (@isCancelled or lowest_generation is not null)
            order by ticket_id
            """,
            new { eventId, since, isCancelled });
        var tickets = (await read.ReadAsync<ManifestTicket>()).ToArray();
        var revoked = (await read.ReadAsync<Revocation>()).ToArray();
        await read.DisposeAsync();
        await db.CommitAsync();

        return new GateManifest
        {
            EventId = eventId,
            Version = version,
            GeneratedAt = now,
            Full = since is null,
            Keys = signer.Keys,
            Tickets = tickets,
            Revocations = signer.SignJws(Payload(eventId, version, now, revoked)),
        };
    }

    /// <summary>
    /// The version that all changes seen so far have or are below, and whether the event was called off: then nobody is to be let in, though its bookings are called off one
    /// after the other. Null without such an event.
    /// </summary>
    private static async Task<(long Version, bool IsCancelled)?> NumberChanges(Session db, long eventId)
    {
        var (isKnown, hasChanged, version, isCancelled) = await db.QuerySingleAsync<(bool, bool, long, bool)>(
            $"""
            select ({KnownEvent.ExistsSql}),
                   exists (select from ticket_change where event_id = @eventId),
                   coalesce((select version from gate_manifest where event_id = @eventId), 0),
                   coalesce((select status = 'cancelled' from event where id = @eventId), false)
            """,
            new { eventId });

        if (!isKnown || !hasChanged)
        {
            return isKnown ? (version, isCancelled) : null;
        }

        // Readers of one event take their turns here, so that what has a number is in the order of the numbers.
        var next = await db.QuerySingleAsync<long>(
            """
            insert into gate_manifest as known (event_id, version)
            values (@eventId, 1)
            on conflict (event_id) do update
            set    version = known.version + 1
            returning version
            """,
            new { eventId });
        await db.ExecuteAsync(
            """
            with taken as (
                delete from ticket_change
                where  event_id = @eventId
                returning ticket_id
            )
            insert into ticket_version (ticket_id, event_id, version, lowest_generation)
            select id, @eventId, @next, case when status = 'void' then 0 when generation > 1 then generation end
            from   ticket
            where  id in (select ticket_id from taken)
            on conflict (ticket_id) do update
            set    version = excluded.version,
                   lowest_generation = excluded.lowest_generation
            """,
            new { eventId, next });
        return (next, isCancelled);
    }

    private static byte[] Payload(long eventId, long version, DateTimeOffset now, Revocation[] revoked)
    {
        using var payload = new MemoryStream();
        using (var writer = new Utf8JsonWriter(payload))
        {
            writer.WriteStartObject();
            writer.WriteNumber("eventId", eventId);
            writer.WriteNumber("version", version);
            writer.WriteString("issuedAt", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteStartArray("revoked");
            foreach (var code in revoked)
            {
                writer.WriteStartObject();
                writer.WriteNumber("t", code.TicketId);
                writer.WriteNumber("g", code.LowestGeneration);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return payload.ToArray();
    }

    private sealed record Revocation
    {
        public long TicketId { get; init; }

        public int LowestGeneration { get; init; }
    }
}
