using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Zoniq.Tests.Support;

/// <summary>The mail server of the tests is held to what a real one does.</summary>
public sealed class SmtpInboxTests
{
    [Fact]
    public async Task A_mail_arrives_as_it_was_sent()
    {
        await using var inbox = new SmtpInbox();

        await SendAsync(inbox, "asha@example.in", ".a line that begins with a dot\r\n.\r\nनमस्ते");

        var mail = await inbox.Expect("asha@example.in");
        Assert.Equal(".a line that begins with a dot\r\n.\r\nनमस्ते", mail.Message.TextBody?.TrimEnd().ReplaceLineEndings("\r\n"));
        Assert.Equal("tickets@zoniq.example", mail.Sender);
    }

    [Theory]
    [InlineData(SmtpMood.Refuses)]
    [InlineData(SmtpMood.KnowsNobody)]
    public async Task A_refusal_reaches_the_sender_and_nothing_is_kept(SmtpMood mood)
    {
        await using var inbox = new SmtpInbox { Mood = mood };

        await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(inbox, "asha@example.in", "hello"));

        Assert.Empty(inbox.Mails);
    }

    [Theory]
    [InlineData(SmtpMood.HangsUp, 0)]
    [InlineData(SmtpMood.LosesAnswer, 1)]
    public async Task A_connection_that_ends_is_noticed_by_the_sender(SmtpMood mood, int kept)
    {
        await using var inbox = new SmtpInbox { Mood = mood };

        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(inbox, "asha@example.in", "hello"));

        Assert.Equal(kept, inbox.Mails.Count);
    }

    private static async Task SendAsync(SmtpInbox inbox, string recipient, string text)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", inbox.Port, SecureSocketOptions.None);
        await client.SendAsync(new MimeMessage(
            [MailboxAddress.Parse("tickets@zoniq.example")], [MailboxAddress.Parse(recipient)], "Your tickets", new TextPart("plain") { Text = text }));
        await client.DisconnectAsync(quit: true);
    }
}
