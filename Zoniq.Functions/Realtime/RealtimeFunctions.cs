using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Realtime;

public sealed class RealtimeFunctions(SeatMap map, QueueService queue)
{
    /// <summary>Where to listen for what concerns oneself; a SignalR client is given the address without /negotiate.</summary>
    [Function("Negotiate")]
    [Limited(Limit.Queue)]
    [Refuses("realtime.not_you", "realtime.unavailable")]
    public static Result<LiveConnection> Negotiate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/realtime/{userId:long:min(1)}/negotiate")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = Hub.Name, UserId = "{userId}")] SignalRConnectionInfo? connection,
        CurrentUser user, long userId) =>
        LiveConnection.For(connection, userId, user.Id);

    /// <summary>Be told, until the connection ends, how the queue one waits in moves on.</summary>
    [Function("SubscribeToQueue")]
    [Limited(Limit.Queue)]
    [Refuses("event.not_found", "queue.not_in_queue")]
    public Task<Subscription> SubscribeToQueue(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/queue/{id:long:min(1)}/subscribe")] HttpRequest request,
        [Body] Subscribe subscribe, CurrentUser user, long id, CancellationToken cancellationToken) =>
        Subscription.To(LiveGroup.QueueOf(id), subscribe, queue.Position(user.Id, id, cancellationToken));

    /// <summary>Be told, until the connection ends, when seats of an event are taken or come free.</summary>
    [Function("SubscribeToSeats")]
    [Limited(Limit.Queue)]
    [Refuses("event.not_found")]
    public Task<Subscription> SubscribeToSeats(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/events/{id:long:min(1)}/seats/subscribe")] HttpRequest request,
        [Body] Subscribe subscribe, CurrentUser user, long id, CancellationToken cancellationToken) =>
        Subscription.To(LiveGroup.SeatsOf(id), subscribe, map.Categories(id, cancellationToken));
}
