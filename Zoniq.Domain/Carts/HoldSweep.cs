using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Tidies up after carts that ran out. Nothing waits for it: a lapsed hold is free already.</summary>
public sealed class HoldSweep(Database database, StockCount stock, TimeProvider clock)
{
    /// <summary>Carts looked at in one run.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Places whose hold has run out that are cleared in one run, of carts that live.</summary>
    public const int MostPlacesAtOnce = 20_000;

    /// <summary>Clears the seat rows of carts and holds that ran out, returns the uses of their codes, and adds up what was booked; returns how many carts it cleared.</summary>
    public async Task<int> Sweep(CancellationToken cancellationToken)
    {
        var cleared = await Clear(cancellationToken);
        await ClearHolds(cancellationToken);
        await stock.AddUp(cancellationToken);
        return cleared;
    }

    private async Task ClearHolds(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await SeatHolds.ReleaseLapsedAsync(db, endAfter: now, MostPlacesAtOnce, now);
    }

    private async Task<int> Clear(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var cleared = await db.QueryAsync<long>(
            """
            update cart
            set    status = 'expired',
                   is_cleared = true
            where  id = any(array(
                select   id
                from     cart
                where    not is_cleared
                and      expires_at <= @now
                order by expires_at
                limit    @MostAtOnce
                for update skip locked))    -- with in, an unknown number is planned as a walk through every cart
            returning id
            """,
            new { now, MostAtOnce });

        if (cleared.Length > 0)
        {
            await CartAbandonment.FreeAsync(db, cleared);
        }

        await db.CommitAsync();
        return cleared.Length;
    }
}
