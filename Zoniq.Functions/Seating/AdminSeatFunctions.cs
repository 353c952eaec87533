using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Seating;

public sealed class AdminSeatFunctions(SeatAdministration seats, SeatReader reading, ChangeSeat changing, SeatBlocking blocking)
{
    /// <summary>Adds one numbered seat.</summary>
    [Function("CreateSeat")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.not_found", "seat.duplicate", "category.has_sales")]
    public Task<Result<AdminSeat>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/event/{eventId:long:min(1)}")] HttpRequest request,
        [Body] CreateSeat seat, CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        seats.Create(user.Actor, eventId, seat, cancellationToken);

    /// <summary>Adds rows of numbered seats, all of them or none.</summary>
    [Function("CreateSeats")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.not_found", "seat.duplicate", "category.has_sales")]
    public Task<Result<SeatsCreated>> CreateMany(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/event/{eventId:long:min(1)}/bulk")] HttpRequest request,
        [Body] CreateSeats block, CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        seats.CreateMany(user.Actor, eventId, block, cancellationToken);

    /// <summary>The numbered seats of an event, all of them.</summary>
    [Function("ListAdminSeats")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<AdminSeat[]>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/seats/event/{eventId:long:min(1)}")] HttpRequest request,
        [Query] AdminSeatFilter filter, long eventId, CancellationToken cancellationToken) =>
        reading.OfEvent(eventId, filter, cancellationToken);

    /// <summary>How many numbered seats of an event are in which state.</summary>
    [Function("CountAdminSeats")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<SeatCounts>> Count(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/seats/event/{eventId:long:min(1)}/counts")] HttpRequest request,
        long eventId, CancellationToken cancellationToken) =>
        reading.Count(eventId, cancellationToken);

    /// <summary>One numbered seat.</summary>
    [Function("GetAdminSeat")]
    [Allow(Access.Admin)]
    [Refuses("seat.not_found")]
    public Task<Result<AdminSeat>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/seats/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        reading.Get(id, cancellationToken);

    /// <summary>Changes a seat that nobody has.</summary>
    [Function("ChangeSeat")]
    [Allow(Access.Admin)]
    [Refuses("seat.not_found", "seat.in_use", "seat.duplicate")]
    public Task<Result<AdminSeat>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/seats/{id:long:min(1)}")] HttpRequest request,
        [Body] PatchSeat patch, CurrentUser user, long id, CancellationToken cancellationToken) =>
        changing.Change(user.Actor, id, patch, cancellationToken);

    /// <summary>Removes a seat that nobody has.</summary>
    [Function("DeleteSeat")]
    [Allow(Access.Admin)]
    [Refuses("seat.not_found", "seat.in_use")]
    public Task<Result<Done>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/seats/{id:long:min(1)}")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        changing.Delete(user.Actor, id, cancellationToken);

    /// <summary>Takes a seat out of sale.</summary>
    [Function("BlockSeat")]
    [Allow(Access.Admin)]
    [Refuses("seat.not_found", "seat.in_use")]
    public Task<Result<AdminSeat>> Block(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/{id:long:min(1)}/block")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        blocking.Block(user.Actor, id, cancellationToken);

    /// <summary>Puts a seat back on sale.</summary>
    [Function("UnblockSeat")]
    [Allow(Access.Admin)]
    [Refuses("seat.not_found", "seat.in_use")]
    public Task<Result<AdminSeat>> Unblock(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/{id:long:min(1)}/unblock")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        blocking.Unblock(user.Actor, id, cancellationToken);

    /// <summary>Ends a cart's lock on a seat, as if it had run out.</summary>
    [Function("ReleaseSeat")]
    [Allow(Access.Admin)]
    [Refuses("seat.not_found", "seat.booked", "seat.blocked")]
    public Task<Result<AdminSeat>> Release(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/{id:long:min(1)}/release")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        blocking.Release(user.Actor, id, cancellationToken);

    /// <summary>Clears locks that have run out; their places were free already.</summary>
    [Function("ReleaseExpiredLocks")]
    [Allow(Access.Admin)]
    public Task<LocksReleased> ReleaseExpired(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/release-expired")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        blocking.ReleaseExpired(user.Actor, cancellationToken);
}
