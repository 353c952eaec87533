using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Notifications;

/// <summary>Mails and the password go to the right server, and nobody on the way reads them.</summary>
public sealed class SmtpSecurityTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Username = "zoniq@mail.example";
    private const string Password = "kolam-at-dawn-42";

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task A_server_that_is_trusted_gets_mails_in_secret_from_whoever_logs_in(string mechanism)
    {
        using var certificate = CertificateOf("localhost");
        await using var inbox = new SmtpInbox { Certificate = certificate, Login = (Username, Password), Mechanisms = mechanism };

        Assert.Equal("sent", await StatusAfterTrying(inbox, certificate));

        var mail = Assert.Single(inbox.Mails, mail => mail.Recipients[0].StartsWith("trusted", StringComparison.Ordinal));
        Assert.Equal((true, Username), (mail.IsSecret, mail.Username));
    }

    [Fact]
    public async Task Where_a_server_expects_it_everything_is_secret_from_the_first_byte_on()
    {
        using var certificate = CertificateOf("localhost");
        await using var inbox = new SmtpInbox { Certificate = certificate, IsSecretFromTheStart = true, Login = (Username, Password) };

        Assert.Equal("sent", await StatusAfterTrying(inbox, certificate, ("SMTP_TLS_ON_CONNECT", "true")));

        var mail = Assert.Single(inbox.Mails, mail => mail.Recipients[0].StartsWith("trusted", StringComparison.Ordinal));
        Assert.Equal((true, Username), (mail.IsSecret, mail.Username));
    }

    [Theory]
    [InlineData("465", null, true)]
    [InlineData("465", "false", false)]
    [InlineData("587", null, false)]
    [InlineData("2465", "true", true)]
    [InlineData(null, null, false)]
    public void Port_465_is_secret_from_the_first_byte_on_unless_it_is_said_otherwise(string? port, string? said, bool expected)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["SMTP_PORT"] = port, ["SMTP_TLS_ON_CONNECT"] = said })
            .Build();

        Assert.Equal(expected, MailOptions.From(new Settings(settings)).UseTlsOnConnect);
    }

    [Fact]
    public async Task A_trusted_certificate_of_another_server_opens_nothing()
    {
        using var certificate = CertificateOf("elsewhere.example");
        await using var inbox = new SmtpInbox { Certificate = certificate, Login = (Username, Password) };

        Assert.Equal("pending", await StatusAfterTrying(inbox, certificate));

        Assert.Equal((0, 0), (inbox.Mails.Count, inbox.Logins));
    }

    [Theory]
    [InlineData(true, "The mail server cannot be used: SslHandshakeException.")]
    [InlineData(false, "The mail server cannot be used: NotSupportedException.")]
    public async Task A_server_that_nobody_vouches_for_or_that_speaks_in_the_clear_gets_neither_mail_nor_password(bool hasCertificate, string reason)
    {
        using var certificate = CertificateOf("localhost");
        await using var inbox = new SmtpInbox { Certificate = hasCertificate ? certificate : null, Login = (Username, Password) };
        await using var instance = await App.StartAnother(SettingsFor(inbox));
        var id = await Enqueue("strange");

        await instance.RunTimer("MailOutbox");

        Assert.Equal((0, 0), (inbox.Mails.Count, inbox.Logins));
        Assert.Equal(("pending", reason), await StateOf(id));
    }

    [Fact]
    public async Task With_a_wrong_password_mails_wait_and_it_is_tried_again_only_now_and_then()
    {
        const string Wrong = "not-the-kolam-42";
        await using var inbox = new SmtpInbox { Login = (Username, Password) };
        await using var instance = await App.StartAnother([.. SettingsFor(inbox), ("SMTP_USE_TLS", "false"), ("SMTP_PASSWORD", Wrong)]);
        var id = await Enqueue("patient");

        for (var times = 0; times <= MailPolicy.Lanes; times++)
        {
            await instance.RunTimer("MailOutbox");
        }

        var atFirst = inbox.Logins;
        Assert.InRange(atFirst, 1, MailPolicy.Lanes);
        Assert.Equal(("pending", "The mail server refuses the login."), await StateOf(id));
        await App.Advance(TimeSpan.FromSeconds(61));
        await instance.RunTimer("MailOutbox");
        Assert.InRange(inbox.Logins, atFirst + 1, atFirst + MailPolicy.Lanes);

        // The server has said the password aloud.
        foreach (var secret in new[] { Wrong, Convert.ToBase64String(Encoding.UTF8.GetBytes(Wrong)), Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{Username}\0{Wrong}")) })
        {
            Assert.DoesNotContain(instance.Logs, line => $"{line.Text} {line.Exception}".Contains(secret, StringComparison.Ordinal));
            Assert.Equal(0, await App.Value<int>("select count(*) from mail where strpos(mail::text, @secret) > 0", new { secret }));
        }

        inbox.Login = (Username, Wrong);
        await App.Advance(TimeSpan.FromSeconds(61));
        await instance.RunTimer("MailOutbox");
        Assert.Single(inbox.MailsTo(await RecipientOf(id)));
    }

    /// <summary>By an instance that trusts this certificate as an operator makes it: by the file of those that the machine trusts.</summary>
    private async Task<string> StatusAfterTrying(SmtpInbox inbox, X509Certificate2 certificate, params (string Name, string? Value)[] settings)
    {
        var trusted = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
            using var child = await ChildApp.StartAsync(App, [.. SettingsFor(inbox), .. settings, ("SSL_CERT_FILE", trusted)]);
            var id = await Enqueue("trusted");
            using var ran = await child.Http.PostAsync(new Uri("/dev/timers/MailOutbox", UriKind.Relative), content: null);
            Assert.True(ran.IsSuccessStatusCode);
            return (await StateOf(id)).Status;
        }
        finally
        {
            File.Delete(trusted);
        }
    }

    private static (string Name, string? Value)[] SettingsFor(SmtpInbox inbox) =>
    [
        ("SMTP_HOST", "localhost"), ("SMTP_PORT", $"{inbox.Port}"), ("SMTP_USE_TLS", "true"), ("SMTP_USERNAME", Username), ("SMTP_PASSWORD", Password),
    ];

    private static X509Certificate2 CertificateOf(string server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={server}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(server);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    private async Task<long> Enqueue(string prefix)
    {
        await using var db = await App.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        return (await Outbox.EnqueueAsync(db, Mails.SecurityNotice($"{prefix}-{Guid.NewGuid():n}@example.in", 1, Guid.NewGuid(), "The password was reset.", App.Now), App.Now))!.Value;
    }

    private async Task<(string Status, string? Reason)> StateOf(long id) => (await App.Rows<(string, string?)>("select status, last_error from mail where id = @id", new { id }))[0];

    private Task<string> RecipientOf(long id) => App.Value<string>("select recipient from mail where id = @id", new { id });
}
