namespace Zoniq.Domain.Accounts;

/// <summary>Tells whose token it is; on the way of every signed-in request.</summary>
public sealed class Authenticator(Storage.Database database)
{
    public Task<Result<Caller>> AuthenticateAsync(string token, CancellationToken cancellationToken) =>
        Task.FromResult<Result<Caller>>(database is null ? AccountProblems.TokenMissing : AccountProblems.TokenInvalid);
}
