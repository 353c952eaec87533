namespace Zoniq.Load;

/// <summary>Where buyers buy: the app over HTTP, or the same services without it. What fails throws <see cref="ShopRefusal"/>.</summary>
internal interface IShop
{
    /// <param name="buyer">Who.</param>
    /// <param name="house">Where.</param>
    /// <param name="seatId">A numbered seat; null for a standing place.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    Task AddAsync(Buyer buyer, House house, long? seatId, CancellationToken cancellationToken);

    /// <summary>Gives back what they hold there.</summary>
    Task ClearAsync(Buyer buyer, House house, CancellationToken cancellationToken);

    /// <summary>The booking.</summary>
    Task<long> CheckoutAsync(Buyer buyer, House house, CancellationToken cancellationToken);

    /// <summary>The gateway's order.</summary>
    Task<string> CreateOrderAsync(Buyer buyer, long bookingId, CancellationToken cancellationToken);

    /// <summary>Pays at the gateway; not part of what is measured.</summary>
    (string PaymentId, string Signature) Pay(string orderId);

    Task VerifyAsync(Buyer buyer, string orderId, string paymentId, string signature, CancellationToken cancellationToken);

    /// <summary>Lets in whoever shows this code.</summary>
    Task CheckInAsync(Buyer staff, string code, CancellationToken cancellationToken);
}

/// <summary>Somebody with an account.</summary>
internal sealed record Buyer(long Id, string Token);

/// <summary>It was refused, or failed.</summary>
internal sealed class ShopRefusal(string code) : Exception(code);
