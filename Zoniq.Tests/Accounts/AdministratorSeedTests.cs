using Zoniq.Domain;

namespace Zoniq.Tests.Accounts;

public sealed class AdministratorSeedTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly (string, string?)[] Settings =
        [("ADMIN_EMAIL", "Box.Office@example.in"), ("ADMIN_USERNAME", "boxoffice"), ("ADMIN_PASSWORD", "a long password")];

    private static readonly (string, string?)[] Production =
    [
        ("ENVIRONMENT", "PROD"), ("RAZORPAY_API_URL", "https://api.razorpay.example/v1"), ("FRONTEND_URL", "https://zoniq.example"), ("ALLOWED_ORIGINS", "https://zoniq.example"),
        ("AzureSignalRConnectionString", "Endpoint=https://zoniq.service.signalr.example;AuthType=azure.msi;Version=1.0;"), ("AzureWebJobsStorage:accountName", "zoniq"),
    ];

    public override Task InitializeAsync() => App.Execute("update account set role = 'user'");

    [Fact]
    public async Task Production_does_not_start_without_an_administrator()
    {
        var nobody = await Assert.ThrowsAsync<SettingsException>(() => App.StartAnother(Production));
        Assert.All(["ADMIN_EMAIL", "ADMIN_USERNAME", "ADMIN_PASSWORD"], key => Assert.Contains(key, nobody.Message, StringComparison.Ordinal));

        var buyer = await App.NewBuyer();
        var taken = await Assert.ThrowsAsync<SettingsException>(() => App.StartAnother(
            [.. Production, ("ADMIN_EMAIL", buyer.Email), ("ADMIN_USERNAME", "somebody"), ("ADMIN_PASSWORD", "a long password")]));
        Assert.Contains("ordinary account", taken.Message, StringComparison.Ordinal);

        await App.Administrator();
        await using var started = await App.StartAnother(Production);
    }

    [Fact]
    public async Task A_key_for_codes_that_can_be_guessed_is_refused() =>
        Assert.Contains("OTP_HASH_KEY", (await Assert.ThrowsAsync<SettingsException>(() => App.StartAnother(("OTP_HASH_KEY", "short")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task However_many_instances_start_at_once_there_is_one_administrator()
    {
        var instances = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => App.StartAnother(Settings)));
        try
        {
            Assert.Equal("box.office@example.in", Assert.Single(await App.Rows<string>("select email from account where role = 'admin' and is_verified")));

            var signedIn = (await App.Nobody.Post("/api/auth/signin", new { username = "boxoffice", password = "a long password" })).Succeeded(202);
            Assert.Equal("admin", signedIn["authorizedAccount"].GetProperty("role").GetString());
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }
}
