namespace Zoniq.Domain.Accounts;

/// <summary>Sees to it at start that there is an administrator.</summary>
public sealed class AdministratorSeed(Storage.Database database)
{
    public Task EnsureAsync(CancellationToken cancellationToken) => Task.FromResult(database);
}
