using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Accounts;

/// <summary>Accounts: who somebody is, and how they prove it.</summary>
public static class AccountsSetup
{
    public static void AddAccounts(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(TokenOptions.From(settings));
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton<PasswordHasher>();
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton<RegistrationService>();
        services.AddSingleton<EmailCodeService>();
        services.AddSingleton<SignInService>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<PasswordResetService>();
        services.AddSingleton<ProfileService>();
        services.AddSingleton<VerificationService>();

        if (AdministratorOptions.From(settings) is { } administrator)
        {
            services.AddSingleton(administrator);
        }

        services.AddSingleton<AdministratorSeed>();
    }
}
