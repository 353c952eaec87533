using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Catalogue;

public sealed class AdminVenueFunctions(VenueAdministration venues, VenueList list, ChangeVenue changing)
{
    /// <summary>Venues, by name.</summary>
    [Function("ListVenues")]
    [Allow(Access.Admin)]
    public Task<VenuePage> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/venues")] HttpRequest request,
        [Query] VenueFilter filter, [Query] PageRequest page, CancellationToken cancellationToken) =>
        list.List(filter, page, cancellationToken);

    /// <summary>Every venue in use, by name, for choosing one.</summary>
    [Function("ListAllVenues")]
    [Allow(Access.Admin)]
    public Task<Venue[]> All(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/venues/all")] HttpRequest request,
        CancellationToken cancellationToken) =>
        list.All(cancellationToken);

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
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/venues/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        venues.Get(id, cancellationToken);

    /// <summary>Changes a venue. Its events are shown in a new zone; the moments at which they take place stay.</summary>
    [Function("ChangeVenue")]
    [Allow(Access.Admin)]
    [Refuses("venue.not_found")]
    public Task<Result<VenueDetail>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/venues/{id:long:min(1)}")] HttpRequest request,
        [Body] PatchVenue patch, CurrentUser user, long id, CancellationToken cancellationToken) =>
        changing.Change(user.Actor, id, patch, cancellationToken);

    /// <summary>Takes a venue out of use, or removes it for good.</summary>
    [Function("DeleteVenue")]
    [Allow(Access.Admin)]
    [Refuses("venue.not_found", "venue.in_use")]
    public Task<Result<Done>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/venues/{id:long:min(1)}")] HttpRequest request,
        [Query] VenueRemoval removal, CurrentUser user, long id, CancellationToken cancellationToken) =>
        changing.Delete(user.Actor, id, removal, cancellationToken);
}
