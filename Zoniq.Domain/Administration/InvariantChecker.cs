using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Something that must never be, and where it was seen.</summary>
public sealed record Finding
{
    /// <summary>Which invariant, in a few words.</summary>
    public string Invariant { get; init; } = "";

    /// <summary>Where: ids, counts, sums.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>A stretch of ids.</summary>
public sealed record IdWindow
{
    /// <summary>Ids begin above this one.</summary>
    public long After { get; init; }

    /// <summary>The last id.</summary>
    public long Until { get; init; }
}

/// <summary>
/// Reads straight from the rows whether what must always hold does hold. Constraints make most of it impossible; this looks at what
/// lies between tables, and at what code could still get wrong. It goes window by window, so that no statement takes long however long the
/// app has been in business; each invariant is looked at in one snapshot.
/// </summary>
public sealed class InvariantChecker(Database database, TimeProvider clock)
{
    /// <summary>Bookings in a window.</summary>
    public const int Bookings = 20_000;

    /// <summary>Places that the events of a window may have, unless the first event alone has more.</summary>
    private const int Places = 200_000;

    /// <summary>Events in a window.</summary>
    private const int Events = 2_000;

    /// <summary>Promo codes in a window.</summary>
    private const int Codes = 2_000;

    /// <summary>How often the codes of a window may be used, unless the first alone is used oftener.</summary>
    private const int Uses = 100_000;

    /// <summary>Everything. Nothing when all is well; at most 20 findings for each invariant and window.</summary>
    public async Task<Finding[]> CheckAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var now = clock.GetUtcNow();
        List<Finding> findings = [.. await StockInvariants.CheckLiveCartsAsync(db, now)];

        for (var window = await NextBookings(db, 0); window is not null; window = await NextBookings(db, window.Until))
        {
            findings.AddRange(await BookingInvariants.CheckAsync(db, window));
            findings.AddRange(await EntryInvariants.CheckAsync(db, window));
            findings.AddRange(await PromoInvariants.CheckBookingsAsync(db, window));
        }

        for (var window = await NextEvents(db, 0); window is not null; window = await NextEvents(db, window.Until))
        {
            findings.AddRange(await StockInvariants.CheckAsync(db, window, now));
            findings.AddRange(await QueueInvariants.CheckAsync(db, window));
            findings.AddRange(await WaitlistInvariants.CheckAsync(db, window));
        }

        for (var window = await NextCodes(db, 0); window is not null; window = await NextCodes(db, window.Until))
        {
            findings.AddRange(await PromoInvariants.CheckCodesAsync(db, window));
        }

        return [.. findings];
    }

    internal async Task<Finding[]> CheckBookingsAsync(IdWindow window, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return
        [
            .. await BookingInvariants.CheckAsync(db, window),
            .. await EntryInvariants.CheckAsync(db, window),
            .. await PromoInvariants.CheckBookingsAsync(db, window),
        ];
    }

    internal async Task<Finding[]> CheckEventsAsync(IdWindow window, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return
        [
            .. await StockInvariants.CheckAsync(db, window, clock.GetUtcNow()),
            .. await QueueInvariants.CheckAsync(db, window),
            .. await WaitlistInvariants.CheckAsync(db, window),
        ];
    }

    internal async Task<Finding[]> CheckCodesAsync(IdWindow window, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await PromoInvariants.CheckCodesAsync(db, window);
    }

    internal async Task<Finding[]> CheckLiveCartsAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await StockInvariants.CheckLiveCartsAsync(db, clock.GetUtcNow());
    }

    /// <summary>The last bookings made; null when there is none.</summary>
    internal static Task<IdWindow?> NewestBookings(Session db) => db.QuerySingleOrDefaultAsync<IdWindow>(
        """
        select min(id) - 1 as after,
               max(id) as until
        from   (select   id
                from     booking
                order by id desc
                limit    @Bookings) as newest
        having count(*) > 0
        """,
        new { Bookings });

    /// <summary>Null when there is none after this one.</summary>
    internal static Task<IdWindow?> NextBookings(Session db, long after) => db.QuerySingleOrDefaultAsync<IdWindow>(
        """
        select @after as after,
               max(id) as until
        from   (select   id
                from     booking
                where    id > @after
                order by id
                limit    @Bookings) as next
        having count(*) > 0
        """,
        new { after, Bookings });

    /// <summary>Null when there is none after this one. Events differ by a factor of ten thousand in what there is to count.</summary>
    internal static Task<IdWindow?> NextEvents(Session db, long after) => db.QuerySingleOrDefaultAsync<IdWindow>(
        """
        select @after as after,
               max(event_id) as until
        from   (select   event_id,
                         sum(sum(total_seats)) over (order by event_id) as places,
                         row_number() over (order by event_id) as place
                from     seat_category
                where    event_id > @after
                group by event_id
                order by event_id
                limit    @Events) as next
        where  places <= @Places
        or     place = 1
        having count(*) > 0
        """,
        new { after, Events, Places });

    /// <summary>The same for promo codes, which differ as much in how often they are used.</summary>
    internal static Task<IdWindow?> NextCodes(Session db, long after) => db.QuerySingleOrDefaultAsync<IdWindow>(
        """
        select @after as after,
               max(id) as until
        from   (select   id,
                         sum(used_count) over (order by id) as uses,
                         row_number() over (order by id) as place
                from     promo_code
                where    id > @after
                order by id
                limit    @Codes) as next
        where  uses <= @Uses
        or     place = 1
        having count(*) > 0
        """,
        new { after, Codes, Uses });
}
