using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Carts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Carts;

public sealed class WaitlistFunctions(WaitlistService waitlist)
{
    /// <summary>Takes a place on the waiting list of a category that is sold out, for so many at once.</summary>
    [Function("JoinWaitlist")]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.not_found", "waitlist.not_sold_out", "waitlist.already_joined", "event.booking_closed")]
    public Task<Result<WaitlistEntry>> Join(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/events/{id:long:min(1)}/waitlist")] HttpRequest request,
        long id, [Body] JoinWaitlist wish, CurrentUser user, CancellationToken cancellationToken) =>
        waitlist.Join(user.Id, id, wish, cancellationToken);

    /// <summary>The caller's places on the waiting lists of an event, and what was offered.</summary>
    [Function("GetWaitlist")]
    [Refuses("event.not_found")]
    public Task<Result<Waitlist>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/{id:long:min(1)}/waitlist")] HttpRequest request,
        long id, CurrentUser user, CancellationToken cancellationToken) =>
        waitlist.Of(user.Id, id, cancellationToken);

    /// <summary>Leaves the waiting list of a category, or of all; an open offer is given back.</summary>
    [Function("LeaveWaitlist")]
    [Refuses("waitlist.not_found")]
    public Task<Result<Done>> Leave(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/events/{id:long:min(1)}/waitlist")] HttpRequest request,
        long id, [Query] LeaveWaitlist which, CurrentUser user, CancellationToken cancellationToken) =>
        waitlist.Leave(user.Id, id, which, cancellationToken);
}
