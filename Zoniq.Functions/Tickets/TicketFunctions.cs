using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Tickets;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Tickets;

public sealed class TicketFunctions(TicketService tickets)
{
    /// <summary>The tickets one may enter with.</summary>
    [Function("ListMyTickets")]
    public Task<TicketList> Mine(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me/tickets")] HttpRequest request,
        [Query] TicketFilter filter, [Query] PageRequest page, CurrentUser user, CancellationToken cancellationToken) =>
        tickets.Mine(user.Id, filter, page, cancellationToken);

    /// <summary>One ticket, for its buyer, its holder and administrators.</summary>
    [Function("GetTicket")]
    [Refuses("ticket.not_found")]
    public Task<Result<Ticket>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tickets/{ticketId:long:min(1)}")] HttpRequest request,
        long ticketId, CurrentUser user, CancellationToken cancellationToken) =>
        tickets.Get(user.Id, user.IsAdmin, ticketId, cancellationToken);

    /// <summary>All tickets of a booking, for its buyer and administrators.</summary>
    [Function("ListBookingTickets")]
    [Refuses("booking.not_found")]
    public Task<Result<Ticket[]>> OfBooking(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tickets/booking/{bookingId:long:min(1)}")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        tickets.OfBooking(user.Id, user.IsAdmin, bookingId, cancellationToken);

    /// <summary>The printed ticket with its QR code, for its holder.</summary>
    [Function("DownloadTicket")]
    [AnswersWith("application/pdf")]
    [Refuses("ticket.not_found", "ticket.not_confirmed")]
    public Task<Result<Document>> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tickets/{ticketId:long:min(1)}/download")] HttpRequest request,
        long ticketId, CurrentUser user, CancellationToken cancellationToken) =>
        tickets.Download(user.Id, ticketId, cancellationToken);

    /// <summary>The printed tickets of a booking, a page for each that one holds.</summary>
    [Function("DownloadBookingTickets")]
    [AnswersWith("application/pdf")]
    [Refuses("booking.not_found", "booking.not_confirmed")]
    public Task<Result<Document>> DownloadAll(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/bookings/{bookingId:long:min(1)}/tickets.pdf")] HttpRequest request,
        long bookingId, CurrentUser user, CancellationToken cancellationToken) =>
        tickets.DownloadAll(user.Id, bookingId, cancellationToken);
}
