using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>What people want now: three points for each ticket confirmed within the last seven days, one for each wish. A timer counts; lists only read.</summary>
public sealed class EventPopularity(Database database, TimeProvider clock)
{
    /// <summary>How far back it looks.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    /// <summary>Counts anew, and writes only what is different from the last time.</summary>
    public async Task Count(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync(
            """
            with counted as materialized (
                select   event_id, sum(points)::bigint as points
                from     (
                    select event_id, 3 * ticket_count as points
                    from   booking
                    where  status = 'confirmed'
                    and    confirmed_at > @since
                    union all
                    select event_id, 1
                    from   wishlist_item
                    where  created_at > @since) as wanted
                group by event_id
            ),
            forgotten as (
                delete from event_popularity
                where  event_id not in (select event_id from counted)
            )
            insert into event_popularity (event_id, points)
            select   event_id, points
            from     counted
            where    points > 0
            order by event_id
            on conflict (event_id) do update
            set      points = excluded.points
            where    event_popularity.points <> excluded.points
            """,
            new { since = clock.GetUtcNow() - Memory });
    }
}
