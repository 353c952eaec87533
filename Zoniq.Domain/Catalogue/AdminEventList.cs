using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>What the administrators' list of events is narrowed to.</summary>
public sealed record AdminEventFilter : IValidatableObject
{
    /// <summary>draft, published, cancelled or completed.</summary>
    [AllowedValues(
        null, EventStatus.Draft, EventStatus.Published, EventStatus.Cancelled, EventStatus.Completed, ErrorMessage = "must be draft, published, cancelled or completed.")]
    public string? Status { get; init; }

    /// <summary>Exactly this one.</summary>
    [StringLength(50)]
    public string? Category { get; init; }

    /// <summary>Part of the name of the venue's city.</summary>
    [StringLength(100)]
    public string? City { get; init; }

    /// <summary>Part of the title, the slug, the summary or the organiser's name.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>The first day, in the zone of each event.</summary>
    public DayInput? DateFrom { get; init; }

    /// <summary>The last day, which is included.</summary>
    public DayInput? DateTo { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DayBounds.Check(DateFrom, DateTo, zone: null);
}

/// <summary>One page of events as administrators see them, and the number of all.</summary>
public sealed record AdminEventPage(AdminEvent[] Events, long Total, int Page, int PageSize);

/// <summary>How many events are in which state.</summary>
public sealed record EventCounts
{
    public long Total { get; init; }

    public long Draft { get; init; }

    public long Published { get; init; }

    public long Cancelled { get; init; }

    public long Completed { get; init; }
}

/// <summary>Every event, whatever its status.</summary>
public sealed class AdminEventList(Database database, EventCatalogue catalogue)
{
    /// <summary>By date; the figures are at most half a second old.</summary>
    public async Task<AdminEventPage> List(AdminEventFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var (events, total) = await Read(filter, page, cancellationToken);
        return new AdminEventPage(await catalogue.WithFigures(events, cancellationToken), total, page.Number, page.Size);
    }

    public async Task<EventCounts> Count(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<EventCounts>(
            """
            select count(*) as total,
                   count(*) filter (where status = 'draft') as draft,
                   count(*) filter (where status = 'published') as published,
                   count(*) filter (where status = 'cancelled') as cancelled,
                   count(*) filter (where status = 'completed') as completed
            from   event
            """);
    }

    private async Task<(AdminEvent[] Events, long Total)> Read(AdminEventFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string Listed =
            """
            from      event e
            left join venue v on v.id = e.venue_id
            where     (@Status::text is null or e.status = @Status)
            and       (@part::text is null or e.names like lower(@part) or e.summary like lower(@part) or e.slug like lower(@part))
            and       (@Category::text is null or e.category = lower(@Category))
            and       (@City::text is null or strpos(lower(v.city), lower(@City)) > 0)
            and       e.event_date between coalesce(@Earliest::timestamptz, '-infinity') and coalesce(@Latest::timestamptz, 'infinity')
            and       (@From::timestamp is null or e.event_date at time zone e.time_zone >= @From::timestamp)
            and       (@Until::timestamp is null or e.event_date at time zone e.time_zone <= @Until::timestamp)
            """;
        var days = new DayBounds(filter.DateFrom, filter.DateTo);
        await using var db = await database.OpenAsync(cancellationToken);

        await using var results = await db.QueryMultipleAsync(
            $"""
            select count(*)
            {Listed};

            select {EventColumns.OfAdministration}
            {Listed}
            order by e.event_date, e.id
            limit @Size offset @Offset;
            """,
            new
            {
                filter.Status,
                part = SearchWords.Part(filter.Search),
                filter.Category,
                filter.City,
                days.From,
                days.Until,
                days.Earliest,
                days.Latest,
                page.Size,
                page.Offset,
            });

        var total = await results.ReadSingleAsync<long>();
        return ([.. await results.ReadAsync<AdminEvent>()], total);
    }
}
