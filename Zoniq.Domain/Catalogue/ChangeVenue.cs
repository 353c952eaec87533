using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>What is to be different about a venue.</summary>
public sealed record PatchVenue : Patch
{
    [StringLength(255, MinimumLength = 1)]
    public string? Name { get; init; }

    [Clearable]
    [StringLength(500)]
    public string? Address { get; init; }

    [Clearable]
    [StringLength(100)]
    public string? City { get; init; }

    [Clearable]
    [StringLength(100)]
    public string? State { get; init; }

    [Clearable]
    [StringLength(100)]
    public string? Country { get; init; }

    [Clearable]
    [StringLength(20)]
    public string? Pincode { get; init; }

    [Clearable]
    [Range(1, int.MaxValue)]
    public int? Capacity { get; init; }

    /// <summary>An IANA zone. The events there are shown in it from then on; the moments at which they take place stay.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string? TimeZone { get; init; }

    [Clearable]
    [StringLength(20)]
    public string? ContactPhone { get; init; }

    /// <summary>Empty for none.</summary>
    [Clearable]
    [StringLength(254)]
    [EmailAddressOrNone]
    public string? ContactEmail { get; init; }

    /// <summary>At most 256 kB; replaces the whole map.</summary>
    [Clearable]
    [JsonSize(256 * 1024)]
    public JsonObject? SeatMapConfig { get; init; }

    public bool? IsActive { get; init; }
}

/// <summary>How a venue is to be removed.</summary>
public sealed record VenueRemoval
{
    /// <summary>For good, rather than out of use.</summary>
    public bool? Permanent { get; init; }
}

/// <summary>Changing and removing venues. Whoever locks a venue and events locks the venue first.</summary>
public sealed class ChangeVenue(Database database, TimeProvider clock, CatalogueOptions options)
{
    /// <summary>Events that a log row names; of more it says how many.</summary>
    private const int MostNamed = 100;

    /// <summary>Refuses a venue that is not there, and a zone that this machine or the database does not know.</summary>
    public async Task<Result<VenueDetail>> Change(Actor actor, long id, PatchVenue patch, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        await db.ExecuteAsync("select from venue where id = @id for no key update", new { id });
        if (await VenueAdministration.Load(db, id) is not { } before)
        {
            return CatalogueProblems.VenueNotFound;
        }

        if (patch.TimeZone is not null && TimeZones.Find(patch.TimeZone) is null)
        {
            return VenueAdministration.UnknownZone;
        }

        var after = Merge(before, patch);
        var changes = AuditLog.Changes(before, after);
        if (changes.Count == 0)
        {
            return before;
        }

        await Write(db, after, now);
        var isZoneNew = after.TimeZone != before.TimeZone;
        if (isZoneNew && !await IsKnown(db, after.TimeZone))
        {
            return VenueAdministration.UnknownZone;
        }

        var hasMoved = Place(before) != Place(after);
        if (isZoneNew || hasMoved)
        {
            var events = await FollowedByEvents(db, after, hasMoved, now);
            if (isZoneNew)
            {
                Name(changes, events);
            }
        }

        await AuditLog.WriteAsync(db, actor, "update_venue", "venue", id, changes, now);
        var changed = await VenueAdministration.Load(db, id);
        await db.CommitAsync();
        return changed!;
    }

    /// <summary>
    /// Takes the venue out of use; or removes it for good, and its events lose it. Refuses a venue that is not there and, for good, one where a published
    /// event is still to come or going on.
    /// </summary>
    public Task<Result<Done>> Delete(Actor actor, long id, VenueRemoval removal, CancellationToken cancellationToken) =>
        removal.Permanent == true ? Remove(actor, id, cancellationToken) : Deactivate(actor, id, cancellationToken);

    private async Task<Result<Done>> Deactivate(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var wasActive = await db.QuerySingleOrDefaultAsync<bool?>("select is_active from venue where id = @id for no key update", new { id });
        if (wasActive is null)
        {
            return CatalogueProblems.VenueNotFound;
        }

        if (wasActive == true)
        {
            await db.ExecuteAsync("update venue set is_active = false, updated_at = @now where id = @id", new { id, now });
            var changes = new JsonObject { ["isActive"] = new JsonObject { ["before"] = true, ["after"] = false } };
            await AuditLog.WriteAsync(db, actor, "soft_delete_venue", "venue", id, changes, now);
            await db.CommitAsync();
        }

        return Done.Well("Venue deactivated successfully");
    }

