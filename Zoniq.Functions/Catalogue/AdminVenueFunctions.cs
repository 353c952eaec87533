using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Catalogue;

public sealed class AdminVenueFunctions(VenueAdministration venues)
{
    /// <summary>Enters a venue.</summary>
    [Function("CreateVenue")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    public Task<Result<VenueDetail>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/venues")] HttpRequest request,
        [Body] CreateVenue venue, CurrentUser user, CancellationToken cancellationToken) =>
        venues.Create(user.Actor, venue, cancellationToken);

    /// <summary>One venue, with its seat map.</summary>
    [Function("GetVenue")]
    [Allow(Access.Admin)]
    [Refuses("venue.not_found")]
    public Task<Result<VenueDetail>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/venues/{id:long}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        venues.Get(id, cancellationToken);
}
