using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Seating;

public sealed class AdminSeatCategoryFunctions(SeatCategoryAdministration categories)
{
    /// <summary>Every category of an event, also those that are not on sale.</summary>
    [Function("ListAdminSeatCategories")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<SeatCategory[]>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/events/{id:long}/categories")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        categories.OfEvent(id, cancellationToken);

    /// <summary>Enters a category with all its places; they are standing places until it gets numbered seats.</summary>
    [Function("CreateSeatCategory")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.name_taken")]
    public Task<Result<SeatCategory>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events/{id:long}/categories")] HttpRequest request,
        [Body] CreateSeatCategory category, CurrentUser user, long id, CancellationToken cancellationToken) =>
        categories.Create(user.Actor, id, category, cancellationToken);
}
