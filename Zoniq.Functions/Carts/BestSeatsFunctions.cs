using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Carts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Carts;

public sealed class BestSeatsFunctions(BestSeats seats)
{
    /// <summary>Proposes the best free seats of a category, side by side where it can; adding them to the cart is what holds them.</summary>
    [Function("FindBestSeats")]
    [Limited(Limit.BestSeats)]
    [Refuses("event.not_found", "category.not_found", "event.booking_closed", "cart.seats_not_allowed", "cart.ticket_limit", "category.sold_out", "queue.not_admitted")]
    public Task<Result<BestSeatsAnswer>> Find(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/events/{id:long:min(1)}/best-seats")] HttpRequest request,
        long id, [Body] FindBestSeats wish, CurrentUser user, CancellationToken cancellationToken) =>
        seats.Find(user.Id, id, wish, cancellationToken);
}
