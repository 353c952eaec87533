using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>Keeps the counters of booked places short to read. Nothing depends on when it runs: counter and open changes together are always right.</summary>
public sealed class StockCount(Database database)
{
    /// <summary>Changes added up in one run.</summary>
    public const int MostAtOnce = 20_000;

    /// <summary>Moves changes into the counters of their categories; returns how many. Two at once take different changes.</summary>
    public async Task<int> AddUp(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        return await db.QuerySingleAsync<int>(
            """
            with open as materialized (
                select   id
                from     stock_change
                order by id
                limit    @MostAtOnce
                for update skip locked
            ),
            taken as (
                delete from stock_change
                where  id = any(array(select id from open))
                returning category_id, change
            ),
            sums as materialized (
                select   category_id, sum(change) as change
                from     taken
                group by category_id
            ),
            counters as materialized (
                select   id
                from     seat_category
                where    id in (select category_id from sums)
                order by id
                for no key update
            ),
            counted as (
                update seat_category
                set    booked_seats = booked_seats + sums.change
                from   sums
                join   counters on counters.id = sums.category_id
                where  seat_category.id = sums.category_id
            )
            select count(*)::integer
            from   taken
            """,
            new { MostAtOnce });
    }
}
