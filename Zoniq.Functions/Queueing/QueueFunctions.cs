using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Queueing;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Queueing;

public sealed class QueueFunctions(QueueJoining joining, QueueService queue, QueueFairness fairness)
{
    /// <summary>Takes a place at the end of the queue; who has one already keeps it.</summary>
    [Function("JoinQueue")]
    [Limited(Limit.Queue)]
    [Refuses("event.not_found", "queue.not_enabled", "event.booking_closed", "queue.closed")]
    public Task<Result<QueueEntry>> Join(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/queue/{eventId:long:min(1)}/join")] HttpRequest request,
        long eventId, CurrentUser user, CancellationToken cancellationToken) =>
        joining.Join(user.Id, eventId, cancellationToken);

    /// <summary>The caller's place.</summary>
    [Function("GetQueuePosition")]
    [Polled]
    [Refuses("event.not_found", "queue.not_in_queue")]
    public Task<Result<QueueEntry>> Position(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/queue/{eventId:long:min(1)}/position")] HttpRequest request,
        long eventId, CurrentUser user, CancellationToken cancellationToken) =>
        queue.Position(user.Id, eventId, cancellationToken);

    /// <summary>How the queue of an event stands.</summary>
    [Function("GetQueueStatus")]
    [Allow(Access.Anonymous)]
    [Polled]
    [Refuses("event.not_found")]
    public Task<Result<QueueStatus>> Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/queue/{eventId:long:min(1)}/status")] HttpRequest request,
        long eventId, CancellationToken cancellationToken) =>
        queue.Status(eventId, cancellationToken);

    /// <summary>Gives the place up.</summary>
    [Function("LeaveQueue")]
    [Refuses("event.not_found")]
    public Task<Result<Done>> Leave(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/queue/{eventId:long:min(1)}/leave")] HttpRequest request,
        long eventId, CurrentUser user, CancellationToken cancellationToken) =>
        queue.Leave(user.Id, eventId, cancellationToken);

    /// <summary>What anybody needs to check the order of those who came before the queue opened; as CSV, that order.</summary>
    [Function("GetQueueFairness")]
    [Allow(Access.Anonymous)]
    [Refuses("event.not_found", "queue.not_enabled")]
    public Task<Listing<Fairness, Entrant>> Fairness(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/queue/{eventId:long:min(1)}/fairness")] HttpRequest request,
        long eventId, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("entrants", () => fairness.Of(eventId, cancellationToken), aborted => fairness.Entrants(eventId, aborted));
}
