using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Seating;

public sealed class AdminSeatCategoryFunctions(SeatCategoryAdministration categories, ChangeSeatCategory changing)
{
    /// <summary>Every category of an event, also those that are not on sale.</summary>
    [Function("ListAdminSeatCategories")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<SeatCategory[]>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/events/{id:long:min(1)}/categories")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        categories.OfEvent(id, cancellationToken);

    /// <summary>Enters a category with all its places; they are standing places until it gets numbered seats.</summary>
    [Function("CreateSeatCategory")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.name_taken")]
    public Task<Result<SeatCategory>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events/{id:long:min(1)}/categories")] HttpRequest request,
        [Body] CreateSeatCategory category, CurrentUser user, long id, CancellationToken cancellationToken) =>
        categories.Create(user.Actor, id, category, cancellationToken);

    /// <summary>Changes a category. More or fewer standing places come and go at once; those that are sold or held stay.</summary>
    [Function("ChangeSeatCategory")]
    [Allow(Access.Admin)]
    [Refuses("category.not_found", "category.name_taken", "category.below_sold", "category.seats_assigned")]
    public Task<Result<SeatCategory>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/events/categories/{categoryId:long:min(1)}")] HttpRequest request,
        [Body] PatchSeatCategory patch, CurrentUser user, long categoryId, CancellationToken cancellationToken) =>
        changing.Change(user.Actor, categoryId, patch, cancellationToken);

    /// <summary>Removes a category with its places, if none of them was ever sold or is held.</summary>
    [Function("DeleteSeatCategory")]
    [Allow(Access.Admin)]
    [Refuses("category.not_found", "category.has_sales")]
    public Task<Result<Done>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/events/categories/{categoryId:long:min(1)}")] HttpRequest request,
        CurrentUser user, long categoryId, CancellationToken cancellationToken) =>
        changing.Delete(user.Actor, categoryId, cancellationToken);
}
