using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class EventChangeFunctions(ChangeEvent changing, EventRemoval removal)
{
    /// <summary>Changes an event. Another date or venue of a published one is told to everybody who has a ticket.</summary>
    [Function("ChangeEvent")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "event.cancelled")]
    public Task<Result<AdminEvent>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/events/{id:long:min(1)}")] HttpRequest request,
        [Body] PatchEvent patch, CurrentUser user, long id, CancellationToken cancellationToken) =>
        changing.Change(user.Actor, id, patch, cancellationToken);

    /// <summary>Removes a draft with its categories and places, if nothing of it was ever booked.</summary>
    [Function("DeleteEvent")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "event.not_draft", "event.has_bookings")]
    public Task<Result<Done>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/events/{id:long:min(1)}")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        removal.Delete(user.Actor, id, cancellationToken);
}
