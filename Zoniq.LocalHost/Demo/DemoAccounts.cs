namespace Zoniq.LocalHost.Demo;

/// <summary>Who can sign in to the demo. Not secrets: the demo's database is private to the machine.</summary>
public static class DemoAccounts
{
    public const string AdministratorEmail = "admin@zoniq.example";
    public const string AdministratorUsername = "admin";
    public const string BuyerEmail = "asha@zoniq.example";
    public const string BuyerUsername = "asha";
    public const string BuyerName = "Asha Kulkarni";
    public const string Password = "namaste-zoniq";
}
