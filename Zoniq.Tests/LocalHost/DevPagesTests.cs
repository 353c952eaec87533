using System.Diagnostics;
using System.Text.Json;

namespace Zoniq.Tests.LocalHost;

public sealed class DevPagesTests(DevPagesTests.WithoutMailServer app) : IClassFixture<DevPagesTests.WithoutMailServer>
{
    [Fact]
    public async Task The_clock_moves_in_every_instance_on_the_database_and_back()
    {
        await using var another = await app.StartAnother();
        var before = app.Now;

        await app.Advance(TimeSpan.FromMinutes(8));
        Assert.InRange(app.Now - before, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(9));
        Assert.InRange(another.Now - app.Now, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
        Assert.Equal("00:08:00", (await another.Nobody.Get("/dev/clock"))["ahead"].GetString());

        (await another.Nobody.Post("/dev/clock", new { reset = true })).Succeeded();
        Assert.InRange(another.Now - before, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("""{"advance":"-00:01:00"}""")]
    [InlineData("""{"advance":"soon"}""")]
    [InlineData("""{"advance":"00:01:00","reset":true}""")]
    [InlineData("nothing")]
    public async Task The_clock_does_not_move_for_what_it_does_not_understand(string body)
    {
        (await app.Nobody.SendText(HttpMethod.Post, "/dev/clock", body)).Refused(422, "clock.unreadable");

        Assert.Equal("00:00:00", (await app.Nobody.Get("/dev/clock"))["ahead"].GetString());
    }

    [Fact]
    public async Task Without_a_mail_server_mails_can_be_read_at_dev_mail()
    {
        (await app.Nobody.Post("/api/auth/email-otp/send", new { email = "kavya@example.in" })).Succeeded();

        var mail = Assert.Single(await MailsTo("Kavya@example.in"));
        Assert.Equal("kavya@example.in", mail.GetProperty("to").GetString());
        Assert.Matches("[0-9]{6}", mail.GetProperty("text").GetString());
        Assert.Empty((await app.Nobody.Get("/dev/mail?format=json&to=somebody@example.in")).Json.EnumerateArray());

        // What is in a mail cannot run in the page that shows it.
        var page = (await app.Nobody.Get($"/dev/mail/{mail.GetProperty("id").GetString()}")).Succeeded().Text;
        Assert.Contains("<iframe sandbox=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-scripts", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/nothing")]
    [InlineData("/dev/mail/nothing")]
    [InlineData("/dev/mail/..%2Fsecrets")]
    public async Task What_is_not_there_is_not_found(string path) => Assert.Equal(404, (await app.Nobody.Get(path)).Status);

    [Fact]
    public async Task The_overview_leads_to_pages_that_are_there()
    {
        var page = (await app.Nobody.Get("/dev")).Succeeded().Text;

        foreach (var address in new[] { "/api/docs", "/api/openapi.json", "/dev/mail", "/dev/sms", "/dev/gate", "/dev/invariants", "/dev/clock", "/dev/style.css" })
        {
            Assert.Contains($"href=\"{address}\"", page, StringComparison.Ordinal);
            (await app.Nobody.Get(address)).Succeeded();
        }
    }

    [Fact]
    public async Task The_browsers_SignalR_client_is_served_with_its_licence()
    {
        var script = (await app.Nobody.Get("/dev/signalr.js")).Succeeded();

        Assert.Equal("text/javascript", script.ContentHeaders.ContentType!.MediaType);
        Assert.Contains("The MIT License", script.Text, StringComparison.Ordinal);
        Assert.Contains("HubConnectionBuilder", script.Text, StringComparison.Ordinal);
    }

    /// <summary>A code goes out just after the answer.</summary>
    private async Task<JsonElement[]> MailsTo(string address)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(20)))
        {
            JsonElement[] mails = [.. (await app.Nobody.Get($"/dev/mail?format=json&to={address}")).Json.EnumerateArray()];
            if (mails.Length > 0 || waited.Elapsed > TimeSpan.FromSeconds(10))
            {
                return mails;
            }
        }
    }

    /// <summary>As on a laptop where nothing is configured.</summary>
    public sealed class WithoutMailServer : ZoniqApp
    {
        protected override void Configure(IDictionary<string, string?> settings) => settings.Remove("SMTP_HOST");
    }
}
