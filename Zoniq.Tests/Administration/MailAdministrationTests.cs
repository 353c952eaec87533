using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>Mails that were given up are found by the office and sent again.</summary>
public sealed class MailAdministrationTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Inbox.Mood = SmtpMood.Accepts;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Mails_are_listed_newest_first_and_found_by_what_became_of_them_what_they_are_and_whose()
    {
        var administrator = await App.Administrator();
        var dead = await GivenUp(Mails.Welcome("Lata.Rao@list.example.in", 800_001, "lata"));
        var sent = await Written(Mails.Welcome("lata@list.example.in", 800_002, "lata2"));
        await App.RunTimer("MailOutbox");
        var pending = await Written(Mails.SecurityNotice("lata@list.example.in", 1, Guid.NewGuid(), "The password was reset.", App.Now));

        Assert.Equal(new[] { pending, sent, dead }, await Found("search=list.example"));
        Assert.Equal(new[] { pending, sent }, await Found("search=LATA@list.example.in"));
        Assert.Equal(new[] { dead }, await Found("search=lata.rao@list.example.in&status=dead&template=Welcome"));
        Assert.Equal(new[] { dead }, await Found("search=list.example&page=3&page_size=1"));
        Assert.Empty(await Found("search=list.example&status=expired"));
        Assert.Empty(await Found("search=lat%25"));
        (await administrator.Get("/api/admin/mails?status=lost")).RefusedField("status");
        (await administrator.Get("/api/admin/mails?template=nope")).RefusedField("template");
        Assert.All(
            typeof(MailTemplate).GetFields().Where(field => field.IsLiteral),
            field => Assert.Contains((string)field.GetRawConstantValue()!, MailTemplate.All));

        var rows = (await administrator.Get("/api/admin/mails?search=list.example")).Succeeded()["mails"];
        Assert.Equal(("dead", 1, "SMTP 550 RecipientNotAccepted", false, false), Seen(rows[2]));
        Assert.Equal(("sent", 1, null, true, false), Seen(rows[1]));
        Assert.Equal(("pending", 0, null, false, true), Seen(rows[0]));

        async Task<long[]> Found(string query) =>
            [.. (await administrator.Get($"/api/admin/mails?{query}")).Succeeded()["mails"].EnumerateArray().Select(mail => mail.GetProperty("id").GetInt64())];
        static (string?, int, string?, bool, bool) Seen(JsonElement mail) => (
            mail.GetProperty("status").GetString(), mail.GetProperty("attempts").GetInt32(), mail.GetProperty("lastError").GetString(),
            mail.GetProperty("sentAt").ValueKind != JsonValueKind.Null, mail.GetProperty("nextAttemptAt").ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public async Task A_mail_that_was_given_up_is_sent_again_once_however_many_ask_for_it()
    {
        var administrator = await App.Administrator();
        var id = await GivenUp(Mails.Welcome("again@example.in", 800_003, "again"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => administrator.Post($"/api/admin/mails/{id}/resend")));

        var resent = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(("pending", 0, JsonValueKind.Null), (resent["status"].GetString(), resent["attempts"].GetInt32(), resent["lastError"].ValueKind));
        Assert.All(answers.Except([resent]), answer => answer.Refused(409, "mail.not_dead"));
        await App.Inbox.Expect("again@example.in");
        await App.RunTimer("MailOutbox");
        Assert.Single(App.Inbox.MailsTo("again@example.in"));

        var entry = (await administrator.Get("/api/admin/logs?action=resend_mail")).Succeeded()["logs"].EnumerateArray().Single(log => log.GetProperty("entityId").GetInt64() == id);
        Assert.Equal(("mail", administrator.Username), (entry.GetProperty("entityType").GetString(), entry.GetProperty("adminUsername").GetString()));
        Assert.DoesNotContain("again@", entry.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_tried_for_as_long_as_a_new_one_however_old_it_is()
    {
        var administrator = await App.Administrator();
        var id = await GivenUp(Mails.Welcome("patience@example.in", 800_004, "patience"));
        var written = await App.Value<DateTime>("select created_at from mail where id = @id", new { id });
        await App.Advance(TimeSpan.FromDays(3));

        App.Inbox.Mood = SmtpMood.Refuses;
        var resent = (await administrator.Post($"/api/admin/mails/{id}/resend")).Succeeded();
        Assert.Equal(written, resent["createdAt"].GetDateTime(), TimeSpan.FromMilliseconds(1));
        await Eventually(() => App.Value<bool>("select last_error is not null from mail where id = @id", new { id }));
        await App.Advance(TimeSpan.FromHours(23));
        await App.RunTimer("MailOutbox");
        Assert.Equal("pending", await StatusOf(id));

        await using var cutOff = await App.StartAnother(("SMTP_PORT", "1"));
        await App.Execute("update mail set next_attempt_at = created_at where id = @id", new { id });
        await cutOff.RunTimer("MailOutbox");
        Assert.Equal("pending", await StatusOf(id));

        await App.Advance(TimeSpan.FromHours(2));
        await App.RunTimer("MailOutbox");
        Assert.Equal("dead", await StatusOf(id));
    }

    [Fact]
    public async Task Nothing_is_sent_again_that_is_unknown_on_its_way_or_no_longer_true()
    {
        var administrator = await App.Administrator();
        var code = await GivenUp(Mails.Code("nobody@example.in", null, "739164", "sign in", Guid.NewGuid(), App.Now + TimeSpan.FromMinutes(10)));
        var late = await GivenUp(Mails.Welcome("tardy@example.in", 800_005, "tardy") with { ExpiresAt = App.Now + TimeSpan.FromMinutes(5) });
        await App.Advance(TimeSpan.FromMinutes(6));
        var waiting = await Written(Mails.Welcome("waiting@example.in", 800_006, "waiting"));

        (await administrator.Post("/api/admin/mails/987654321/resend")).Refused(404, "mail.not_found");
        (await administrator.Post($"/api/admin/mails/{waiting}/resend")).Refused(409, "mail.not_dead");
        (await administrator.Post($"/api/admin/mails/{code}/resend")).Refused(409, "mail.outdated");
        (await administrator.Post($"/api/admin/mails/{late}/resend")).Refused(409, "mail.outdated");

        Assert.Equal(0, await App.Value<int>("select count(*) from admin_log where action = 'resend_mail' and entity_id = any(@ids)", new { ids = new[] { waiting, code, late } }));
        Assert.DoesNotContain("739164", (await administrator.Get("/api/admin/mails?page_size=100")).Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_forgotten_is_not_sent_again()
    {
        var old = await GivenUp(Mails.Welcome("long-ago@example.in", 800_007, "long_ago"));
        await App.Advance(Housekeeping.MailsAreKept + TimeSpan.FromDays(1));
        await App.RunTimer("Housekeeping");

        (await (await App.Administrator()).Post($"/api/admin/mails/{old}/resend")).Refused(409, "mail.outdated");
    }

    private async Task<long> Written(Mail mail)
    {
        await using var db = await App.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        return (await Outbox.EnqueueAsync(db, mail, App.Now))!.Value;
    }

    private async Task<long> GivenUp(Mail mail)
    {
        var id = await Written(mail);
        App.Inbox.Mood = SmtpMood.KnowsNobody;
        await App.RunTimer("MailOutbox");
        App.Inbox.Mood = SmtpMood.Accepts;
        Assert.Equal("dead", await StatusOf(id));
        return id;
    }

    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); !await isSo();)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(10), "It did not come to it.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private Task<string> StatusOf(long id) => App.Value<string>("select status from mail where id = @id", new { id });
}
