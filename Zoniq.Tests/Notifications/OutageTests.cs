using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Tests.Notifications;

/// <summary>The mail server is away for a while.</summary>
public sealed class OutageTests(ZoniqApp app) : DatabaseTest(app)
{
    /// <summary>Of each kind, so that what is taken at once is of one kind.</summary>
    private const int Some = MailPolicy.Batch;

    [Fact]
    public async Task After_an_hour_without_a_server_every_mail_leaves_once_the_important_first()
    {
        await using var another = await App.StartAnother();
        await App.Inbox.GoAway();

        // As they come: the less important first. An early code has ended when the server is back.
        await Enqueue(Some, MailImportance.Low, "low");
        var early = await Enqueue(3, MailImportance.Urgent, "early");
        for (var minutes = 0; minutes < 60; minutes += 6)
        {
            await Task.WhenAll(App.RunTimer("MailOutbox"), another.RunTimer("MailOutbox"));
            await Enqueue(Some / 10, MailImportance.Normal, $"normal{minutes}-");
            await App.Advance(TimeSpan.FromMinutes(6));
        }

        await Enqueue(Some, MailImportance.Urgent, "code");
        await Task.WhenAll(App.RunTimer("MailOutbox"), another.RunTimer("MailOutbox"));
        Assert.Empty(App.Inbox.Mails);

        App.Inbox.ComeBack();
        await App.RunTimer("MailOutbox");
        var order = App.Inbox.Mails.Select(mail => mail.Recipients[0]).ToArray();
        await Task.WhenAll(App.RunTimer("MailOutbox"), another.RunTimer("MailOutbox"));

        Assert.Equal(
            [.. Enumerable.Repeat("code", Some), .. Enumerable.Repeat("normal", Some), .. Enumerable.Repeat("low", Some)],
            order.Select(recipient => string.Concat(recipient.TakeWhile(char.IsAsciiLetter))));
        Assert.Equal(3 * Some, App.Inbox.Mails.Select(mail => mail.Recipients[0]).Distinct().Count());
        Assert.Equal(3 * Some, App.Inbox.Mails.Count);
        Assert.Equal(3 * Some, await App.Value<int>("select count(*) from mail where status = 'sent' and attempts = 1"));
        Assert.Equal(early.Length, await App.Value<int>("select count(*) from mail where id = any(@early) and status = 'expired' and not data ? 'code'", new { early }));
    }

    private async Task<long[]> Enqueue(int count, MailImportance importance, string prefix)
    {
        await using var db = await App.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        var written = new List<long>();
        for (var number = 0; number < count; number++)
        {
            var recipient = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}@example.in");
            var mail = importance == MailImportance.Urgent
                ? Mails.Code(recipient, null, "246810", "sign in", Guid.NewGuid(), App.Now + TimeSpan.FromMinutes(10))
                : Mails.SecurityNotice(recipient, 1, Guid.NewGuid(), "The password was reset.", App.Now) with { Importance = importance };
            written.Add((await Outbox.EnqueueAsync(db, mail, App.Now))!.Value);
        }

        return [.. written];
    }
}
