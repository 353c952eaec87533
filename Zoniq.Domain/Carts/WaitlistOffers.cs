using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>
/// What moves the waiting lists on: ends what is over, and offers what has become free. Any number of instances may do it at once. Nothing waits for it but the offers themselves:
/// what is kept for those who wait is not on public sale, whenever it runs.
/// </summary>
public sealed partial class WaitlistOffers(Database database, TimeProvider clock, ILogger<WaitlistOffers> logger)
{
    /// <summary>Offers of one category in one run, and so many tries to make them.</summary>
    public const int MostAtOnce = 200;

    /// <summary>Entries ended in one statement.</summary>
    private const int MostEndings = 1_000;

    /// <summary>The next run is due after ten seconds.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(8);

    /// <summary>Every category once; one that fails is logged and does not hold up the others. Returns how many offers were made.</summary>
    public async Task<int> OfferAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await EndWhatIsOver(cancellationToken);
        var made = 0;

        foreach (var categoryId in await Categories(cancellationToken))
        {
            try
            {
                for (var tries = 0; tries < MostAtOnce && Stopwatch.GetElapsedTime(started) < LongestRun; tries++)
                {
                    switch (await WaitlistOffer.MakeAsync(database, categoryId, clock.GetUtcNow(), cancellationToken))
                    {
                        case null:
                            tries = MostAtOnce;
                            break;
                        case true:
                            made++;
                            break;
                        default:
                            break;
                    }
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailure(logger, categoryId, failure);
            }
        }

        return made;
    }

    /// <summary>
    /// Ends offers whose cart is over, or no longer holds what was offered; what it held is free already and goes to the next. Whoever uses the cart just now is not waited for.
    /// </summary>
    /// <param name="db">The transaction, or a session for this statement alone.</param>
    /// <param name="accountId">Of one person; null for everybody's.</param>
    /// <param name="atMost">So many; null for all.</param>
    /// <param name="now">The moment.</param>
    internal static Task<int> EndUnusedAsync(Session db, long? accountId, int? atMost, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            with unused as materialized (
                select   entry.id
                from     waitlist_entry as entry
                join     cart on cart.id = entry.cart_id
                where    entry.status = 'offered'
                and      (@accountId::bigint is null or entry.account_id = @accountId)
                and      (cart.status <> 'active'
                          or cart.expires_at <= @now
                          or not exists (
                              select from cart_item
                              where  cart_item.cart_id = cart.id
                              and    cart_item.category_id = entry.category_id))
                order by entry.id
                limit    @atMost::integer
                for update of cart, entry skip locked
            )
            update waitlist_entry
            set    status = 'expired',
                   changed_at = @now
            where  id = any(array(select id from unused))
            """,
            new { accountId, atMost, now });

    private async Task EndWhatIsOver(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await EndUnusedAsync(db, accountId: null, MostEndings, now);
        await db.ExecuteAsync(
            $"""
            with {AwaitedSql},
            over as materialized (
                select   entry.id
                from     awaited
                join     seat_category on seat_category.id = awaited.category_id
                join     event on event.id = seat_category.event_id and (event.booking_end_date < @now or event.status <> 'published')
                join     waitlist_entry as entry on entry.category_id = awaited.category_id and entry.status = 'waiting'
                order by entry.id
                limit    @MostEndings
                for update of entry skip locked
            )
            update waitlist_entry
            set    status = 'expired',
                   changed_at = @now
            where  id = any(array(select id from over))
            """,
            new { now, MostEndings });
        await db.ExecuteAsync(
            """
            update waitlist_entry
            set    saved_until = null,
                   changed_at = @now
            where  id = any(array(
                select id
                from   waitlist_entry
                where  status = 'waiting'
                and    saved_until <= @now
                for update skip locked))
            """,
            new { now });
    }

    /// <summary>Those that somebody waits for and of which something is free, in any order: should a run be too short for all of them, it is not always the same that are left out.</summary>
    private async Task<long[]> Categories(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<long>(
            $"""
            with {AwaitedSql}
            select   category_id
            from     awaited
            where    exists (
                         select from seat s
                         where  s.category_id = awaited.category_id
                         and    {SeatStatus.IsFreeSql})
            order by random()
            """,
            new { now = clock.GetUtcNow() });
    }

    /// <summary>Each category once, by index, however many wait for it.</summary>
    private const string AwaitedSql =
        """
        recursive awaited as (
            (select   category_id
             from     waitlist_entry
             where    status = 'waiting'
             order by category_id
             limit    1)
            union all
            select next.category_id
            from   awaited
            cross join lateral (
                select   category_id
                from     waitlist_entry
                where    status = 'waiting'
                and      category_id > awaited.category_id
                order by category_id
                limit    1) as next
        )
        """;

    [LoggerMessage(LogLevel.Error, "What is free of category {CategoryId} could not be offered to those who wait for it; the next run tries again.")]
    private static partial void LogFailure(ILogger logger, long categoryId, Exception failure);
}
