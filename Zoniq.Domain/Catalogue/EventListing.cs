using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>Reads a page of the public list, and how many events there are in all, in one statement.</summary>
internal static class EventListing
{
    private static string ByDate(string narrowed) =>
        $"""
        select    counted.total, page.*
        from      (
            select    count(*) as total
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.status in ('published', 'completed')
            {narrowed}) as counted
        left join (
            select    {EventColumns.OfList}
            from      event e
            left join venue v on v.id = e.venue_id
            where     e.status in ('published', 'completed')
            {narrowed}
            order by  e.event_date, e.id
            limit     @size offset @offset) as page on true
        order by  page.event_date, page.id
        """;

    /// <summary>
    /// Words and their beginnings anywhere, and the text as it was typed in names and summary. Only when nothing at all has these, whatever the
    /// filter leaves of it, misspelt names are looked for. Each way has its own index.
    /// </summary>
    private static string ByRelevance(string narrowed) =>
        $"""
        with sought as materialized (
            select (select string_agg(format('(%s)', to_tsquery('english', word) || to_tsquery('simple', word)), ' & ')::tsquery
                    from   unnest(@words) as word
                    where  numnode(to_tsquery('english', word)) > 0) as words,    -- the, and, of: nothing is found by these
                   lower(@part) as part
        ),
        worded as materialized (
            select e.id, e.event_date, e.category, e.venue_id, e.time_zone,
                   ts_rank(e.headline, (select words from sought)) + case when e.names like (select part from sought) then 1 else 0 end as relevance
            from   event e
            where  e.status in ('published', 'completed')
            and    e.search @@ (select words from sought)
        ),
        matching as materialized (
            select *
            from   worded
            union all
            select e.id, e.event_date, e.category, e.venue_id, e.time_zone, 1
            from   event e
            where  e.status in ('published', 'completed')
            and    e.names like (select part from sought)
            and    e.id not in (select id from worded)
            union all
            select e.id, e.event_date, e.category, e.venue_id, e.time_zone, 0
            from   event e
            where  e.status in ('published', 'completed')
            and    e.summary like (select part from sought)
            and    e.names not like (select part from sought)
            and    e.id not in (select id from worded)
        ),
        found as (
            select *
            from   matching
            union all
            select e.id, e.event_date, e.category, e.venue_id, e.time_zone, strict_word_similarity(@search, e.names)
            from   event e
            where  e.status in ('published', 'completed')
            and    @search <<% e.names
            and    not exists (select from matching)
        ),
        narrowed as materialized (
            select    e.id, e.event_date, e.relevance
            from      found e
            left join venue v on v.id = e.venue_id
            where     true
            {narrowed}
        ),
        page as (
            select   id, relevance
            from     narrowed
            order by relevance desc, event_date, id
            limit    @size offset @offset
        )
        select    counted.total, {EventColumns.OfList}
        from      (select count(*) as total from narrowed) as counted
        left join (page join event e on e.id = page.id left join venue v on v.id = e.venue_id) on true
        order by  page.relevance desc, e.event_date, e.id
        """;

    public static async Task<(Event[] Events, long Total)> ReadAsync(Session db, EventFilter filter, PageRequest page)
    {
        var search = NullIfEmpty(filter.Search)?.Trim();
        var days = new DayBounds(filter.DateFrom, filter.DateTo);
        var narrowed = string.Join('\n', Conditions(filter, days).Select(condition => $"and {condition}"));
        var rows = await db.QueryAsync<ListedEvent>(
            search is null ? ByDate(narrowed) : ByRelevance(narrowed),
            new
            {
                search,
                words = SearchWords.Beginnings(search),
                part = SearchWords.Part(search),
                category = NullIfEmpty(filter.Category),
                city = NullIfEmpty(filter.City),
                days.From,
                days.Until,
                days.Earliest,
                days.Latest,
                minPrice = filter.MinPrice,
                maxPrice = filter.MaxPrice,
                size = page.Size,
                offset = page.Offset,
            });

        // A page past the end is one row that has nothing but the total.
        return ([.. rows.Where(row => row.Id > 0)], rows[0].Total);
    }

    /// <summary>
    /// On the aliases <c>e</c> (event) and <c>v</c> (venue, which may be missing), and only those that are asked for: with all of them, and null for
    /// the rest, one plan for everybody looks at every event and its venue to count them.
    /// </summary>
    private static IEnumerable<string> Conditions(EventFilter filter, DayBounds days)
    {
        if (NullIfEmpty(filter.Category) is not null)
        {
            yield return "e.category = lower(@category)";
        }

        if (NullIfEmpty(filter.City) is not null)
        {
            yield return "strpos(lower(v.city), lower(@city)) > 0";
        }

        if (days.Earliest is not null)
        {
            yield return "e.event_date >= @Earliest";
        }

        if (days.Latest is not null)
        {
            yield return "e.event_date <= @Latest";
        }

        if (days.From is not null)
        {
            yield return "e.event_date at time zone e.time_zone >= @From::timestamp";
        }

        if (days.Until is not null)
        {
            yield return "e.event_date at time zone e.time_zone <= @Until::timestamp";
        }

        if ((filter.MinPrice ?? filter.MaxPrice) is not null)
        {
            // Event by event, says the offset: as a join, the categories of all events would be read first.
            yield return
                """
                exists (
                    select from seat_category c
                    where  c.event_id = e.id
                    and    c.is_active
                    and    c.price between coalesce(@minPrice * 100, 0) and coalesce(@maxPrice * 100, 1e18)
                    offset 0)
                """;
        }
    }

    public static Task<Event[]> ReadUpcomingAsync(Session db, UpcomingEvents wish, DateTimeOffset now) =>
        db.QueryAsync<Event>(
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
            new { limit = wish.Limit ?? 10, category = NullIfEmpty(wish.Category), now });

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private sealed record ListedEvent : Event
    {
        internal long Total { get; init; }
    }
}
