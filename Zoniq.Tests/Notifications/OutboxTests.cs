using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Notifications;

public sealed class OutboxTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Inbox.Mood = SmtpMood.Accepts;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task One_cause_writes_one_mail_to_one_recipient()
    {
        var written = new[]
        {
            await Enqueue(Mails.Welcome("one@example.in", 900_001, "one")),
            await Enqueue(Mails.Welcome("one@example.in", 900_001, "one")),
            await Enqueue(Mails.Welcome("another@example.in", 900_001, "one")),
        };

        Assert.True(written[0] is not null && written[1] is null && written[2] is not null);
        await App.RunTimer("MailOutbox");
        Assert.Single(App.Inbox.MailsTo("one@example.in"));
    }

    [Fact]
    public async Task Without_its_transaction_there_is_no_mail()
    {
        await using (var db = await Database.BeginAsync(CancellationToken.None))
        {
            await Outbox.EnqueueAsync(db, Mails.Welcome("never@example.in", 900_002, "never"), App.Now);
        }

        await App.RunTimer("MailOutbox");
        Assert.Empty(App.Inbox.MailsTo("never@example.in"));
    }

    [Fact]
    public async Task Four_senders_at_once_send_each_mail_once()
    {
        await EnqueueMany(120);
        var senders = Enumerable.Range(0, 4).Select(_ => ActivatorUtilities.CreateInstance<MailSender>(App.Services)).ToArray();

        await Task.WhenAll(senders.Select(sender => sender.SendDueAsync(CancellationToken.None)));

        var sent = App.Inbox.Mails.Where(mail => mail.Recipients[0].StartsWith("many", StringComparison.Ordinal)).ToArray();
        Assert.Equal(120, sent.Length);
        Assert.Equal(120, sent.Select(mail => mail.Message.MessageId).Distinct().Count());
        Assert.Equal(120, await App.Value<int>("select count(*) from mail where recipient like 'many%' and status = 'sent' and attempts = 1"));
    }

    [Fact]
    public async Task Mails_to_one_person_arrive_in_the_order_in_which_things_happened()
    {
        foreach (var number in Enumerable.Range(0, 16))
        {
            await Enqueue(Mails.Welcome("patient@example.in", 900_100 + number, $"name{number:00}"));
        }

        await App.RunTimer("MailOutbox");

        var names = App.Inbox.MailsTo("patient@example.in").Select(mail => mail.Message.Subject!.Split(", ")[1].TrimEnd('!')).ToArray();
        Assert.Equal(Enumerable.Range(0, 16).Select(number => $"name{number:00}"), names);
    }

    [Fact]
    public async Task A_refused_mail_is_tried_again_after_a_pause_and_sent_once()
    {
        var id = await Enqueue(Mails.Welcome("later@example.in", 900_003, "later"));

        App.Inbox.Mood = SmtpMood.Refuses;
        var before = App.Now;
        await App.RunTimer("MailOutbox");
        App.Inbox.Mood = SmtpMood.Accepts;

        Assert.Equal("SMTP 451 SenderNotAccepted", await App.Value<string>("select last_error from mail where id = @id", new { id }));
        Assert.InRange(await App.Value<DateTime>("select next_attempt_at from mail where id = @id", new { id }), (before + MailPolicy.PauseAfter(1)).UtcDateTime, DateTime.MaxValue);

        // An hour later, lest the pause be over while this runs.
        await App.Execute("update mail set next_attempt_at = next_attempt_at + interval '1 hour' where id = @id", new { id });
        await App.RunTimer("MailOutbox");
        Assert.Empty(App.Inbox.MailsTo("later@example.in"));
        await App.Advance(TimeSpan.FromHours(1) + MailPolicy.PauseAfter(1));
        await App.RunTimer("MailOutbox");
        await App.RunTimer("MailOutbox");
        Assert.Single(App.Inbox.MailsTo("later@example.in"));
    }

    [Fact]
    public async Task While_there_is_no_server_mails_wait_untried()
    {
        await using var cutOff = await App.StartAnother(("SMTP_PORT", "1"));
        await EnqueueMany(30, "cutoff");

        await cutOff.RunTimer("MailOutbox");

        Assert.Equal(30, await App.Value<int>("select count(*) from mail where recipient like 'cutoff%' and status = 'pending' and attempts = 0"));
        await App.RunTimer("MailOutbox");
        Assert.Equal(30, App.Inbox.Mails.Count(mail => mail.Recipients[0].StartsWith("cutoff", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_was_sent_is_written_down_although_the_database_was_away_for_a_moment()
    {
        await App.Execute(
            """
            create sequence hiccup;
            create function fail_at_first() returns trigger language plpgsql as $$
            begin
                if nextval('hiccup') <= 3 then
                    raise exception 'The database is away.' using errcode = '57P01';
                end if;
                return new;
            end $$;
            create trigger hiccup before update on mail for each row when (new.status = 'sent') execute function fail_at_first();
            """);
        await EnqueueMany(30, "hiccup");

        await App.RunTimer("MailOutbox");
        await App.Execute("drop trigger hiccup on mail");

        Assert.Equal(30, await App.Value<int>("select count(*) from mail where recipient like 'hiccup%' and status = 'sent' and attempts = 1"));
        Assert.Equal(30, App.Inbox.Mails.Count(mail => mail.Recipients[0].StartsWith("hiccup", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_mail_goes_out_at_once_although_the_clock_was_set_back()
    {
        await using var db = await Database.OpenAsync(CancellationToken.None);
        var id = await Outbox.EnqueueAsync(db, Mails.Welcome("early@example.in", 900_009, "early"), App.Now + TimeSpan.FromSeconds(1));

        App.Services.GetRequiredService<MailSender>().SendSoon(id!.Value);

        await App.Inbox.Expect("early@example.in");
    }

    [Fact]
    public async Task A_mail_that_grew_too_old_while_there_was_no_server_is_given_up_and_somebody_hears_of_it()
    {
        await using var cutOff = await App.StartAnother(("SMTP_PORT", "1"));
        var id = await Enqueue(Mails.Welcome("too.old@example.in", 900_010, "old"));

        await App.Advance(TimeSpan.FromHours(25));
        await cutOff.RunTimer("MailOutbox");

        Assert.Equal("dead", await StatusOf(id));
        Assert.Contains(cutOff.Logs, line => line.Text.StartsWith($"Mail {id} (welcome) was given up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_to_nobody_is_given_up_at_once()
    {
        var id = await Enqueue(Mails.Welcome("gone@example.in", 900_004, "gone"));

        App.Inbox.Mood = SmtpMood.KnowsNobody;
        await App.RunTimer("MailOutbox");
        App.Inbox.Mood = SmtpMood.Accepts;

        Assert.Equal("dead", await StatusOf(id));
        Assert.DoesNotContain(App.Logs, line => line.Text.Contains("gone@example.in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_that_cannot_be_delivered_for_a_day_is_given_up()
    {
        var id = await Enqueue(Mails.Welcome("day@example.in", 900_005, "day"));
        App.Inbox.Mood = SmtpMood.Refuses;

        await App.RunTimer("MailOutbox");
        await App.Advance(TimeSpan.FromHours(23));
        await App.RunTimer("MailOutbox");
        Assert.Equal("pending", await StatusOf(id));
        await App.Advance(TimeSpan.FromHours(2));
        await App.RunTimer("MailOutbox");
        App.Inbox.Mood = SmtpMood.Accepts;

        Assert.Equal("dead", await StatusOf(id));
    }

    [Fact]
    public async Task The_mail_of_a_sender_that_died_is_sent_when_its_claim_has_lapsed()
    {
        var id = await Enqueue(Mails.Welcome("orphan@example.in", 900_006, "orphan"));
        await App.Execute("update mail set attempts = 1, next_attempt_at = @until where id = @id", new { id, until = (App.Now + MailPolicy.Lease).UtcDateTime });

        await App.RunTimer("MailOutbox");
        Assert.Empty(App.Inbox.MailsTo("orphan@example.in"));

        await App.Advance(MailPolicy.Lease + TimeSpan.FromSeconds(1));
        await App.RunTimer("MailOutbox");
        Assert.Single(App.Inbox.MailsTo("orphan@example.in"));
    }

    [Fact]
    public async Task If_the_servers_answer_is_lost_both_deliveries_bear_one_message_id()
    {
        var id = await Enqueue(Mails.Welcome("twice@example.in", 900_007, "twice"));

        App.Inbox.Mood = SmtpMood.LosesAnswer;
        await App.RunTimer("MailOutbox");
        App.Inbox.Mood = SmtpMood.Accepts;
        await App.Advance(TimeSpan.FromSeconds(11));
        await App.RunTimer("MailOutbox");

        var deliveries = App.Inbox.MailsTo("twice@example.in");
        Assert.InRange(deliveries.Count, 2, int.MaxValue); // more if this took so long that another attempt was due
        Assert.Equal(deliveries.Count, await App.Value<int>("select attempts from mail where id = @id and status = 'sent'", new { id }));
        Assert.Single(deliveries.Select(mail => mail.Message.MessageId).Distinct());
    }

    [Fact]
    public async Task A_mail_that_cannot_be_made_does_not_hold_up_the_others()
    {
        var broken = await Enqueue(new Mail { Template = "unheard_of", Recipient = "broken@example.in", Cause = "test:1", Data = new JsonObject(), Importance = MailImportance.Urgent });
        await Enqueue(Mails.Welcome("whole@example.in", 900_008, "whole"));

        await App.RunTimer("MailOutbox");

        Assert.Single(App.Inbox.MailsTo("whole@example.in"));
        Assert.Equal("pending", await StatusOf(broken));
    }

    [Fact]
    public async Task A_code_that_has_ended_is_neither_sent_nor_kept()
    {
        var id = await Enqueue(Mails.Code("ended@example.in", null, "482913", "sign in", Guid.NewGuid(), App.Now + TimeSpan.FromMinutes(10)));

        await App.Advance(TimeSpan.FromMinutes(11));
        await App.RunTimer("MailOutbox");

        Assert.Empty(App.Inbox.MailsTo("ended@example.in"));
        Assert.Equal("expired", await StatusOf(id));
        Assert.DoesNotContain("482913", await App.Value<string>("select data::text from mail where id = @id", new { id }));
    }

    [Fact]
    public async Task Urgent_mails_overtake_those_that_wait()
    {
        await EnqueueMany(60, "crowd");
        await Enqueue(Mails.Code("urgent@example.in", null, "135790", "sign in", Guid.NewGuid(), App.Now + TimeSpan.FromMinutes(10)));

        await App.RunTimer("MailOutbox");

        var order = App.Inbox.Mails.Select(mail => mail.Recipients[0]).Where(recipient => recipient == "urgent@example.in" || recipient.StartsWith("crowd", StringComparison.Ordinal)).ToList();
        Assert.Equal(61, order.Count);
        Assert.InRange(order.IndexOf("urgent@example.in"), 0, MailPolicy.Lanes - 1);
    }

    private Database Database => App.Services.GetRequiredService<Database>();

    private async Task<long?> Enqueue(Mail mail)
    {
        await using var db = await Database.OpenAsync(CancellationToken.None);
        return await Outbox.EnqueueAsync(db, mail, App.Now);
    }

    private Task<int> EnqueueMany(int count, string prefix = "many") =>
        App.Execute(
            """
            insert into mail (template, recipient, cause, data, next_attempt_at, created_at)
            select 'welcome', @prefix || n || '@example.in', 'test:' || @prefix || n, '{"username":"somebody"}', @now, @now
            from   generate_series(1, @count) as n
            """,
            new { prefix, count, now = App.Now.UtcDateTime });

    private Task<string> StatusOf(long? id) => App.Value<string>("select status from mail where id = @id", new { id });
}
