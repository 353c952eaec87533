using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Payments;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Bookings;

public sealed class BookingFunctions(BookingService bookings, BookingCalendar calendar, BookingCancellation cancellation)
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
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/bookings/{bookingId:long:min(1)}")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        bookings.Get(user.Id, bookingId, cancellationToken);

    /// <summary>A booking by its number.</summary>
    [Function("GetBookingByNumber")]
    [Refuses("booking.not_found")]
    public Task<Result<BookingDetail>> GetByNumber(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/bookings/number/{number}")] HttpRequest request,
        string number, CurrentUser user, CancellationToken cancellationToken) =>
        bookings.GetByNumber(user.Id, number, cancellationToken);

    /// <summary>A booking as an entry for one's calendar; once it is called off, the entry says so.</summary>
    [Function("DownloadBookingCalendar")]
    [AnswersWith("text/calendar")]
    [Refuses("booking.not_found", "booking.not_confirmed")]
    public Task<Result<Document>> Calendar(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/bookings/{bookingId:long:min(1)}/calendar.ics")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        calendar.Download(user.Id, bookingId, cancellationToken);

    /// <summary>Calls off a booking before its event starts; the refund policy of its checkout says what goes back.</summary>
    [Function("CancelBooking")]
    [Refuses(
        "booking.not_found", "booking.not_cancellable", "booking.event_started", "booking.ticket_used", "booking.ticket_transferred",
        "payment.gateway_unavailable")]
    public Task<Result<BookingDetail>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/bookings/{bookingId:long:min(1)}/cancel")] HttpRequest request,
        long bookingId, [Body] CancelBooking wish, CurrentUser user, CancellationToken cancellationToken) =>
        cancellation.Cancel(user.Id, bookingId, wish, cancellationToken);
}
