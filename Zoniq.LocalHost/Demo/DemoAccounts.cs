using Microsoft.Extensions.Configuration;

namespace Zoniq.LocalHost.Demo;

/// <summary>Who can sign in to the demo. Not secrets: the demo's database is private to the machine.</summary>
public static class DemoAccounts
{
    /// <summary>Whether the app was started with them.</summary>
    public static bool AreHere(IConfiguration configuration) => configuration["ADMIN_EMAIL"] == AdministratorEmail;

    public const string AdministratorEmail = "admin@zoniq.example";
    public const string AdministratorUsername = "admin";
    public const string BuyerEmail = "asha@zoniq.example";
    public const string BuyerUsername = "asha";
    public const string BuyerName = "Asha Kulkarni";
    public const string Password = "namaste-zoniq";
}
