using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Accounts;

/// <summary>Accounts: who somebody is, and how they prove it.</summary>
public static class AccountsSetup
{
    public static void AddAccounts(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<Authenticator>();
        services.AddSingleton<AdministratorSeed>();
    }
}
