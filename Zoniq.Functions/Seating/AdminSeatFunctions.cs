using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Seating;

public sealed class AdminSeatFunctions(SeatAdministration seats)
{
    /// <summary>Adds one numbered seat.</summary>
    [Function("CreateSeat")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.not_found", "seat.duplicate", "category.has_sales")]
    public Task<Result<AdminSeat>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/event/{eventId:long}")] HttpRequest request,
        [Body] CreateSeat seat, CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        seats.Create(user.Actor, eventId, seat, cancellationToken);

    /// <summary>Adds rows of numbered seats, all of them or none.</summary>
    [Function("CreateSeats")]
    [Allow(Access.Admin)]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "category.not_found", "seat.duplicate", "category.has_sales")]
    public Task<Result<SeatsCreated>> CreateMany(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/seats/event/{eventId:long}/bulk")] HttpRequest request,
        [Body] CreateSeats block, CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        seats.CreateMany(user.Actor, eventId, block, cancellationToken);
}
