using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class EventCancellationFunctions(EventCancellation cancellation, RefundProgress progress)
{
    /// <summary>Cancels an event, whatever its status. Its bookings are called off, and what was paid goes back in full.</summary>
    [Function("CancelEvent")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<AdminEvent>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events/{id:long:min(1)}/cancel")] HttpRequest request,
        [Body] CancelEvent why, CurrentUser user, long id, CancellationToken cancellationToken) =>
        cancellation.Cancel(user.Actor, id, why, cancellationToken);

    /// <summary>Makes a cancelled event a draft again; its bookings stay cancelled.</summary>
    [Function("ReactivateEvent")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found", "event.not_cancelled", "event.refunds_running")]
    public Task<Result<AdminEvent>> Reactivate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/events/{id:long:min(1)}/reactivate")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        cancellation.Reactivate(user.Actor, id, cancellationToken);

    /// <summary>How far the money of a cancelled event has come back.</summary>
    [Function("GetRefundProgress")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<EventRefundProgress>> Progress(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/events/{id:long:min(1)}/refund-progress")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        progress.Of(id, cancellationToken);
}
