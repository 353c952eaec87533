using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class PersonalDataFunctions(PersonalData personal, AccountErasure erasure)
{
    /// <summary>Everything that is held about whoever is asking, as a file. Amounts of bookings, tickets and carts are rupees, those of payments and refunds whole paise.</summary>
    [Function("ExportPersonalData")]
    [AnswersWith("application/json")]
    [Limited(Limit.PersonalData)]
    public Task<Document> Export(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me/export")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        personal.Export(user.Id, cancellationToken);

    /// <summary>Deletes one's own account for good: whatever names the person is replaced, money's records stay.</summary>
    [Function("DeleteAccount")]
    [Refuses("account.has_upcoming_bookings", "user.last_admin")]
    [Limited(Limit.PersonalData)]
    public Task<Result<Done>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/users/me")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        erasure.Erase(user.Id, cancellationToken);
}
