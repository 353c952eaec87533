using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>
/// What changed on a map since a version of it. Whoever applies it to the map of that version has the map of this one, and in it everything that
/// had happened when it was read.
/// </summary>
public sealed class SeatMapChanges
{
    /// <summary>Differences that are remembered; people who look at the same time have the same few versions.</summary>
    private const int Most = 2_000;

    /// <summary>An expression over the alias <c>e</c> of table event: the version of its map.</summary>
    internal const string VersionSql =
        """
        coalesce(
            (select   version
             from     seat_version
             where    event_id = e.id
             order by version desc
             limit    1), 1)
        """;

    private readonly Recent<(long EventId, long Since), Difference> recent;

    public SeatMapChanges(Database database, TimeProvider clock) =>
        recent = new Recent<(long, long), Difference>(clock, SeatMap.Life, Most, async asked =>
        {
            await using var db = await database.OpenAsync(CancellationToken.None);
            return new Difference(await Read(db, asked.Item1, asked.Item2, clock.GetUtcNow()));
        });

    /// <summary>Null when the version is not known, or not any more, when categories came on sale or went off since, and when nobody may see the event.</summary>
    internal async Task<SeatMapReading?> After(long eventId, long since, CancellationToken cancellationToken) =>
        since < SeatNews.FirstVersion ? null : (await recent.GetAsync((eventId, since), cancellationToken))!.Reading;

    private static async Task<SeatMapReading?> Read(Session db, long eventId, long since, DateTimeOffset now)
    {
        // The version first: what is seen afterwards may be more than it promises, never less. What has no number yet is in the next one.
        var version = await db.QuerySingleOrDefaultAsync<long?>(
            $"""
            select {VersionSql}
            from   event e
            where  e.id = @eventId
            and    e.status in ('published', 'completed')
            """,
            new { eventId });
        if (version is not { } current || since > current)
        {
            return null;
        }

        var news = await db.QueryAsync<News>(
            """
            select version, seat_ids, moved_ids, category_ids, is_relisted
            from   seat_version
            where  event_id = @eventId
            and    version > @since
            union all
            select null, seat_ids, moved_ids, category_ids, is_relisted
            from   seat_change
            where  event_id = @eventId
            """,
            new { eventId, since });
        return news.Count(one => one.Version <= current) < current - since || news.Any(one => one.IsRelisted)
            ? null
            : await Compare(db, eventId, current, news, now);
    }

    private static async Task<SeatMapReading> Compare(Session db, long eventId, long version, News[] news, DateTimeOffset now)
    {
        long[] touched = [.. news.SelectMany(one => one.SeatIds).Distinct()];
        var moved = news.SelectMany(one => one.MovedIds).ToHashSet();
        var changed = news.SelectMany(one => one.CategoryIds).ToHashSet();

        // A hold that ran out and is not cleared yet has changed what can be had, and nobody has told. Where somebody waits, what becomes of one seat decides how the other free
        // ones are shown.
        await using var results = await db.QueryMultipleAsync(
            $"""
            {SeatCategory.SelectSql}
            where    c.event_id = @eventId
            and      c.is_active
            order by c.display_order, c.name, c.id;

            select    s.id, s.category_id, s.label as seat_label, s.row_name, s.section, s.seat_number, s.position_x, s.position_y,
                      {SeatStatus.Sql} as status
            from      seat s
            join      seat_category c on c.id = s.category_id
            left join unnest(@touched) as touched (id) on touched.id = s.id
            where     s.event_id = @eventId
            and       c.is_active
            and       ((touched.id is not null and s.label is not null)
                       or s.locked_until <= @now
                       or (s.label is not null and {SeatStatus.IsFreeSql} and c.id = any(@changedCategories) and {KeptPlaces.CategoryIsAwaitedSql}));
            """,
            new { eventId, touched, changedCategories = changed.ToArray(), now });
        var onSale = (await results.ReadAsync<SeatCategory>()).ToArray();
        var places = (await results.ReadAsync<Seat>()).ToArray();

        changed.UnionWith(places.Select(place => place.CategoryId));
        var seats = SeatMap.WithoutKept(places.Where(place => place.SeatLabel is not null), onSale);
        Array.Sort(seats, SeatOrder.Instance);

        var whole = new SeatMapAnswer
        {
            EventId = eventId,
            Version = version,
            Full = false,
            Categories = Array.FindAll(onSale, category => changed.Contains(category.Id)),
            Seats = seats,
            RemovedSeatIds = [.. touched.Except(seats.Select(seat => seat.Id)).Order()],
            TotalSeats = onSale.Sum(category => (long)category.TotalSeats),
            AvailableSeats = onSale.Sum(category => category.AvailableSeats),
        };
        return new SeatMapReading(whole, categoryId => Part(whole, onSale, moved, categoryId));
    }

    /// <summary>A seat that went to another category is gone from this one.</summary>
    private static SeatMapAnswer? Part(SeatMapAnswer whole, SeatCategory[] onSale, HashSet<long> moved, long categoryId)
    {
        if (Array.Find(onSale, category => category.Id == categoryId) is not { } only)
        {
            return null;
        }

        Seat[] seats = Array.FindAll(whole.Seats, seat => seat.CategoryId == categoryId);
        return whole with
        {
            Categories = Array.FindAll(whole.Categories, category => category.Id == categoryId),
            Seats = seats,
            RemovedSeatIds = [.. moved.Except(seats.Select(seat => seat.Id)).Order()],
            TotalSeats = only.TotalSeats,
            AvailableSeats = only.AvailableSeats,
        };
    }

    /// <summary>That there is none is worth remembering too.</summary>
    private sealed record Difference(SeatMapReading? Reading);

    private sealed record News
    {
        public long? Version { get; init; }

        public long[] SeatIds { get; init; } = [];

        public long[] MovedIds { get; init; } = [];

        public long[] CategoryIds { get; init; } = [];

        public bool IsRelisted { get; init; }
    }
}
