using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Seating;

public sealed class SeatMapFunctions(SeatMap map)
{
    /// <summary>The categories on sale, with prices and what is left.</summary>
    [Function("ListSeatCategories")]
    [Allow(Access.Anonymous)]
    [Cacheable(5)]
    [Refuses("event.not_found")]
    public Task<Result<SeatCategory[]>> Categories(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/{id:long:min(1)}/categories")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        map.Categories(id, cancellationToken);

    /// <summary>The numbered seats and who can have them.</summary>
    [Function("GetSeatMap")]
    [Allow(Access.Anonymous)]
    [Cacheable(1)]
    [Refuses("event.not_found", "category.not_found")]
    public Task<Result<SeatMapAnswer>> Show(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/{id:long:min(1)}/seats")] HttpRequest request,
        [Query] SeatMapFilter filter, long id, CancellationToken cancellationToken) =>
        map.Show(id, filter, cancellationToken);
}
