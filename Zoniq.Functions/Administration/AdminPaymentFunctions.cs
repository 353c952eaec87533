using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Payments;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminPaymentFunctions(PaymentAdministration payments, RefundAdministration refunds)
{
    /// <summary>Payments, newest first.</summary>
    [Function("ListPayments")]
    [Allow(Access.Admin)]
    public Task<Listing<AdminPaymentPage, AdminPayment>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/payments")] HttpRequest request,
        [Query] PaymentFilter filter, [Query] PageRequest page, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("payments", () => payments.List(filter, page, cancellationToken), aborted => payments.All(filter, aborted));

    /// <summary>Gives money back, all that is left or a part. A booking of which nothing is left is called off.</summary>
    [Function("RefundPayment")]
    [Allow(Access.Admin)]
    [Idempotent]
    [Refuses("payment.not_found", "payment.not_captured", "refund.exceeds_balance")]
    [Succeeds(Success.Created)]
    public Task<Result<Refund>> Refund(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/payments/{id:long:min(1)}/refund")] HttpRequest request,
        [Body] RefundPayment wish, CurrentUser user, long id, OperationId operation, CancellationToken cancellationToken) =>
        refunds.Refund(user.Actor, id, wish, operation.Value, cancellationToken);
}
