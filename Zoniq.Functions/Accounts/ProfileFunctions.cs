using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Accounts;

public sealed class ProfileFunctions(ProfileService profiles)
{
    /// <summary>The account of whoever is asking.</summary>
    [Function("GetProfile")]
    public Task<Result<Profile>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        profiles.GetAsync(user.Id, cancellationToken);
}
