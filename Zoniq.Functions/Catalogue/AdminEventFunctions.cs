using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Catalogue;

public sealed class AdminEventFunctions(EventAdministration events, AdminEventList list, EventDuplication duplication)
{
    /// <summary>Events of every status, by date.</summary>
    [Function("ListAdminEvents")]
    [Allow(Access.Admin)]
    public Task<AdminEventPage> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/events")] HttpRequest request,
        [Query] AdminEventFilter filter, [Query] PageRequest page, CancellationToken cancellationToken) =>
        list.List(filter, page, cancellationToken);

    /// <summary>How many events are in which state.</summary>
    [Function("CountEvents")]
    [Allow(Access.Admin)]
    public Task<EventCounts> Count(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/events/stats")] HttpRequest request,
        CancellationToken cancellationToken) =>
        list.Count(cancellationToken);

    /// <summary>Enters an event as a draft.</summary>
    [Function("CreateEvent")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    public Task<Result<AdminEvent>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events")] HttpRequest request,
        [Body] CreateEvent draft, CurrentUser user, CancellationToken cancellationToken) =>
        events.Create(user.Actor, draft, cancellationToken);

    /// <summary>Enters an event once more at other dates, as a draft with the same categories and places, all of them free.</summary>
    [Function("DuplicateEvent")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found")]
    public Task<Result<AdminEvent>> Duplicate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events/{id:long:min(1)}/duplicate")] HttpRequest request,
        long id, [Body] DuplicateEvent again, CurrentUser user, CancellationToken cancellationToken) =>
        duplication.Duplicate(user.Actor, id, again, cancellationToken);

    /// <summary>One event, whatever its status.</summary>
    [Function("GetAdminEvent")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<AdminEvent>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/events/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        events.Get(id, cancellationToken);

    /// <summary>Opens a draft to the public. It needs a venue and an active category with seats.</summary>
    [Function("PublishEvent")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "event.cancelled", "event.completed", "event.not_publishable")]
    public Task<Result<AdminEvent>> Publish(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events/{id:long:min(1)}/publish")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        events.Publish(user.Actor, id, cancellationToken);
}
