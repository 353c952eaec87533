using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminBookingFunctions(BookingAdministration bookings, AttendeeList attendees, SalesFigures sales, EventSales ofEvent)
{
    /// <summary>Bookings, newest first.</summary>
    [Function("ListBookings")]
    [Allow(Access.Admin)]
    public Task<Listing<AdminBookingPage, AdminBooking>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings")] HttpRequest request,
        [Query] AdminBookingFilter filter, [Query] PageRequest page, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("bookings", () => bookings.List(filter, page, cancellationToken), aborted => bookings.All(filter, aborted));

    /// <summary>One booking with its tickets, payments and refunds.</summary>
    [Function("GetAdminBooking")]
    [Allow(Access.Admin)]
    [Refuses("booking.not_found")]
    public Task<Result<AdminBookingDetail>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        bookings.Get(id, cancellationToken);

    /// <summary>How the bookings stand.</summary>
    [Function("GetBookingStats")]
    [Allow(Access.Admin)]
    public Task<BookingStats> Stats(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings/stats")] HttpRequest request,
        [Query] StatsFilter filter, CancellationToken cancellationToken) =>
        sales.Stats(filter, cancellationToken);

    /// <summary>Sales by day.</summary>
    [Function("GetBookingAnalytics")]
    [Allow(Access.Admin)]
    public Task<SalesAnalytics> Analytics(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings/analytics")] HttpRequest request,
        [Query] AnalyticsFilter filter, CancellationToken cancellationToken) =>
        sales.Analytics(filter, cancellationToken);

    /// <summary>The events that brought in most.</summary>
    [Function("GetTopEvents")]
    [Allow(Access.Admin)]
    public Task<TopEvents> TopEvents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings/top-events")] HttpRequest request,
        [Query] TopEventsFilter filter, CancellationToken cancellationToken) =>
        sales.TopEvents(filter, cancellationToken);

    /// <summary>Who comes to an event, by ticket number.</summary>
    [Function("ListAttendees")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Listing<AttendeePage, Attendee>> Attendees(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings/event/{eventId:long:min(1)}/attendees")] HttpRequest request,
        long eventId, [Query] AttendeeFilter filter, [Query, Pages(50, 200)] PageRequest page, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("attendees", () => attendees.List(eventId, filter, page, cancellationToken), aborted => attendees.All(eventId, filter, aborted));

    /// <summary>What an event sold, by day and category.</summary>
    [Function("ListEventSales")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Listing<EventSalesAnswer, CategoryDay>> Sales(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/bookings/event/{eventId:long:min(1)}/sales")] HttpRequest request,
        long eventId, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("sales", () => ofEvent.List(eventId, cancellationToken), aborted => ofEvent.All(eventId, aborted));
}
