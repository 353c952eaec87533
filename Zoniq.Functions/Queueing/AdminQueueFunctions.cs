using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Queueing;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Queueing;

public sealed class AdminQueueFunctions(QueueControl control)
{
    /// <summary>How the queue of an event stands, and how it is set.</summary>
    [Function("GetQueueOverview")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "queue.not_enabled")]
    public Task<Result<QueueOverview>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/queue/{eventId:long:min(1)}")] HttpRequest request,
        long eventId, CancellationToken cancellationToken) =>
        control.Get(eventId, cancellationToken);

    /// <summary>Pauses the queue, or changes how many are let in and for how long; it acts with the next tick.</summary>
    [Function("ChangeQueue")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "queue.not_enabled")]
    public Task<Result<QueueOverview>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/queue/{eventId:long:min(1)}")] HttpRequest request,
        long eventId, [Body] QueueChange change, CurrentUser user, CancellationToken cancellationToken) =>
        control.Change(user.Actor, eventId, change, cancellationToken);

    /// <summary>Takes nobody in any more; those who wait have their turn, then the queue switches itself off.</summary>
    [Function("DrainQueue")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "queue.not_enabled")]
    public Task<Result<QueueOverview>> Drain(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/queue/{eventId:long:min(1)}/drain")] HttpRequest request,
        long eventId, CurrentUser user, CancellationToken cancellationToken) =>
        control.Drain(user.Actor, eventId, cancellationToken);
}
