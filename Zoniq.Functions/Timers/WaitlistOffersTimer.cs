using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Carts;

namespace Zoniq.Functions.Timers;

public sealed class WaitlistOffersTimer(WaitlistOffers offers)
{
    /// <summary>Offers what has become free to those who wait for it, and ends offers that were not used.</summary>
    [Function("WaitlistOffers")]
    public Task Run([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        offers.OfferAsync(cancellationToken);
}
