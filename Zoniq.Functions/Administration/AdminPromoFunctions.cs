using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminPromoFunctions(PromoAdministration promos)
{
    /// <summary>Promo codes, newest first.</summary>
    [Function("ListPromoCodes")]
    [Allow(Access.Admin)]
    public Task<PromoCodePage> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/promo-codes")] HttpRequest request,
        [Query] PromoCodeFilter filter, [Query] PageRequest page, CancellationToken cancellationToken) =>
        promos.List(filter, page, cancellationToken);

    /// <summary>Enters a promo code, for one event or for all.</summary>
    [Function("CreatePromoCode")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "promo.code_taken")]
    public Task<Result<PromoCode>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/promo-codes")] HttpRequest request,
        [Body] CreatePromoCode promo, CurrentUser user, CancellationToken cancellationToken) =>
        promos.Create(user.Actor, promo, cancellationToken);

    /// <summary>One promo code.</summary>
    [Function("GetPromoCode")]
    [Allow(Access.Admin)]
    [Refuses("promo.not_found")]
    public Task<Result<PromoCode>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/promo-codes/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        promos.Get(id, cancellationToken);

    /// <summary>Changes a promo code. Carts that have it keep the terms under which they took it.</summary>
    [Function("ChangePromoCode")]
    [Allow(Access.Admin)]
    [Refuses("promo.not_found", "event.not_found", "promo.code_taken", "promo.in_use")]
    public Task<Result<PromoCode>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/promo-codes/{id:long:min(1)}")] HttpRequest request,
        [Body] PatchPromoCode patch, CurrentUser user, long id, CancellationToken cancellationToken) =>
        promos.Change(user.Actor, id, patch, cancellationToken);

    /// <summary>Deletes a promo code that nobody uses.</summary>
    [Function("DeletePromoCode")]
    [Allow(Access.Admin)]
    [Refuses("promo.not_found", "promo.in_use")]
    public Task<Result<Done>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/promo-codes/{id:long:min(1)}")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        promos.Delete(user.Actor, id, cancellationToken);
}