    private async Task<Result<Done>> Remove(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var name = await db.QuerySingleOrDefaultAsync<string>("select name from venue where id = @id for update", new { id });
        if (name is null)
        {
            return CatalogueProblems.VenueNotFound;
        }

        // In id order, as the change of a zone takes them.
        await db.ExecuteAsync("select from event where venue_id = @id order by id for no key update", new { id });
        var events = await db.QueryAsync<long>(
            $"""
            update event
            set    venue_id = null,
                   time_zone = @zone,
                   updated_at = @now
            where  venue_id = @id
            and    not ({EventCompletion.IsToComeSql})
            returning id
            """,
            new { id, zone = options.DefaultTimeZone.Id, now });
        var removed = await db.ExecuteAsync(
            """
            delete from venue
            where  id = @id
            and    not exists (select from event where venue_id = @id)
            """,
            new { id });
        if (removed == 0)
        {
            return CatalogueProblems.VenueInUse;
        }

        var details = new JsonObject { ["name"] = name };
        Name(details, events);
        await AuditLog.WriteAsync(db, actor, "hard_delete_venue", "venue", id, details, now);
        await db.CommitAsync();
        return Done.Well("Venue deleted permanently");
    }

    private static VenueDetail Merge(VenueDetail venue, PatchVenue patch) => venue with
    {
        Name = patch.Name ?? venue.Name,
        Address = patch.After(patch.Address, venue.Address),
        City = patch.After(patch.City, venue.City),
        State = patch.After(patch.State, venue.State),
        Country = patch.After(patch.Country, venue.Country),
        Pincode = patch.After(patch.Pincode, venue.Pincode),
        Capacity = patch.After(patch.Capacity, venue.Capacity),
        TimeZone = patch.TimeZone is { } zone ? TimeZones.Find(zone)!.Id : venue.TimeZone,
        ContactPhone = patch.After(patch.ContactPhone, venue.ContactPhone),
        ContactEmail = patch.After(patch.ContactEmail, venue.ContactEmail),
        SeatMapConfigText = patch.Clears(nameof(patch.SeatMapConfig)) ? null : StoredJson.Text(patch.SeatMapConfig) ?? venue.SeatMapConfigText,
        IsActive = patch.IsActive ?? venue.IsActive,
    };

    /// <summary>What is said of it to those who are to find it.</summary>
    private static (string Name, string? Address, string? City, string? State, string? Pincode) Place(VenueDetail venue) =>
        (venue.Name, venue.Address, venue.City, venue.State, venue.Pincode);

    private static void Name(JsonObject details, long[] events)
    {
        details["events"] = events.Length;
        details["eventIds"] = new JsonArray([.. events.Order().Take(MostNamed).Select(id => JsonValue.Create(id))]);
    }

    private static Task<int> Write(Session db, VenueDetail venue, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update venue
            set    name = @Name,
                   address = @Address,
                   city = @City,
                   state = @State,
                   country = @Country,
                   pincode = @Pincode,
                   capacity = @Capacity,
                   time_zone = @TimeZone,
                   contact_phone = @ContactPhone,
                   contact_email = @ContactEmail,
                   seat_map_config = @SeatMapConfigText::jsonb,
                   is_active = @IsActive,
                   updated_at = @now
            where  id = @Id
            """,
            new
            {
                venue.Id,
                venue.Name,
                venue.Address,
                venue.City,
                venue.State,
                venue.Country,
                venue.Pincode,
                venue.Capacity,
                venue.TimeZone,
                venue.ContactPhone,
                venue.ContactEmail,
                venue.SeatMapConfigText,
                venue.IsActive,
                now,
            });

    /// <summary>The database reads files to find out, so it is asked about a new one only.</summary>
    private static Task<bool> IsKnown(Session db, string timeZone) =>
        db.QuerySingleAsync<bool>("select exists (select from pg_timezone_names where name = @timeZone)", new { timeZone });

    /// <summary>The events there take over the venue's zone, and calendars learn of another place.</summary>
    private static Task<long[]> FollowedByEvents(Session db, VenueDetail venue, bool hasMoved, DateTimeOffset now) =>
        db.QueryAsync<long>(
            """
            update event
            set    time_zone = @TimeZone,
                   calendar_revision = calendar_revision + @hasMoved::integer,
                   updated_at = @now
            where  id = any(array(
                select   id
                from     event
                where    venue_id = @Id
                and      (time_zone <> @TimeZone or (@hasMoved and event_date > @now))
                order by id
                for no key update))
            returning id
            """,
            new { venue.Id, venue.TimeZone, hasMoved, now });
}
