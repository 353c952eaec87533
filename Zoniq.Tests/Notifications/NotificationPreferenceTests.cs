namespace Zoniq.Tests.Notifications;

/// <summary>Which mails somebody wants, and that they get just those.</summary>
public sealed class NotificationPreferenceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Preferences = "/api/users/me/notifications/preferences";

    [Fact]
    public async Task Who_never_chose_gets_everything_but_advertising()
    {
        var asha = await App.NewBuyer();

        var preferences = (await asha.Get(Preferences)).Succeeded(200);

        Assert.All(
            (string[])["emailBookingConfirmation", "emailPaymentUpdates", "emailTicketDelivery", "emailEventReminders", "emailEventUpdates", "emailTransferNotifications"],
            name => Assert.True(preferences[name].GetBoolean()));
        Assert.False(preferences["emailMarketing"].GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, preferences["updatedAt"].ValueKind);
        (await App.Nobody.Get(Preferences)).Refused(401, "auth.token_missing");
    }

    [Fact]
    public async Task Six_first_readings_at_once_agree()
    {
        var asha = await App.NewBuyer();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => asha.Get(Preferences)));

        Assert.Single(answers.Select(answer => answer.Succeeded(200).Text).Distinct());
        Assert.Equal(1, await App.Value<long>("select count(*) from notification_preference where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task A_change_touches_what_it_names_and_changes_at_once_are_all_kept()
    {
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());

        var changed = (await asha.Patch(Preferences, new { emailMarketing = true, emailEventReminders = (bool?)null })).Succeeded(200);
        Assert.True(changed["emailMarketing"].GetBoolean());
        Assert.True(changed["emailEventReminders"].GetBoolean());

        string[] names = ["emailBookingConfirmation", "emailPaymentUpdates", "emailTicketDelivery", "emailEventReminders", "emailEventUpdates", "emailTransferNotifications"];
        Assert.All(await Task.WhenAll(names.Select(name => asha.Patch(Preferences, new Dictionary<string, bool> { [name] = false }))), answer => answer.Succeeded(200));
        var after = (await asha.Get(Preferences)).Succeeded();
        Assert.All(names, name => Assert.False(after[name].GetBoolean()));
        Assert.True(after["emailMarketing"].GetBoolean());

        (await asha.Patch(Preferences, new { emailMarketing = "perhaps" })).Refused(422, "validation.failed");
        (await asha.Patch(Preferences, new { clearFields = new[] { "emailMarketing" } })).RefusedField("clearFields");
        Assert.True((await ravi.Get(Preferences)).Succeeded()["emailTicketDelivery"].GetBoolean());
    }

    [Theory]
    [InlineData(true, true, true, true)]
    [InlineData(false, true, true, true)]
    [InlineData(true, false, true, false)]
    [InlineData(false, false, false, false)]
    public async Task A_confirmation_goes_out_for_either_wish_and_the_tickets_only_for_theirs(bool confirmation, bool tickets, bool isSent, bool hasTickets)
    {
        var standing = (await App.AnEvent(rows: 0, price: 0m)).Standing;
        var asha = await App.NewBuyer();
        (await asha.Patch(Preferences, new { emailBookingConfirmation = confirmation, emailTicketDelivery = tickets })).Succeeded();

        (await asha.Adds(standing)).Succeeded();
        (await asha.ChecksOut()).Succeeded(201);
        await App.RunTimer("MailOutbox");

        var mails = App.Inbox.MailsTo(asha.Email);
        Assert.Equal(isSent, mails.Count == 1);
        Assert.Equal(hasTickets, mails.Any(mail => mail.Message.Attachments.Any(attachment => attachment.ContentType.MimeType == "application/pdf")));
        Assert.All(mails, mail => Assert.Contains("/settings/notifications", mail.Message.TextBody));
    }
}
