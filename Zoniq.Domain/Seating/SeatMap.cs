using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>Who can have which seat. People who look at the same time share one reading, at most a second old.</summary>
public sealed class SeatMap
{
    /// <summary>The map may lag a second; half of it is for reading and sending it.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromMilliseconds(500);

    private readonly SeatMapChanges changes;
    private readonly Recent<SeatMapReading> maps;
    private readonly Recent<SeatCategory[]> categories;

    public SeatMap(Database database, TimeProvider clock, SeatMapChanges changes)
    {
        this.changes = changes;
        maps = new Recent<SeatMapReading>(clock, Life, async eventIds =>
        {
            await using var db = await database.OpenAsync(CancellationToken.None);
            return (await ReadMaps(db, eventIds, clock.GetUtcNow())).ToDictionary(map => map.EventId, map => new SeatMapReading(map, categoryId => Part(map, categoryId)));
        });
        categories = new Recent<SeatCategory[]>(clock, Life, async eventIds =>
        {
            await using var db = await database.OpenAsync(CancellationToken.None);
            return await ReadCategories(db, eventIds, clock.GetUtcNow());
        });
    }

    /// <summary>
    /// The whole map, or one category of it; only what changed, for who has a version that is still known. Refuses events that are not public, and categories
    /// that are not on sale there.
    /// </summary>
    public async Task<Result<SeatMapAnswer>> Show(long eventId, SeatMapFilter filter, CancellationToken cancellationToken)
    {
        var difference = filter.Since is { } since ? await changes.After(eventId, since, cancellationToken) : null;
        if ((difference ?? await maps.GetAsync(eventId, cancellationToken)) is not { } reading)
        {
            return SeatingProblems.EventNotFound;
        }

        if (filter.CategoryId is not { } categoryId)
        {
            return reading.Whole;
        }

        return reading.Of(categoryId) is { } part ? part : SeatingProblems.CategoryNotFound;
    }

    /// <summary>The categories on sale, in the order in which they are displayed. Refuses events that are not public.</summary>
    public async Task<Result<SeatCategory[]>> Categories(long eventId, CancellationToken cancellationToken) =>
        await categories.GetAsync(eventId, cancellationToken) is { } listed ? listed : SeatingProblems.EventNotFound;

    private static async Task<IReadOnlyDictionary<long, SeatCategory[]>> ReadCategories(Session db, long[] eventIds, DateTimeOffset now)
    {
        await using var results = await db.QueryMultipleAsync(
            $"""
            select id
            from   event
            where  id = any(@eventIds)
            and    status in ('published', 'completed');

            {SeatCategory.SelectSql}
            where    c.event_id = any(@eventIds)
            and      c.is_active
            order by c.display_order, c.name, c.id;
            """,
            new { eventIds, now });

        var events = await results.ReadAsync<long>();
        var found = (await results.ReadAsync<SeatCategory>()).ToLookup(category => category.EventId);
        return events.ToDictionary(id => id, id => found[id].ToArray());
    }

    private static async Task<SeatMapAnswer[]> ReadMaps(Session db, long[] eventIds, DateTimeOffset now)
    {
        // The version is read first. A later statement can only see more than it promises, so whoever asks
        // again from this version misses nothing.
        await using var results = await db.QueryMultipleAsync(
            $"""
            select e.id as event_id, {SeatMapChanges.VersionSql} as version
            from   event e
            where  e.id = any(@eventIds)
            and    e.status in ('published', 'completed');

            {SeatCategory.SelectSql}
            where    c.event_id = any(@eventIds)
            and      c.is_active
            order by c.display_order, c.name, c.id;

            select s.id, s.category_id, s.label as seat_label, s.row_name, s.section, s.seat_number, s.position_x, s.position_y,
                   {SeatStatus.Sql} as status
            from   seat s
            join   seat_category c on c.id = s.category_id
            where  s.event_id = any(@eventIds)
            and    s.label is not null
            and    c.is_active;
            """,
            new { eventIds, now });

        var events = await results.ReadAsync<SeatMapAnswer>();
        var onSale = (await results.ReadAsync<SeatCategory>()).ToLookup(category => category.EventId);
        var seats = (await results.ReadAsync<Seat>()).ToLookup(seat => seat.CategoryId);

        return [.. events.Select(map => Fill(map, [.. onSale[map.EventId]], seats))];
    }

    private static SeatMapAnswer Fill(SeatMapAnswer map, SeatCategory[] onSale, ILookup<long, Seat> seats)
    {
        // Numbered seats are counted from the very rows that are shown, so that figure and map agree.
        var counted = Array.ConvertAll(onSale, category => category.SeatingType == SeatCategory.Assigned
            ? category with { TotalSeats = seats[category.Id].Count(), AvailableSeats = Math.Max(0, seats[category.Id].Count(seat => seat.Status == SeatStatus.Available) - category.Kept) }
            : category);
        var listed = WithoutKept(counted.SelectMany(category => seats[category.Id]), counted);
        Array.Sort(listed, SeatOrder.Instance);

        return map with
        {
            Categories = counted,
            Seats = listed,
            TotalSeats = counted.Sum(category => (long)category.TotalSeats),
            AvailableSeats = counted.Sum(category => category.AvailableSeats),
        };
    }

    /// <summary>Free seats show as locked where all of them are kept for those on the waiting list.</summary>
    internal static Seat[] WithoutKept(IEnumerable<Seat> seats, SeatCategory[] categories)
    {
        var closed = categories.Where(category => category is { Kept: > 0, AvailableSeats: 0 }).Select(category => category.Id).ToHashSet();
        return [.. seats.Select(seat => seat.Status == SeatStatus.Available && closed.Contains(seat.CategoryId) ? seat with { Status = SeatStatus.Locked } : seat)];
    }

    /// <summary>One category of a map; null when it is not on sale there.</summary>
    private static SeatMapAnswer? Part(SeatMapAnswer map, long categoryId) =>
        map.Categories.SingleOrDefault(category => category.Id == categoryId) is { } only
            ? map with
            {
                Categories = [only],
                Seats = [.. map.Seats.Where(seat => seat.CategoryId == categoryId)],
                TotalSeats = only.TotalSeats,
                AvailableSeats = only.AvailableSeats,
            }
            : null;
}
