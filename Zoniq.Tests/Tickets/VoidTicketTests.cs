namespace Zoniq.Tests.Tickets;

/// <summary>Whoever was given a ticket is told when it is called off with the booking of somebody else.</summary>
public sealed class VoidTicketTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Who_holds_a_ticket_of_an_event_that_is_called_off_is_told_once()
    {
        var administrator = await App.Administrator();
        var (staged, buyer, friend) = (await App.AnEvent(title: "Passed On"), await App.NewBuyer(), await App.NewBuyer());
        var tickets = (await buyer.Buys(staged.Standing, 3))["items"].EnumerateArray().ToArray();
        await buyer.Gives(tickets[0].GetProperty("id").GetInt64(), friend);
        await buyer.Gives(tickets[1].GetProperty("id").GetInt64(), friend);

        (await administrator.Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();
        await App.RunTimer("EventRefunds");
        await App.RunTimer("EventRefunds");
        await App.RunTimer("MailOutbox");

        var told = Assert.Single(App.Inbox.MailsTo(friend.Email), mail => mail.Message.Subject == "Event Cancelled - Passed On | ZONIQ").Message.TextBody;
        Assert.Contains(tickets[0].GetProperty("ticketNumber").GetString()!, told);
        Assert.Contains(tickets[1].GetProperty("ticketNumber").GetString()!, told);
        Assert.DoesNotContain(tickets[2].GetProperty("ticketNumber").GetString()!, told);
        Assert.Contains("does not take place", told);
        Assert.DoesNotContain(buyer.Email, told);
        Assert.Single(App.Inbox.MailsTo(buyer.Email), mail => mail.Message.Subject == "Event Cancelled - Passed On | ZONIQ");
    }

    [Fact]
    public async Task Who_holds_a_ticket_whose_money_was_given_back_is_told()
    {
        var administrator = await App.Administrator();
        var (staged, buyer, friend) = (await App.AnEvent(title: "Given Back"), await App.NewBuyer(), await App.NewBuyer());
        var booking = await buyer.Buys(staged.Standing);
        await buyer.Gives(booking["items"][0].GetProperty("id").GetInt64(), friend);
        var payment = await App.Value<long>("select paid_by from booking where id = @Id", new { booking.Id });

        (await administrator.Post($"/api/admin/payments/{payment}/refund", new { reason = "The hall is too small" })).Succeeded(201);
        await App.RunTimer("RefundWorker");
        await App.RunTimer("MailOutbox");

        var told = Assert.Single(App.Inbox.MailsTo(friend.Email), mail => mail.Message.Subject == "Ticket Cancelled - Given Back | ZONIQ").Message.TextBody;
        Assert.Contains(booking["items"][0].GetProperty("ticketNumber").GetString()!, told);
        Assert.Contains("goes to whoever paid", told);
    }
}
