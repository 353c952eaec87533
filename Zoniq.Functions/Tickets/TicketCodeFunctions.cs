using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Tickets;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Tickets;

public sealed class TicketCodeFunctions(TicketCodes codes)
{
    /// <summary>The ticket's code as a picture, for its holder.</summary>
    [Function("GetTicketQr")]
    [AnswersWith("image/png")]
    [Refuses("ticket.not_found", "ticket.not_confirmed")]
    public Task<Result<Document>> Picture(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tickets/{ticketId:long:min(1)}/qr")] HttpRequest request,
        long ticketId, [Query] QrSize size, CurrentUser user, CancellationToken cancellationToken) =>
        codes.Picture(user.Id, ticketId, size, cancellationToken);

    /// <summary>The public keys with which codes can be checked without asking us, as a JWK set.</summary>
    [Function("GetTicketKeys")]
    [Allow(Access.Anonymous)]
    public TicketKeys Keys([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tickets/keys")] HttpRequest request) =>
        codes.Keys;
}
