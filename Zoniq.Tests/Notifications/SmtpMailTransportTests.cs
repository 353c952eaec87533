using System.Diagnostics;
using MimeKit;
using Zoniq.Domain.Notifications;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Notifications;

public sealed class SmtpMailTransportTests : IAsyncDisposable
{
    private static readonly TimeSpan Greeting = TimeSpan.FromMilliseconds(200);

    private readonly SmtpInbox inbox = new();

    [Fact]
    public async Task A_server_may_think_about_a_mail_for_longer_than_a_greeting_takes()
    {
        using var transport = Transport();
        inbox.Mood = SmtpMood.Ponders;

        var sending = Send(transport, "slowly@example.in");
        await inbox.Expect("slowly@example.in");
        await Task.WhenAny(sending, Task.Delay(Greeting * 3)); // the patience of connections is of the real time
        inbox.Mood = SmtpMood.Accepts;
        await sending;

        Assert.Single(inbox.Mails);
    }

    [Fact]
    public async Task A_connection_that_has_been_cut_off_is_closed_and_the_mail_goes_by_another()
    {
        using var transport = Transport();
        await Send(transport, "first@example.in");
        inbox.Mood = SmtpMood.IsDeaf;

        await Send(transport, "second@example.in");

        Assert.Single(inbox.MailsTo("second@example.in"));
        for (var since = Stopwatch.StartNew(); inbox.Connections > 1;)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(10), "The old connection is still there.");
            await Task.Delay(5);
        }
    }

    public ValueTask DisposeAsync() => inbox.DisposeAsync();

    private SmtpMailTransport Transport() =>
        new(new MailOptions { FromEmail = "tickets@zoniq.example", FromName = "ZONIQ", FrontendUrl = "https://zoniq.example", Host = "127.0.0.1", Port = inbox.Port, UseTls = false })
        {
            LongestGreeting = Greeting,
        };

    private static async Task Send(SmtpMailTransport transport, string recipient)
    {
        using var message = new MimeMessage { Subject = "Tickets", Body = new TextPart("plain") { Text = "Here they are." } };
        message.From.Add(new MailboxAddress("ZONIQ", "tickets@zoniq.example"));
        message.To.Add(new MailboxAddress(null, recipient));
        await transport.SendAsync(message, CancellationToken.None);
    }
}
