using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Standing places, of which one is as good as another.</summary>
internal static class StandingPlaces
{
    /// <summary>
    /// So many more for a cart, and what else it holds lifted as far as nobody else has it; fewer places than asked for means sold out, with the last word for certain.
    /// </summary>
    public static async Task<(long[] Places, long[] Lifted)> HoldAsync(
        Session db, long cartId, long categoryId, int quantity, long[] others, bool lastWord, DateTimeOffset until, DateTimeOffset now)
    {
        var places = lastWord
            ? await SeatHolds.HoldRemainingAsync(
                db, cartId, categoryId, quantity, await KeptPlaces.AreLeftOverAsync(db, categoryId, quantity, mayWait: true, now), until, now)
            : await SeatHolds.HoldAnyAsync(db, cartId, categoryId, quantity, leftOver: false, until, now);

        return (places, places.Length == quantity && others.Length > 0 ? await SeatHolds.LiftAsync(db, cartId, others, exceptItem: null, mayWait: false, until, now) : []);
    }

    /// <summary>The refusal that says how many there are.</summary>
    /// <param name="db">The transaction, which will not be committed.</param>
    /// <param name="categoryId">Of which category.</param>
    /// <param name="taken">Places that this transaction has just taken and gives back.</param>
    /// <param name="now">The moment.</param>
    public static async Task<Problem> WhatIsLeftAsync(Session db, long categoryId, int taken, DateTimeOffset now)
    {
        var left = await db.QuerySingleOrDefaultAsync<Remainder>(
            $"""
            select c.name,
                   free.places + @taken as available
            from   seat_category c
            {Availability.CountedSql}
            where  c.id = @categoryId
            """,
            new { categoryId, taken, now });
        return left is null ? SeatingProblems.SoldOut.With("available", 0L) : SeatingProblems.OnlyLeft(left.Name, left.Available);
    }

    private sealed record Remainder
    {
        public string Name { get; init; } = "";

        public long Available { get; init; }
    }
}
