using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Functions.Operations;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Operations;

/// <summary>Production does not start on a guess: what it needs is there, with a value of its own, or the message names it.</summary>
public sealed class ProductionTests
{
    /// <summary>What production needs, with the value of the sample file where that is no good either.</summary>
    private static readonly string[] Needed =
    [
        "POSTGRES_PASSWORD", "JWT_SECRET_KEY", "RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET", "SMTP_HOST", "FROM_EMAIL", "FRONTEND_URL", "ALLOWED_ORIGINS",
        "ADMIN_EMAIL", "ADMIN_USERNAME", "ADMIN_PASSWORD", "AzureSignalRConnectionString", "AzureWebJobsStorage", "TICKET_SIGNING_KEY",
    ];

    public static TheoryData<string> Keys => [.. Needed];

    public static TheoryData<string> KeysWithSamples => [.. Needed.Except(["SMTP_HOST", "ADMIN_USERNAME"])];    // localhost and admin may be meant

    [Fact]
    public void With_all_of_it_production_starts() => Start(Production());

    [Theory]
    [MemberData(nameof(Keys))]
    public void Without_one_of_them_it_does_not_and_names_it(string key) => AssertRefused(key, null);

    [Theory]
    [InlineData("prod")]
    [InlineData("Production")]
    public void However_it_is_spelled_it_is_production(string environment)
    {
        var settings = Production();
        settings["ENVIRONMENT"] = environment;
        settings["FROM_EMAIL"] = null;

        Assert.Contains("FROM_EMAIL", Refusal(settings), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void An_empty_value_is_none(string key) => AssertRefused(key, "  ");

    [Theory]
    [MemberData(nameof(KeysWithSamples))]
    public void A_value_from_the_sample_file_is_none(string key)
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.example.json")));

        AssertRefused(key, sample.RootElement.GetProperty("Values").GetProperty(key).GetString());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_reference_to_a_secret_that_could_not_be_fetched_is_not_taken_for_the_secret(string key) =>
        AssertRefused(key, $"@Microsoft.KeyVault(SecretUri=https://kv-zoniq.vault.example/secrets/{key.Replace('_', '-')})");

    [Fact]
    public void A_database_is_needed_and_its_connection_string_must_not_be_a_sample()
    {
        AssertRefused("POSTGRES_HOST", null);

        var settings = Production();
        settings["POSTGRES_CONNECTION"] = "Host=db.zoniq.example;Password=change-me";
        Assert.Contains("POSTGRES_CONNECTION", Refusal(settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ENVIRONMENT", "PRD")]
    [InlineData("JWT_SECRET_KEY", "short")]
    [InlineData("JWT_SECRET_KEY_PREVIOUS", "short")]
    [InlineData("OTP_HASH_KEY", "short")]
    [InlineData("RAZORPAY_API_URL", "http://api.razorpay.example/v1")]
    [InlineData("MSG91_AUTH_KEY", "a key without a template")]
    [InlineData("TICKET_SIGNING_KEY", "not a key")]
    [InlineData("ADMIN_PASSWORD", "short")]
    [InlineData("DEFAULT_TIME_ZONE", "India")]
    [InlineData("SMTP_PORT", "many")]
    public void A_value_that_cannot_be_is_refused_by_name_and_never_shown(string key, string value)
    {
        var settings = Production();
        settings[key] = value;

        var refusal = Refusal(settings);
        Assert.Contains(key, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(value, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Storage_that_is_reached_by_identity_needs_no_connection_string()
    {
        var settings = Production();
        settings["AzureWebJobsStorage"] = null;
        settings["AzureWebJobsStorage:accountName"] = "stzoniqhost";

        Start(settings);
    }

    private static void AssertRefused(string key, string? value)
    {
        var settings = Production();
        settings[key] = value;

        Assert.Contains(key, Refusal(settings), StringComparison.Ordinal);
    }

    private static string Refusal(Dictionary<string, string?> settings) => Assert.Throws<SettingsException>(() => Start(settings)).Message;

    /// <summary>As the app does before it listens.</summary>
    private static void Start(Dictionary<string, string?> values)
    {
        var settings = new Settings(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        PlatformSettings.Check(settings);
        new ServiceCollection().AddZoniqDomain(settings);
    }

    private static Dictionary<string, string?> Production()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return new()
        {
            ["ENVIRONMENT"] = "PROD",
            ["POSTGRES_HOST"] = "db.zoniq.example",
            ["POSTGRES_PASSWORD"] = "a long password",
            ["JWT_SECRET_KEY"] = "a secret of production, long enough for HS256",
            ["RAZORPAY_KEY_ID"] = "rzp_live_zoniq",
            ["RAZORPAY_KEY_SECRET"] = "the key's secret",
            ["RAZORPAY_WEBHOOK_SECRET"] = "the webhook's secret",
            ["SMTP_HOST"] = "smtp.zoniq.example",
            ["FROM_EMAIL"] = "tickets@zoniq.example",
            ["FRONTEND_URL"] = "https://zoniq.example",
            ["ALLOWED_ORIGINS"] = "https://zoniq.example,https://www.zoniq.example",
            ["ADMIN_EMAIL"] = "box.office@zoniq.example",
            ["ADMIN_USERNAME"] = "boxoffice",
            ["ADMIN_PASSWORD"] = "a long password",
            ["AzureSignalRConnectionString"] = "Endpoint=https://zoniq.service.signalr.example;AuthType=azure.msi;Version=1.0;",
            ["AzureWebJobsStorage"] = "DefaultEndpointsProtocol=https;AccountName=zoniq;AccountKey=a-key",
            ["TICKET_SIGNING_KEY"] = Convert.ToBase64String(key.ExportPkcs8PrivateKey()),
        };
    }
}
