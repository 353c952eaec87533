using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Bookings;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Bookings;

public sealed class BookingFunctions(BookingService bookings)
{
    /// <summary>One's own bookings, newest first.</summary>
    [Function("ListMyBookings")]
    public Task<BookingPage> Mine(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me/bookings")] HttpRequest request,
        [Query] BookingFilter filter, [Query] PageRequest page, CurrentUser user, CancellationToken cancellationToken) =>
        bookings.Mine(user.Id, filter, page, cancellationToken);

    /// <summary>A booking with its tickets.</summary>
    [Function("GetBooking")]
    [Refuses("booking.not_found")]
    public Task<Result<BookingDetail>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/bookings/{bookingId:long}")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        bookings.Get(user.Id, bookingId, cancellationToken);

    /// <summary>A booking by its number.</summary>
    [Function("GetBookingByNumber")]
    [Refuses("booking.not_found")]
    public Task<Result<BookingDetail>> GetByNumber(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/bookings/number/{number}")] HttpRequest request,
        string number, CurrentUser user, CancellationToken cancellationToken) =>
        bookings.GetByNumber(user.Id, number, cancellationToken);
}
