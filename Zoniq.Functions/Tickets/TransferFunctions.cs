using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Tickets;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Tickets;

public sealed class TransferFunctions(TransferService transfers, TransferAnswers answers)
{
    /// <summary>Offers a ticket to an e-mail address, which gets a mail with a link to claim it.</summary>
    [Function("TransferTicket")]
    [Limited(Limit.TransferStart)]
    [Idempotent]
    [Refuses("ticket.not_found", "ticket.already_used", "ticket.not_valid", "ticket.not_transferable", "transfer.pending_exists", "transfer.to_self")]
    public Task<Result<OfferedTicket>> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tickets/{ticketId:long:min(1)}/transfer")] HttpRequest request,
        long ticketId, [Body] OfferTicket offer, CurrentUser user, OperationId operation, CancellationToken cancellationToken) =>
        transfers.Start(user.Id, ticketId, offer, operation.Value, cancellationToken);

    /// <summary>Makes a ticket that was sent to one's proven address one's own.</summary>
    [Function("ClaimTicket")]
    [Limited(Limit.TransferAnswer)]
    [Refuses(
        "transfer.wrong_recipient", "account.email_not_verified", "transfer.not_found", "transfer.not_pending", "ticket.already_used", "ticket.not_valid",
        "transfer.expired")]
    public Task<Result<ClaimedTicket>> Claim(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tickets/claim")] HttpRequest request,
        [Body] AnswerOffer answer, CurrentUser user, CancellationToken cancellationToken) =>
        answers.Claim(user.Id, answer, cancellationToken);

    /// <summary>Leaves a ticket that was sent to one's proven address with its sender.</summary>
    [Function("DeclineTicket")]
    [Limited(Limit.TransferAnswer)]
    [Refuses("transfer.wrong_recipient", "account.email_not_verified", "transfer.not_found", "transfer.not_pending", "transfer.expired")]
    public Task<Result<Done>> Decline(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tickets/decline")] HttpRequest request,
        [Body] AnswerOffer answer, CurrentUser user, CancellationToken cancellationToken) =>
        answers.Decline(user.Id, answer, cancellationToken);

    /// <summary>Takes back a ticket that one has sent and nobody has claimed.</summary>
    [Function("CancelTransfer")]
    [Refuses("transfer.not_found", "transfer.not_pending")]
    public Task<Result<Done>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tickets/transfers/{transferId:long:min(1)}/cancel")] HttpRequest request,
        long transferId, CurrentUser user, CancellationToken cancellationToken) =>
        transfers.Cancel(user.Id, transferId, cancellationToken);

    /// <summary>The tickets one has sent, and those one was sent.</summary>
    [Function("ListTransfers")]
    public Task<TransferPage> History(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tickets/transfers/history")] HttpRequest request,
        [Query] TransferFilter filter, [Query] PageRequest page, CurrentUser user, CancellationToken cancellationToken) =>
        transfers.History(user.Id, filter, page, cancellationToken);
}
