namespace Zoniq.Domain.Bookings;

/// <summary>What the business promises about an unpaid booking.</summary>
/// <param name="TimeToPay">How long its places are kept after checkout.</param>
public sealed record BookingPolicy(TimeSpan TimeToPay)
{
    /// <summary>When the gateway cannot say whether money arrived, an overdue booking waits this much longer at most.</summary>
    public static readonly TimeSpan GraceForGateway = TimeSpan.FromMinutes(10);

    /// <summary>The gateway gives back one rupee at least; what would be less is not given back.</summary>
    public static readonly Money LeastRefund = new(100);

    /// <summary>Minutes from BOOKING_PAYMENT_MINUTES (15).</summary>
    public static BookingPolicy From(Settings settings) =>
        new(TimeSpan.FromMinutes(settings.Number("BOOKING_PAYMENT_MINUTES", 15, 1, 24 * 60)));

    /// <summary>What a cancellation at <paramref name="now"/> returns: the percentage of what was paid, rounded down to the paisa, up to so many hours before the event.</summary>
    public static Money Refundable(Money paid, string refundType, int hoursBefore, int percent, DateTimeOffset eventDate, DateTimeOffset now) =>
        refundType == "full_until" && now <= eventDate.AddHours(-hoursBefore) && now < eventDate
            ? IfSendable(new Money((long)((Int128)paid.Paise * percent / 100)))
            : Money.Zero;

    /// <summary>Nothing, when it is too little to be given back.</summary>
    public static Money IfSendable(Money amount) => amount < LeastRefund ? Money.Zero : amount;
}
