using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>What is offered or passed on when bookings are called off, money goes back, events do not take place, people are blocked or enter.</summary>
public sealed class TransferEndTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task A_booking_that_is_called_off_ends_what_was_offered_of_it()
    {
        var (asha, ravi, booking, tickets) = await Bought(2);
        var token = await asha.Sends(tickets[0], ravi.Email);

        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded(200);

        (await ravi.Claims(token)).Refused(409, "ticket.not_valid");
        (await ravi.Declines(token)).Refused(409, "transfer.not_pending");
        Assert.Equal("cancelled", await Status(ravi));
        await Told(ravi, "its booking was cancelled");
    }

    [Fact]
    public async Task What_was_over_by_the_clock_has_expired_whatever_happens_to_the_ticket()
    {
        var (asha, ravi, booking, tickets) = await Bought(1);
        await asha.Sends(tickets[0], ravi.Email);
        await App.Advance(TimeSpan.FromHours(24));

        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded(200);

        Assert.Equal("expired", await Status(ravi));
        Assert.Equal(["transfer_expired"], await Results(asha));
        Assert.Empty(await Results(ravi));
    }

    [Fact]
    public async Task Money_that_goes_back_whole_voids_a_ticket_whoever_holds_it_and_goes_to_its_buyer()
    {
        var (asha, ravi, booking, tickets) = await Bought(2);
        var meera = await App.NewBuyer();
        var office = await App.Administrator();
        await asha.Gives(tickets[0], ravi);
        var token = await ravi.Sends(tickets[0], meera.Email);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Refused(409, "booking.ticket_transferred");
        Assert.Equal("0.00", (await asha.Booking(booking.Id)).Succeeded()["refundableAmount"].GetRawText());
        var payment = await App.Value<long>("select paid_by from booking where id = @Id", new { booking.Id });

        (await office.Post($"/api/admin/payments/{payment}/refund", new { amount = 50_000, reason = "A pillar in the way" })).Succeeded(201);
        Assert.Equal("valid", (await ravi.Get($"/api/tickets/{tickets[0]}")).Succeeded()["status"].GetString());
        Assert.Equal("pending", await Status(meera));
        (await office.Post($"/api/admin/payments/{payment}/refund", new { reason = "No longer sold" })).Succeeded(201);

        var voided = (await ravi.Get($"/api/tickets/{tickets[0]}")).Succeeded();
        Assert.Equal(("void", true, System.Text.Json.JsonValueKind.Null), (voided["status"].GetString(), voided["isHolder"].GetBoolean(), voided["qrPayload"].ValueKind));
        (await ravi.Get($"/api/tickets/{tickets[0]}/download")).Refused(409, "ticket.not_confirmed");
        (await meera.Claims(token)).Refused(409, "ticket.not_valid");
        await Told(meera, "its booking was cancelled");
        Assert.Equal("50000 50000", await Refunds(booking.Id));
    }

    [Fact]
    public async Task An_event_that_is_called_off_ends_what_was_offered_at_once_and_voids_what_was_claimed()
    {
        var (asha, ravi, booking, tickets) = await Bought(3);
        var office = await App.Administrator();
        await asha.Gives(tickets[0], ravi);
        var token = await asha.Sends(tickets[1], ravi.Email);

        (await office.Post($"/api/admin/events/{booking["eventId"]}/cancel")).Succeeded(200);

        (await ravi.Claims(token)).Refused(409, "ticket.not_valid");
        await Told(ravi, "the event does not take place");
        (await asha.Post($"/api/tickets/{tickets[2]}/transfer", new { toEmail = ravi.Email })).Refused(409, "ticket.not_transferable");
        Assert.False((await asha.Get($"/api/tickets/{tickets[2]}")).Succeeded()["transferable"].GetBoolean());

        await App.RunTimer("EventRefunds");
        Assert.Equal("void", (await ravi.Get($"/api/tickets/{tickets[0]}")).Succeeded()["status"].GetString());
        Assert.Equal("150000", await Refunds(booking.Id));
        (await asha.Post($"/api/tickets/{tickets[2]}/transfer", new { toEmail = ravi.Email })).Refused(409, "ticket.not_valid");
    }

    [Fact]
    public async Task Many_offers_of_a_cancelled_event_cost_no_more_statements_than_one()
    {
        async Task<int> StatementsFor(int offers)
        {
            var (asha, _, booking, tickets) = await Bought(offers);
            for (var at = 0; at < offers; at++)
            {
                await asha.Sends(tickets[at], $"friend{at}@example.in");
            }

            var office = await App.Administrator();
            return (await App.StatementsOf(async () => (await office.Post($"/api/admin/events/{booking["eventId"]}/cancel")).Succeeded(200))).Foreground().Count();
        }

        Assert.Equal(await StatementsFor(1), await StatementsFor(8));
    }

    [Fact]
    public async Task What_somebody_offered_who_is_blocked_stays_with_them()
    {
        var (asha, ravi, _, tickets) = await Bought(2);
        var office = await App.Administrator();
        var token = await asha.Sends(tickets[0], ravi.Email);
        await asha.Gives(tickets[1], ravi);

        (await office.Post($"/api/admin/users/{asha.Id}/block", new { reason = "Resells tickets." })).Succeeded();

        (await ravi.Claims(token)).Refused(409, "transfer.not_pending");
        Assert.Equal(["transfer_cancelled"], await Results(ravi));
        Assert.True((await ravi.Get($"/api/tickets/{tickets[1]}")).Succeeded()["isHolder"].GetBoolean());
        (await office.Post($"/api/admin/users/{asha.Id}/unblock")).Succeeded();
        Assert.True((await asha.Get($"/api/tickets/{tickets[0]}")).Succeeded()["transferable"].GetBoolean());
    }

    [Fact]
    public async Task Whoever_enters_with_a_ticket_ends_its_offer()
    {
        var (asha, ravi, _, tickets) = await Bought(1);
        var token = await asha.Sends(tickets[0], ravi.Email);

        (await App.Scans(new { qrPayload = (await asha.Get($"/api/tickets/{tickets[0]}"))["qrPayload"].GetString() })).Succeeded(200);

        (await ravi.Claims(token)).Refused(409, "ticket.already_used");
        (await ravi.Declines(token)).Refused(409, "transfer.not_pending");
        await Told(ravi, "it has been used for entry");
    }

    [Fact]
    public async Task An_entry_at_a_gate_without_a_network_ends_the_offer_too()
    {
        var (asha, ravi, _, tickets) = await Bought(2);
        var (entered, kept) = (await asha.Sends(tickets[0], ravi.Email), await asha.Sends(tickets[1], ravi.Email));
        var code = (await asha.Get($"/api/tickets/{tickets[0]}"))["qrPayload"].GetString();

        (await App.Syncs(new { scanId = $"{Guid.NewGuid()}", qrPayload = code, scannedAt = App.Now })).Succeeded();

        (await ravi.Claims(entered)).Refused(409, "ticket.already_used");
        (await ravi.Claims(kept)).Succeeded();
    }

    private async Task<(Person Asha, Person Ravi, Answer Booking, long[] Tickets)> Bought(int quantity)
    {
        var staged = await App.AnEvent(rows: 0);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await asha.Buys(staged.Standing, quantity);
        return (asha, ravi, booking, [.. booking["items"].EnumerateArray().Select(item => item.GetProperty("id").GetInt64())]);
    }

    private static async Task<string?> Status(Person person) =>
        (await person.Get("/api/tickets/transfers/history")).Succeeded()["transfers"][0].GetProperty("status").GetString();

    private Task<string[]> Results(Person person) =>
        App.Rows<string>("select template from mail where cause like 'transfer:%' and template <> 'transfer_offered' and recipient = @Email order by id", new { person.Email });

    private async Task Told(Person person, string why)
    {
        await App.RunTimer("MailOutbox");
        var mail = await App.Inbox.Expect(person.Email, mail => mail.Message.Subject == "Ticket Transfer Cancelled - An Evening of Sitar | ZONIQ");
        Assert.Contains(why, mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains(why, mail.Message.HtmlBody, StringComparison.Ordinal);
    }

    private async Task<string> Refunds(long bookingId) =>
        string.Join(' ', await App.Rows<long>("select refund.amount from refund join payment on payment.id = payment_id where booking_id = @bookingId order by refund.id", new { bookingId }));
}
