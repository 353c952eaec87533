using System.Globalization;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>The events the public may know of: published ones, and those that are over. People who ask for the same list share one reading of it.</summary>
public sealed class EventCatalogue
{
    /// <summary>A list shows figures that may lag two seconds.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    /// <summary>Lists remembered at a time. Anybody can ask for any number of different ones, a hundred events each.</summary>
    private const int MostLists = 200;

    private readonly Database database;
    private readonly Availability availability;
    private readonly TimeProvider clock;
    private readonly Recent<ListWish, EventPage> lists;
    private readonly Recent<EventFilter, EventCount> counts;
    private readonly Recent<UpcomingEvents, Event[]> upcoming;
    private readonly Recent<UpcomingEvents, Event[]> trending;

    public EventCatalogue(Database database, Availability availability, TimeProvider clock)
    {
        (this.database, this.availability, this.clock) = (database, availability, clock);
        lists = new Recent<ListWish, EventPage>(clock, Life, MostLists, ReadList);
        counts = new Recent<EventFilter, EventCount>(clock, Life, MostLists, Count);
        upcoming = new Recent<UpcomingEvents, Event[]>(clock, Life, MostLists, wish => Ahead(wish, EventListing.ReadUpcomingAsync));
        trending = new Recent<UpcomingEvents, Event[]>(clock, Life, MostLists, wish => Ahead(wish, EventListing.ReadTrendingAsync));
    }

    /// <summary>The sorts of event that are offered for choosing.</summary>
    public EventCategory[] Categories { get; } = EventCategory.All;

    /// <summary>By date or as asked for; when something is searched for, by relevance and then date. At most a second old.</summary>
    public async Task<EventPage> List(EventFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        (await lists.GetAsync(new ListWish(filter, page), cancellationToken))!;

    /// <summary>The same list, by relevance.</summary>
    public Task<EventPage> Search(EventSearch search, PageRequest page, CancellationToken cancellationToken) =>
        List(new EventFilter { Search = search.Q }, page, cancellationToken);

    /// <summary>Those that lie ahead, soonest first. At most a second old.</summary>
    public async Task<Event[]> Upcoming(UpcomingEvents wish, CancellationToken cancellationToken) =>
        (await upcoming.GetAsync(wish, cancellationToken))!;

    /// <summary>Those that lie ahead, the most popular first. Popularity is counted every quarter of a minute.</summary>
    public async Task<Event[]> Trending(UpcomingEvents wish, CancellationToken cancellationToken) =>
        (await trending.GetAsync(wish, cancellationToken))!;

    /// <summary>By id when it is all digits, else by slug. Refuses events the public does not know of.</summary>
    public async Task<Result<EventDetail>> Get(string idOrSlug, CancellationToken cancellationToken)
    {
        var isId = idOrSlug.All(char.IsAsciiDigit);
        var id = isId && long.TryParse(idOrSlug, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

        var found = await Find(isId, id, idOrSlug, cancellationToken);
        return found is null ? CatalogueProblems.EventNotFound : (await WithFigures([found], cancellationToken))[0];
    }

    /// <summary>With prices, places and whether they can be booked now; the figures are at most half a second old.</summary>
    /// <remarks>To be called without a session: nobody holds one connection while waiting for another.</remarks>
    internal async Task<T[]> WithFigures<T>(IReadOnlyCollection<T> events, CancellationToken cancellationToken)
        where T : Event
    {
        var figures = await availability.OfAsync(events.Select(listed => listed.Id), cancellationToken);
        var now = clock.GetUtcNow();
        return [.. events.Select(listed => EventFacts.Complete(listed, figures.GetValueOrDefault(listed.Id, EventFigures.Empty), now))];
    }

    private async Task<EventPage> ReadList(ListWish wish)
    {
        var (events, total) = string.IsNullOrWhiteSpace(wish.Filter.Search) ? await ReadInOrder(wish) : await ReadFound(wish);
        return new EventPage(await WithFigures(events, CancellationToken.None), total, wish.Page.Number, wish.Page.Size);
    }

    /// <summary>To count is to look at all of them: the pages of a list share it.</summary>
    private async Task<(Event[] Events, long Total)> ReadInOrder(ListWish wish)
    {
        var total = await counts.GetAsync(wish.Filter with { Sort = null }, CancellationToken.None);
        await using var db = await database.OpenAsync(CancellationToken.None);
        return (await EventListing.ReadInOrderAsync(db, wish.Filter, wish.Page, clock.GetUtcNow()), total!.Total);
    }

    private async Task<(Event[] Events, long Total)> ReadFound(ListWish wish)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        return await EventListing.ReadFoundAsync(db, wish.Filter, wish.Page, clock.GetUtcNow());
    }

    private async Task<EventCount> Count(EventFilter filter)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        return new EventCount(await EventListing.CountAsync(db, filter, clock.GetUtcNow()));
    }

    private async Task<Event[]> Ahead(UpcomingEvents wish, Func<Session, UpcomingEvents, DateTimeOffset, Task<Event[]>> reading) =>
        await WithFigures(await Read(wish, reading), CancellationToken.None);

    private async Task<Event[]> Read(UpcomingEvents wish, Func<Session, UpcomingEvents, DateTimeOffset, Task<Event[]>> reading)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        return await reading(db, wish, clock.GetUtcNow());
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

    private sealed record ListWish(EventFilter Filter, PageRequest Page);

    private sealed record EventCount(long Total);
}
