namespace Zoniq.Domain.Carts;

/// <summary>How long a cart and what it holds are kept.</summary>
/// <param name="CartLife">From the last successful add or quantity change.</param>
/// <param name="SeatHold">Of each place, lifted by every later add or change, never beyond the cart's life.</param>
public sealed record CartPolicy(TimeSpan CartLife, TimeSpan SeatHold)
{
    /// <summary>Until when something is held that is put now into a cart that ends then.</summary>
    public DateTimeOffset HoldUntil(DateTimeOffset now, DateTimeOffset cartEnds) => now + SeatHold < cartEnds ? now + SeatHold : cartEnds;

    /// <summary>Minutes from CART_MINUTES (15) and SEAT_LOCK_MINUTES (7).</summary>
    public static CartPolicy From(Settings settings)
    {
        var life = settings.Number("CART_MINUTES", 15, 1, 24 * 60);
        return new CartPolicy(TimeSpan.FromMinutes(life), TimeSpan.FromMinutes(Math.Min(life, settings.Number("SEAT_LOCK_MINUTES", 7, 1, 24 * 60))));
    }
}
