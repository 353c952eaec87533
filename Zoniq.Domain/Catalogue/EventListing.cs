using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>Reads pages of the public list, and how many events there are in all.</summary>
internal static class EventListing
{
    /// <summary>
    /// Words and their beginnings anywhere, and the text as it was typed in names and summary. Only when nothing at all has these, whatever the
    /// filter leaves of it, misspelt names are looked for. Each way has its own index.
    /// </summary>
    private static string Found(EventSort sort, string narrowed) =>
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
            and    event_words(e.title, e.short_description, e.organizer_name, e.description) @@ (select words from sought)
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
            select e.id, e.event_date, e.relevance
            from   found e
            where  true
            {narrowed}
        ),
        page as (
            select   e.id, e.relevance
            from     narrowed e
            order by {Order(sort, "e.relevance")}
            limit    @size offset @offset
        )
        select    counted.total, {EventColumns.OfList}
        from      (select count(*) as total from narrowed) as counted
        left join (page join event e on e.id = page.id left join venue v on v.id = e.venue_id) on true
        order by  {Order(sort, "page.relevance")}
        """;

    /// <summary>
    /// By date, or by price or popularity. Which events they are is read from an index alone, and by date no more of it than the pages so far; the rest is
    /// looked up for one page of them.
    /// </summary>
    public static Task<Event[]> ReadInOrderAsync(Session db, EventFilter filter, PageRequest page, DateTimeOffset now)
    {
        var order = Order(filter.Sort is EventSort.Price or EventSort.Popularity ? filter.Sort.Value : EventSort.Date);
        var days = new DayBounds(filter.DateFrom, filter.DateTo);
        return db.QueryAsync<Event>(
            $"""
            select {EventColumns.OfList}
            from (
                select   e.id
                from     event e
                where    e.status in ('published', 'completed')
                {Narrowed(filter, days)}
                order by {order}
                limit    @size offset @offset) as page
            join      event e on e.id = page.id
            left join venue v on v.id = e.venue_id
            order by  {order}
            """,
            Parameters(filter, days, page, now));
    }

    /// <summary>How many events the filter leaves; what is searched for does not count.</summary>
    public static Task<long> CountAsync(Session db, EventFilter filter, DateTimeOffset now)
    {
        var days = new DayBounds(filter.DateFrom, filter.DateTo);
        return db.QuerySingleAsync<long>(
            $"""
            select count(*)
            from   event e
            where  e.status in ('published', 'completed')
            {Narrowed(filter, days)}
            """,
            Parameters(filter, days, page: null, now));
    }

    /// <summary>What is searched for, by relevance or as asked for, and how many events there are in all: whoever ranks them has them all.</summary>
    public static async Task<(Event[] Events, long Total)> ReadFoundAsync(Session db, EventFilter filter, PageRequest page, DateTimeOffset now)
    {
        var days = new DayBounds(filter.DateFrom, filter.DateTo);
        var rows = await db.QueryAsync<ListedEvent>(Found(filter.Sort ?? EventSort.Relevance, Narrowed(filter, days)), Parameters(filter, days, page, now));

        // A page past the end is one row that has nothing but the total.
        return ([.. rows.Where(row => row.Id > 0)], rows[0].Total);
    }

    private static object Parameters(EventFilter filter, DayBounds days, PageRequest? page, DateTimeOffset now)
    {
        var search = NullIfEmpty(filter.Search)?.Trim();
        return new
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
            lowest = (long)Math.Ceiling((filter.MinPrice ?? 0) * 100),
            highest = (long)Math.Floor((filter.MaxPrice ?? EventFilter.HighestPrice) * 100),
            size = page?.Size,
            offset = page?.Offset,
            now,
        };
    }

    /// <summary>On the alias <c>e</c>. Both figures are read from an index, event by event.</summary>
    private static string Order(EventSort sort, string relevance = "") => sort switch
    {
        EventSort.Price => "(select min(c.price) from seat_category c where c.event_id = e.id and c.is_active) nulls last, e.event_date, e.id",
        EventSort.Popularity => "(select points from event_popularity where event_id = e.id) desc nulls last, e.event_date, e.id",
        EventSort.Relevance => $"{relevance} desc, e.event_date, e.id",
        _ => "e.event_date, e.id",
    };

    /// <summary>On the alias <c>e</c> and <c>@now</c>: first what no zone can be beyond, for the index, then what the clock on the wall says.</summary>
    private static string At(EventTime time) => time switch
    {
        EventTime.Today =>
            """
            e.event_date between @now - interval '26 hours' and @now + interval '26 hours'
            and (e.event_date at time zone e.time_zone)::date = (@now at time zone e.time_zone)::date
            """,
        EventTime.Tomorrow =>
            """
            e.event_date between @now - interval '2 hours' and @now + interval '50 hours'
            and (e.event_date at time zone e.time_zone)::date = (@now at time zone e.time_zone)::date + 1
            """,
        EventTime.Weekend =>
            """
            e.event_date between @now - interval '50 hours' and @now + interval '170 hours'
            and (e.event_date at time zone e.time_zone)::date - date_trunc('week', @now at time zone e.time_zone)::date in (5, 6)
            """,
        EventTime.Upcoming => "e.event_date > @now",
        _ => throw new ArgumentOutOfRangeException(nameof(time), time, null),
    };

    private static string Narrowed(EventFilter filter, DayBounds days) =>
        string.Join('\n', Conditions(filter, days).Select(condition => $"and {condition}"));

    /// <summary>
    /// On the alias <c>e</c> (event), and only those that are asked for: with all of them, and null for the rest, one plan for everybody looks at
    /// every event to count them.
    /// </summary>
    private static IEnumerable<string> Conditions(EventFilter filter, DayBounds days)
    {
        if (NullIfEmpty(filter.Category) is not null)
        {
            yield return "e.category = lower(@category)";
        }

        if (NullIfEmpty(filter.City) is not null)
        {
            yield return "e.venue_id in (select id from venue where strpos(lower(city), lower(@city)) > 0)";
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

        if (filter.When is { } time)
        {
            yield return At(time);
        }

        if ((filter.MinPrice ?? filter.MaxPrice) is not null)
        {
            yield return
                """
                exists (
                    select from seat_category c
                    where  c.event_id = e.id
                    and    c.is_active
                    and    c.price between @lowest and @highest)
                """;
        }
    }

    /// <summary>On the alias <c>e</c>, <c>@now</c> and <c>@category</c>, which may be null.</summary>
    private const string IsAhead = "e.status in ('published', 'completed') and e.event_date > @now and (@category::text is null or e.category = lower(@category))";

    public static Task<Event[]> ReadUpcomingAsync(Session db, UpcomingEvents wish, DateTimeOffset now) =>
        db.QueryAsync<Event>(
            $"""
            select {EventColumns.OfList}
            from      event e
            left join venue v on v.id = e.venue_id
            where     {IsAhead}
            order by  e.event_date, e.id
            limit     @Limit
            """,
            new { wish.Limit, category = NullIfEmpty(wish.Category), now });

    /// <summary>The most popular and, where these are not enough, the soonest: never more of either than are asked for.</summary>
    public static Task<Event[]> ReadTrendingAsync(Session db, UpcomingEvents wish, DateTimeOffset now) =>
        db.QueryAsync<Event>(
            $"""
            with wanted as (
                (select   e.id, p.points
                 from     event_popularity p
                 join     event e on e.id = p.event_id
                 where    {IsAhead}
                 order by p.points desc, e.event_date, e.id
                 limit    @Limit)
                union
                (select   e.id, (select points from event_popularity where event_id = e.id)
                 from     event e
                 where    {IsAhead}
                 order by e.event_date, e.id
                 limit    @Limit)
            )
            select {EventColumns.OfList}
            from      wanted
            join      event e on e.id = wanted.id
            left join venue v on v.id = e.venue_id
            order by  wanted.points desc nulls last, e.event_date, e.id
            limit     @Limit
            """,
            new { wish.Limit, category = NullIfEmpty(wish.Category), now });

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private sealed record ListedEvent : Event
    {
        internal long Total { get; init; }
    }
}
