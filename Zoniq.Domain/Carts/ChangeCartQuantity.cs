using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Changing how many standing places a cart holds.</summary>
public sealed class ChangeCartQuantity(Database database, TimeProvider clock, CartPolicy policy)
{
    /// <summary>More or fewer standing places of a category that is in the cart.</summary>
    public async Task<Result<Cart>> ChangeQuantity(long accountId, long itemId, ChangeQuantity change, CancellationToken cancellationToken)
    {
        var result = await TryChangeQuantity(accountId, itemId, change, lastWord: false, cancellationToken);
        return result.Problem?.Code == SeatingProblems.SoldOut.Code
            ? await TryChangeQuantity(accountId, itemId, change, lastWord: true, cancellationToken)
            : result;
    }

    private async Task<Result<Cart>> TryChangeQuantity(long accountId, long itemId, ChangeQuantity change, bool lastWord, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var quantity = change.Quantity!.Value;
        await using var db = await database.BeginAsync(cancellationToken);

        var line = await CartLine.LockAsync(db, accountId, itemId, now);

        if (line is null)
        {
            return CartProblems.ItemNotFound;
        }

        if (line.IsExpired(now))
        {
            return CartProblems.Expired;
        }

        if (!line.IsOpen(now))
        {
            return CatalogueProblems.BookingClosed;
        }

        if (line.SeatingType == "assigned")
        {
            return CartProblems.AssignedQuantity;
        }

        if (!line.MayBuy && quantity > line.Quantity)
        {
            return CartProblems.NotAdmitted;
        }

        if (!line.IsOnSale && quantity > line.Quantity)
        {
            return SeatingProblems.SoldOut.With("available", 0L);
        }

        if (line.Tickets - line.Quantity + quantity > line.MaxTicketsPerBooking)
        {
            return CartProblems.TicketLimit(line.MaxTicketsPerBooking);
        }

        var ends = line.IsWaitlistOffer ? line.ExpiresAt : now + policy.CartLife;
        var until = policy.HoldUntil(now, ends);
        var (kept, lifted) = await KeepStanding(db, line, itemId, quantity, lastWord, until, now);

        if (kept.Length < quantity)
        {
            return await StandingPlaces.WhatIsLeftAsync(db, line.CategoryId, kept.Length, now);
        }

        await db.ExecuteAsync(
            """
            with extended as (
                update cart
                set    expires_at = @ends,
                       updated_at = @now
                where  id = @CartId
            )
            update cart_item
            set    locked_until = case when id = @itemId or seat_ids <@ @lifted then greatest(locked_until, @until) else locked_until end,
                   quantity = case when id = @itemId then @quantity else quantity end,
                   seat_ids = case when id = @itemId then @kept else seat_ids end
            where  cart_id = @CartId
            """,
            new { line.CartId, itemId, quantity, kept, lifted, until, ends, now });

        var cart = await CartReader.LoadReduced(db, line.CartId);
        await db.CommitAsync();
        return cart;
    }

    /// <summary>The places of a line after its quantity changes: those it still has, some given back or some more taken.</summary>
    private static async Task<(long[] Kept, long[] Lifted)> KeepStanding(
        Session db, CartLine line, long itemId, int quantity, bool lastWord, DateTimeOffset until, DateTimeOffset now)
    {
        // The whole house may have to be waited for, and only in id order: so what is missing is taken before the rest is lifted.
        var stillHeld = await db.QueryAsync<long>(
            """
            select id
            from   seat
            where  id = any(@SeatIds)
            and    cart_id = @CartId
            """,
            new { line.SeatIds, line.CartId });
        var missing = Math.Max(0, quantity - stillHeld.Length);
        var (more, _) = missing == 0
            ? ([], [])
            : await StandingPlaces.HoldAsync(db, line.CartId, line.CategoryId, missing, [], lastWord, until, now);

        if (more.Length < missing)
        {
            return (more, []);
        }

        var lifted = await SeatHolds.LiftAsync(db, line.CartId, line.AllSeatIds, itemId, mayWait: missing == 0, until, now);
        if (missing > 0 && stillHeld.Except(lifted).Any())
        {
            return (more, []);    // somebody has one of them locked, and left out it would be in no line
        }

        var own = line.SeatIds.Intersect(lifted).ToArray();
        var all = own.Union(more).ToArray();    // what was missing may have been found among those that had lapsed
        var kept = all.Take(quantity).ToArray();
        var surplus = all.Skip(quantity).ToArray();

        if (surplus.Length > 0)
        {
            await SeatHolds.ReleaseAsync(db, line.CartId, surplus);
        }

        return (kept, lifted);
    }
}
