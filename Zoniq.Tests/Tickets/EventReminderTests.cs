using System.Globalization;

namespace Zoniq.Tests.Tickets;

/// <summary>Who is reminded of an event, when, and how often.</summary>
public sealed class EventReminderTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Subject = "Reminder: An Evening of Sitar | ZONIQ";

    [Fact]
    public async Task A_day_before_the_event_every_holder_gets_one_mail_however_often_the_timer_runs()
    {
        var staged = await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(30));
        var (asha, ravi, meera, late, quiet) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        await Books(asha, staged, 2);
        await Books(asha, staged, 1, "office@example.in");
        var given = await Books(ravi, staged, 2);
        foreach (var ticket in await App.Rows<long>("select id from ticket where booking_id = @given", new { given }))
        {
            await ravi.Gives(ticket, meera);
        }

        (await late.Adds(staged.Standing)).Succeeded();
        (await quiet.Patch("/api/users/me/notifications/preferences", new { emailEventReminders = false })).Succeeded();
        await Books(quiet, staged, 1);
        await using var another = await App.StartAnother();

        await App.Advance(TimeSpan.FromHours(6) - TimeSpan.FromMinutes(1));
        await App.RunTimer("EventReminder");
        Assert.Empty(await Reminded(staged));

        await App.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(at => (at % 2 == 0 ? App : another).Services.GetService(typeof(Zoniq.Domain.Tickets.EventReminders)))
            .Select(reminders => ((Zoniq.Domain.Tickets.EventReminders)reminders!).Remind(CancellationToken.None)));
        await App.Execute("update booking set contact_email = 'elsewhere@example.in' where account_id = @Id", new { asha.Id });
        await App.Advance(TimeSpan.FromMinutes(15));
        await another.RunTimer("EventReminder");

        Assert.Equal(new[] { meera.Email, "office@example.in" }.Order(StringComparer.Ordinal), await Reminded(staged));

        await App.RunTimer("MailOutbox");
        var mail = App.Inbox.MailsTo("office@example.in").Single(mail => mail.Message.Subject == Subject).Message;
        var begins = TimeZoneInfo.ConvertTime(staged.Date, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"));
        foreach (var fact in new[]
        {
            begins.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture), begins.ToString("h:mm tt", CultureInfo.InvariantCulture) + " IST",
            "Shanmukhananda Hall", "Mumbai", "you have 3 tickets", "http://localhost:3000/tickets", "/settings/notifications", asha.Username,
        })
        {
            Assert.Contains(fact, mail.TextBody, StringComparison.Ordinal);
            Assert.Contains(fact, mail.HtmlBody, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whoever_buys_on_the_last_day_is_reminded_unless_the_event_is_about_to_begin()
    {
        var staged = await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(5));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await Books(asha, staged, 1);
        await App.RunTimer("EventReminder");
        Assert.Equal([asha.Email], await Reminded(staged));

        await App.Advance(TimeSpan.FromHours(3) + TimeSpan.FromMinutes(1));
        await Books(ravi, staged, 1);
        await App.RunTimer("EventReminder");
        Assert.Equal([asha.Email], await Reminded(staged));
    }

    [Fact]
    public async Task Only_tickets_that_are_good_for_entry_are_a_reason_to_remind()
    {
        var staged = await App.AnEvent(rows: 0, starts: TimeSpan.FromHours(30));
        var (unpaid, cancelled, used) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        (await cancelled.Post($"/api/bookings/{(await cancelled.Buys(staged.Standing)).Id}/cancel")).Succeeded();
        var entered = (await used.Buys(staged.Standing)).Id;
        await App.Enters(entered);
        await App.Advance(TimeSpan.FromHours(7));
        await unpaid.Books(staged.Standing);

        await App.RunTimer("EventReminder");

        Assert.Empty(await Reminded(staged));
    }

    [Fact]
    public async Task Nobody_is_reminded_of_an_event_that_was_called_off()
    {
        var (before, after) = (await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(20)), await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(20)));
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        await Books(asha, before, 1);
        await Books(asha, after, 1);

        (await administrator.Post($"/api/admin/events/{before.Id}/cancel")).Succeeded();
        await App.RunTimer("EventReminder");
        (await administrator.Post($"/api/admin/events/{after.Id}/cancel")).Succeeded();
        await App.RunTimer("MailOutbox");

        Assert.Empty(await Reminded(before));
        Assert.Equal("expired", await App.Value<string>("select status from mail where cause like @cause", new { cause = $"reminder:{after.Id}:%" }));
        Assert.DoesNotContain(App.Inbox.MailsTo(asha.Email), mail => mail.Message.Subject == Subject);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(23, 1)]
    [InlineData(24, 2)]
    [InlineData(48, 2)]
    public async Task An_event_that_is_put_off_by_a_day_or_more_is_reminded_of_once_more(int hours, int reminders)
    {
        var staged = await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(22));
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        await Books(asha, staged, 1);
        await App.RunTimer("EventReminder");

        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { eventDate = staged.Date.AddHours(hours) })).Succeeded();
        await App.RunTimer("EventReminder");
        Assert.Single(await Reminded(staged));
        await App.Advance(TimeSpan.FromHours(hours));
        await App.RunTimer("EventReminder");
        await App.RunTimer("EventReminder");

        Assert.Equal(reminders, (await Reminded(staged)).Length);
    }

    [Fact]
    public async Task Many_holders_cost_no_more_statements_than_one()
    {
        var staged = await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(10));
        foreach (var buyer in await App.NewBuyers(12))
        {
            await Books(buyer, staged, 1);
        }

        var statements = await App.StatementsOf(() => App.RunTimer("EventReminder"));

        Assert.Single(statements, statement => statement.Contains("insert into mail", StringComparison.Ordinal));
        Assert.Equal(12, (await Reminded(staged)).Length);
    }

    private static async Task<long> Books(Person buyer, StagedEvent staged, int tickets, string? contact = null)
    {
        (await buyer.Adds(staged.Standing, tickets)).Succeeded();
        return (await buyer.ChecksOut(staged.Id, contact is null ? null : new { contactEmail = contact })).Succeeded(201).Id;
    }

    /// <summary>The addresses, in order.</summary>
    private Task<string[]> Reminded(StagedEvent staged) =>
        App.Rows<string>("""select recipient from mail where template = 'event_reminder' and cause like @cause order by recipient collate "C" """, new { cause = $"reminder:{staged.Id}:%" });
}
