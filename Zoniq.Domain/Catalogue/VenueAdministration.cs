using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>A venue as an administrator enters it.</summary>
public sealed record CreateVenue
{
    [Required]
    [StringLength(255, MinimumLength = 1)]
    public string? Name { get; init; }

    [StringLength(500)]
    public string? Address { get; init; }

    [StringLength(100)]
    public string? City { get; init; }

    [StringLength(100)]
    public string? State { get; init; }

    /// <summary>India when not given.</summary>
    [StringLength(100)]
    public string? Country { get; init; }

    [StringLength(20)]
    public string? Pincode { get; init; }

    [Range(1, int.MaxValue)]
    public int? Capacity { get; init; }

    /// <summary>An IANA zone; Asia/Kolkata when not given.</summary>
    [StringLength(64)]
    public string? TimeZone { get; init; }

    [StringLength(20)]
    public string? ContactPhone { get; init; }

    [StringLength(254)]
    [EmailAddress]
    public string? ContactEmail { get; init; }

    /// <summary>At most 256 kB.</summary>
    [JsonSize(256 * 1024)]
    public JsonObject? SeatMapConfig { get; init; }
}

/// <summary>What administrators do with venues.</summary>
public sealed class VenueAdministration(Database database, TimeProvider clock)
{
    internal static readonly Problem UnknownZone = Problem.Validation("timeZone", "must be the name of an IANA time zone such as Asia/Kolkata.");

    /// <summary>Refuses a zone that this machine or the database does not know.</summary>
    public async Task<Result<VenueDetail>> Create(Actor actor, CreateVenue venue, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var zone = TimeZones.Find(string.IsNullOrEmpty(venue.TimeZone) ? "Asia/Kolkata" : venue.TimeZone);
        await using var db = await database.BeginAsync(cancellationToken);

        var id = await db.QuerySingleOrDefaultAsync<long?>(
            """
            insert into venue (
                name, address, city, state, country, pincode, capacity,
                time_zone, contact_phone, contact_email, seat_map_config, created_at)
            select @Name, nullif(@Address, ''), nullif(@City, ''), nullif(@State, ''), coalesce(nullif(@Country, ''), 'India'), nullif(@Pincode, ''), @Capacity,
                   @zone, nullif(@ContactPhone, ''), nullif(@ContactEmail, ''), @config::jsonb, @now
            where  exists (select from pg_timezone_names where name = @zone)
            returning id
            """,
            new
            {
                venue.Name,
                venue.Address,
                venue.City,
                venue.State,
                venue.Country,
                venue.Pincode,
                venue.Capacity,
                zone = zone?.Id,
                venue.ContactPhone,
                venue.ContactEmail,
                config = StoredJson.Text(venue.SeatMapConfig),
                now,
            });

        if (id is null)
        {
            return UnknownZone;
        }

        await AuditLog.WriteAsync(db, actor, "create_venue", "venue", id, new JsonObject { ["name"] = venue.Name, ["city"] = venue.City }, now);
        var created = await Load(db, id.Value);
        await db.CommitAsync();
        return created!;
    }

    /// <summary>Refuses a venue that is not there.</summary>
    public async Task<Result<VenueDetail>> Get(long id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await Load(db, id) is { } venue ? venue : CatalogueProblems.VenueNotFound;
    }

    internal static Task<VenueDetail?> Load(Session db, long id) =>
        db.QuerySingleOrDefaultAsync<VenueDetail>(
            """
            select id, name, address, city, state, country, pincode, capacity, time_zone, contact_phone, contact_email,
                   seat_map_config as seat_map_config_text, is_active, created_at, updated_at
            from   venue
            where  id = @id
            """,
            new { id });
}
