using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>What a list of venues is narrowed to.</summary>
public sealed record VenueFilter
{
    /// <summary>Part of the city's name.</summary>
    [StringLength(100)]
    public string? City { get; init; }

    /// <summary>Whether events can be put there.</summary>
    public bool? IsActive { get; init; }

    /// <summary>Part of the name, the city or the address.</summary>
    [StringLength(100)]
    public string? Search { get; init; }
}

/// <summary>One page of venues and the number of all.</summary>
public sealed record VenuePage(Venue[] Venues, long Total, int Page, int PageSize);

/// <summary>The venues there are, by name.</summary>
public sealed class VenueList(Database database)
{
    private const string Columns = "id, name, address, city, state, country, pincode, capacity, time_zone, contact_phone, contact_email, is_active, created_at, updated_at";

    public async Task<VenuePage> List(VenueFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string Listed =
            """
            from   venue
            where  (@City::text is null or strpos(lower(city), lower(@City)) > 0)
            and    (@IsActive::boolean is null or is_active = @IsActive)
            and    (@Search::text is null
                    or strpos(lower(name), lower(@Search)) > 0
                    or strpos(lower(city), lower(@Search)) > 0
                    or strpos(lower(address), lower(@Search)) > 0)
            """;
        await using var db = await database.OpenAsync(cancellationToken);

        await using var results = await db.QueryMultipleAsync(
            $"""
            select count(*)
            {Listed};

            select   {Columns}
            {Listed}
            order by lower(name), id
            limit    @Size offset @Offset;
            """,
            new { filter.City, filter.IsActive, filter.Search, page.Size, page.Offset });

        var total = await results.ReadSingleAsync<long>();
        return new VenuePage([.. await results.ReadAsync<Venue>()], total, page.Number, page.Size);
    }

    /// <summary>Those where events can be put, for choosing one.</summary>
    public async Task<Venue[]> All(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<Venue>(
            $"""
            select   {Columns}
            from     venue
            where    is_active
            order by lower(name), id
            """);
    }
}
