using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Carts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Carts;

public sealed class CartPromoFunctions(CartPromo promos)
{
    /// <summary>Gives the cart a promo code, in place of the one it has.</summary>
    [Function("ApplyPromoCode")]
    [Limited(Limit.PromoCode)]
    [Refuses(
        "cart.not_found", "promo.not_found", "promo.not_started", "promo.ended", "promo.exhausted", "promo.user_limit", "promo.minimum_not_met", "cart.expired")]
    public Task<Result<Cart>> Apply(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/cart/promo")] HttpRequest request,
        [Query] CartFilter filter, [Body] ApplyPromo wish, CurrentUser user, CancellationToken cancellationToken) =>
        promos.Apply(user.Id, filter, wish, cancellationToken);

    /// <summary>Takes the promo code out of the cart.</summary>
    [Function("RemovePromoCode")]
    [Limited(Limit.PromoCode)]
    [Refuses("cart.not_found", "cart.expired")]
    public Task<Result<Cart>> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/cart/promo")] HttpRequest request,
        [Query] CartFilter filter, CurrentUser user, CancellationToken cancellationToken) =>
        promos.Remove(user.Id, filter, cancellationToken);
}
