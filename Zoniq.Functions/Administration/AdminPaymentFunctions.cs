using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminPaymentFunctions(PaymentAdministration payments)
{
    /// <summary>Payments, newest first.</summary>
    [Function("ListPayments")]
    [Allow(Access.Admin)]
    public Task<Listing<AdminPaymentPage, AdminPayment>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/payments")] HttpRequest request,
        [Query] PaymentFilter filter, [Query] PageRequest page, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("payments", () => payments.List(filter, page, cancellationToken), aborted => payments.All(filter, aborted));
}
