using Zoniq.Domain;

namespace Zoniq.Functions.Operations;

/// <summary>What the platform around the app works with. The app itself reads none of it, so that nobody would notice before a buyer does.</summary>
internal static class PlatformSettings
{
    /// <summary>The platform takes an account that it reaches as the app's identity in place of a connection string with a key.</summary>
    private const string StorageAccount = "AzureWebJobsStorage:accountName";

    /// <summary>Production does not start without them, or with sample values.</summary>
    public static void Check(Settings settings)
    {
        settings.RequiredInProduction("ALLOWED_ORIGINS");
        settings.RequiredInProduction("AzureSignalRConnectionString");

        if (settings.Text(StorageAccount) is null)
        {
            settings.RequiredInProduction("AzureWebJobsStorage");
        }
    }
}
