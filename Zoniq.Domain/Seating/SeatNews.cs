using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>
/// Makes versions of seat maps out of what whoever changed seats left behind. A change that commits late is in a later version, so nobody
/// waits for a number, and a transaction that stays open holds up its own news only.
/// </summary>
public sealed class SeatNews(Database database, TimeProvider clock)
{
    /// <summary>Statements that changed seats and are taken in one run.</summary>
    public const int MostAtOnce = 20_000;

    /// <summary>How long a version that was replaced can be asked from.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    /// <summary>The version of a map of which nothing was news yet.</summary>
    internal const long FirstVersion = 1;

    private const long AdvisoryLock = 0x5A4F4E5345415453; // "ZONSEATS"

    /// <summary>
    /// Numbers what has happened since the last run: one version for each event, however much it was. What it answers is for those who look at an event
    /// that is public. Of two at once one does the work.
    /// </summary>
    public async Task<SeatsChanged[]> Number(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!await IsNeeded(now, cancellationToken))
        {
            return [];
        }

        await using var db = await database.BeginAsync(cancellationToken);

        // A statement of its own: what the next one sees includes the versions of whoever had the lock before.
        if (!await db.QuerySingleAsync<bool>("select pg_try_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock }))
        {
            return [];
        }

        var versions = await Take(db, now);
        await Forget(db, now);
        var told = await Describe(db, [.. versions.Where(version => version.IsPublic)], now);
        await db.CommitAsync();
        return told;
    }

    private async Task<bool> IsNeeded(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<bool>(
            """
            select exists (select from seat_change)
                   or exists (select from seat_version where replaced_at <= @old)
            """,
            new { old = now - Memory });
    }

    /// <summary>News of an event that has been deleted meanwhile is nobody's.</summary>
    private static Task<NewVersion[]> Take(Session db, DateTimeOffset now) =>
        db.QueryAsync<NewVersion>(
            """
            with taken as materialized (
                delete from seat_change
                where  ctid = any(array(
                    select ctid
                    from   seat_change
                    limit  @MostAtOnce))
                returning event_id, seat_ids, moved_ids, category_ids, is_relisted
            ),
            there as materialized (
                select   id,
                         status in ('published', 'completed') as is_public
                from     event
                where    id = any(array(select event_id from taken))
                order by id
                for key share
            ),
            news as materialized (
                select   event_id,
                         array_agg(distinct what.id) filter (where what.kind = 'seat') as seat_ids,
                         array_agg(distinct what.id) filter (where what.kind = 'moved') as moved_ids,
                         array_agg(distinct what.id) filter (where what.kind = 'category') as category_ids,
                         bool_or(is_relisted) as is_relisted
                from     taken
                cross join lateral (
                    select 'seat' as kind, unnest(seat_ids) as id
                    union all
                    select 'moved', unnest(moved_ids)
                    union all
                    select 'category', unnest(category_ids)) as what
                group by event_id
            ),
            last as materialized (
                select there.id as event_id,
                       there.is_public,
                       (select   version
                        from     seat_version
                        where    event_id = there.id
                        order by version desc
                        limit    1) as version
                from   there
            ),
            replaced as (
                update seat_version
                set    replaced_at = @now
                from   last
                where  seat_version.event_id = last.event_id
                and    seat_version.version = last.version
            ),
            numbered as (
                insert into seat_version (event_id, version, seat_ids, moved_ids, category_ids, is_relisted)
                select event_id, coalesce(last.version, @FirstVersion) + 1,
                       coalesce(seat_ids, '{}'), coalesce(moved_ids, '{}'), coalesce(category_ids, '{}'), is_relisted
                from   news
                join   last using (event_id)
                returning event_id, version, seat_ids, category_ids
            )
            select   event_id, numbered.version, seat_ids, category_ids, is_public
            from     numbered
            join     last using (event_id)
            order by event_id
            """,
            new { MostAtOnce, FirstVersion, now });

    /// <summary>As many again as one run can make.</summary>
    private static Task<int> Forget(Session db, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            delete from seat_version
            where  ctid = any(array(
                select   ctid
                from     seat_version
                where    replaced_at <= @old
                order by replaced_at, version
                limit    @MostAtOnce))
            """,
            new { old = now - Memory, MostAtOnce });

    /// <summary>How it is at this moment, which is not before the version.</summary>
    private static async Task<SeatsChanged[]> Describe(Session db, NewVersion[] versions, DateTimeOffset now)
    {
        if (versions.Length == 0)
        {
            return [];
        }

        await using var results = await db.QueryMultipleAsync(
            $"""
            select     s.id,
                       s.event_id,
                       coalesce(s.category_id, 0) as category_id,
                       case when s.label is not null and c.is_active then {SeatStatus.Sql} else 'blocked' end as status
            from       seat s
            left join  seat_category c on c.id = s.category_id
            where      s.id = any(@seatIds)
            union
            select     s.id, s.event_id, s.category_id, 'available'    -- where somebody waits, what becomes of one seat decides how the other free ones are shown
            from       (select id from seat_category c where id = any(@categoryIds) and is_active and {KeptPlaces.CategoryIsAwaitedSql}) as awaited
            cross join lateral (
                select s.id, s.event_id, s.category_id
                from   seat s
                where  s.category_id = awaited.id
                and    s.label is not null
                and    {SeatStatus.IsFreeSql}) as s;

            select     c.id,
                       free.places::bigint as available_seats,
                       kept.places as kept
            from       seat_category c
            {Availability.ReckonedSql}
            where      c.id = any(@categoryIds)
            and        c.is_active;
            """,
            new
            {
                seatIds = versions.SelectMany(version => version.SeatIds).ToArray(),
                categoryIds = versions.SelectMany(version => version.CategoryIds).ToArray(),
                now,
            });
        var seats = await results.ReadAsync<Seen>();
        var categories = (await results.ReadAsync<SeatCategory>()).ToDictionary(category => category.Id);
        var statuses = seats.ToDictionary(
            seat => seat.Id,
            seat => seat.Status == SeatStatus.Available && categories.GetValueOrDefault(seat.CategoryId) is { Kept: > 0, AvailableSeats: 0 } ? SeatStatus.Locked : seat.Status);
        var ofEvent = seats.ToLookup(seat => seat.EventId, seat => seat.Id);

        return Array.ConvertAll(versions, version => new SeatsChanged
        {
            EventId = version.EventId,
            Version = version.Version,
            Seats = [.. version.SeatIds.Union(ofEvent[version.EventId]).Select(id => new ChangedSeat(id, statuses.GetValueOrDefault(id, SeatStatus.Blocked)))],
            Categories = Array.ConvertAll(version.CategoryIds, id => new ChangedCategory(id, categories.GetValueOrDefault(id)?.AvailableSeats ?? 0)),
        });
    }

    private sealed record Seen
    {
        public long Id { get; init; }

        public long EventId { get; init; }

        public long CategoryId { get; init; }

        public string Status { get; init; } = "";
    }

    private sealed record NewVersion
    {
        public long EventId { get; init; }

        public long Version { get; init; }

        public long[] SeatIds { get; init; } = [];

        public long[] CategoryIds { get; init; } = [];

        public bool IsPublic { get; init; }
    }
}
