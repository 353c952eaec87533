using System.Globalization;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>The events the public may know of: published ones, and those that are over.</summary>
public sealed class EventCatalogue(Database database, Availability availability, TimeProvider clock)
{
    /// <summary>The sorts of event that are offered for choosing.</summary>
    public EventCategory[] Categories { get; } = EventCategory.All;

    /// <summary>By date; when something is searched for, by relevance and then date.</summary>
    public async Task<EventPage> List(EventFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string Listed =
            """
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.status in ('published', 'completed')
            and       (@category::text is null or e.category = lower(@category))
            and       (@city::text is null or strpos(lower(v.city), lower(@city)) > 0)
            and       (@from::timestamp is null
                       or e.event_date >= (@from::timestamp - interval '15 hours') at time zone 'UTC'    -- no zone is further ahead: this bound can use the index
                          and e.event_date at time zone e.time_zone >= @from::timestamp)
            and       (@until::timestamp is null
                       or e.event_date <= (@until::timestamp + interval '15 hours') at time zone 'UTC'
                          and e.event_date at time zone e.time_zone <= @until::timestamp)
            and       (@fromInstant::timestamptz is null or e.event_date >= @fromInstant)
            and       (@untilInstant::timestamptz is null or e.event_date <= @untilInstant)
            and       (@minPrice::numeric is null and @maxPrice::numeric is null
                       or exists (
                           select from seat_category c
                           where  c.event_id = e.id
                           and    c.is_active
                           and    c.price between coalesce(@minPrice * 100, 0) and coalesce(@maxPrice * 100, 1e18)))
            """;
        const string Matching =
            """
            and       (e.search @@ to_tsquery('english', coalesce(@words, ''))
                       or strpos(lower(e.title), lower(@search)) > 0
                       or strpos(lower(e.short_description), lower(@search)) > 0
                       or strpos(lower(e.organizer_name), lower(@search)) > 0)
            """;
        const string ByDate =
            $"""
            select count(*)
            {Listed};

            select {EventColumns.OfList}
            {Listed}
            order by e.event_date, e.id
            limit @size offset @offset;
            """;
        const string ByRelevance =
            $"""
            select count(*)
            {Listed}
            {Matching};

            select {EventColumns.OfList}
            {Listed}
            {Matching}
            order by ts_rank(e.search, to_tsquery('english', coalesce(@words, ''))) desc, e.event_date, e.id
            limit @size offset @offset;
            """;

        var search = NullIfEmpty(filter.Search);
        var (events, total) = await ReadPage(
            search is null ? ByDate : ByRelevance,
            new
            {
                search,
                words = SearchWords.Query(search),
                category = NullIfEmpty(filter.Category),
                city = NullIfEmpty(filter.City),
                from = Local(filter.DateFrom, TimeSpan.Zero),
                until = Local(filter.DateTo, LastOfTheDay),
                fromInstant = filter.DateFrom?.Time?.Instant,
                untilInstant = filter.DateTo?.Time?.Instant,
                minPrice = filter.MinPrice,
                maxPrice = filter.MaxPrice,
                size = page.Size,
                offset = page.Offset,
            },
            cancellationToken);

        return new EventPage(await WithFigures(events, cancellationToken), total, page.Number, page.Size);
    }

    /// <summary>The same list, by relevance.</summary>
    public Task<EventPage> Search(EventSearch search, PageRequest page, CancellationToken cancellationToken) =>
        List(new EventFilter { Search = search.Q }, page, cancellationToken);

    /// <summary>Those that lie ahead, soonest first.</summary>
    public async Task<Event[]> Upcoming(UpcomingEvents wish, CancellationToken cancellationToken)
    {
        var events = await ReadUpcoming(wish, cancellationToken);
        return await WithFigures(events, cancellationToken);
    }

    /// <summary>By id when it is all digits, else by slug. Refuses events the public does not know of.</summary>
    public async Task<Result<EventDetail>> Get(string idOrSlug, CancellationToken cancellationToken)
    {
        var isId = idOrSlug.All(char.IsAsciiDigit);
        var id = isId && long.TryParse(idOrSlug, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

        var found = await Find(isId, id, idOrSlug, cancellationToken);
        return found is null ? CatalogueProblems.EventNotFound : (await WithFigures([found], cancellationToken))[0];
    }

    private async Task<(Event[] Events, long Total)> ReadPage(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var results = await db.QueryMultipleAsync(sql, parameters);

        var total = await results.ReadSingleAsync<long>();
        return ([.. await results.ReadAsync<Event>()], total);
    }

    private async Task<Event[]> ReadUpcoming(UpcomingEvents wish, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        return await db.QueryAsync<Event>(
            $"""
            select {EventColumns.OfList}
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.status in ('published', 'completed')
            and       e.event_date > @now
            and       (@category::text is null or e.category = lower(@category))
            order by  e.event_date, e.id
            limit     @limit
            """,
            new { limit = wish.Limit ?? 10, category = NullIfEmpty(wish.Category), now = clock.GetUtcNow() });
    }

    private async Task<EventDetail?> Find(bool isId, long id, string slug, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        return await db.QuerySingleOrDefaultAsync<EventDetail>(
            $"""
            select {EventColumns.OfDetail}
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.id = case when @isId then @id else (select id from event where slug = @slug) end
            and       e.status in ('published', 'completed')
            """,
            new { isId, id, slug });
    }

    /// <summary>The connection is back in the pool before the figures are asked for: nobody holds one connection while waiting for another.</summary>
    private async Task<T[]> WithFigures<T>(IReadOnlyCollection<T> events, CancellationToken cancellationToken)
        where T : Event
    {
        var figures = await availability.OfAsync(events.Select(listed => listed.Id), cancellationToken);
        var now = clock.GetUtcNow();
        return [.. events.Select(listed => EventFacts.Complete(listed, figures.GetValueOrDefault(listed.Id, EventFigures.Empty), now))];
    }

    private static readonly TimeSpan LastOfTheDay = TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1);

    /// <summary>What the wall clock shows at the bound; null when the bound is a moment. As text: PostgreSQL must not think of a zone.</summary>
    private static string? Local(DayInput? bound, TimeSpan intoTheDay)
    {
        var local = bound?.Day?.ToDateTime(TimeOnly.MinValue).Add(intoTheDay) ?? bound?.Time?.Local;
        return local?.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
