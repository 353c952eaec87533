using Zoniq.Domain;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Payments;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;
using Zoniq.Tests.Tickets;

namespace Zoniq.Tests.Payments;

/// <summary>Buyers call off what they booked.</summary>
public sealed class CancellationTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task A_paid_booking_is_called_off_its_seats_are_for_others_and_its_money_is_on_the_way_back()
    {
        var seats = (await App.AnEvent()).Numbered;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await asha.Buys(seats, seats.Seats[..2]);
        Assert.Equal("1000.00", booking["refundableAmount"].GetRawText());

        (await Cancel(ravi, booking.Id)).Refused(404, "booking.not_found");
        var cancelled = (await Cancel(asha, booking.Id, "The cat is ill")).Succeeded(200);

        Assert.Equal(("cancelled", "paid"), (cancelled["status"].GetString(), cancelled["paymentStatus"].GetString()));
        Assert.Equal("The cat is ill", cancelled["cancellationReason"].GetString());
        Assert.Equal(App.Now, cancelled["cancelledAt"].GetDateTimeOffset(), TimeSpan.FromSeconds(30));
        Assert.Equal("0.00", cancelled["refundableAmount"].GetRawText());
        Assert.All(await asha.Tickets(), ticket => Assert.Equal("void", ticket.GetProperty("status").GetString()));
        (await ravi.Adds(seats, seats.Seats[..2])).Succeeded();

        var refund = Assert.Single((await asha.Get($"/api/payments/booking/{booking.Id}/status")).Succeeded()["refunds"].EnumerateArray().ToArray());
        Assert.Equal((100_000, "pending", "user"), (refund.GetProperty("amount").GetInt64(), refund.GetProperty("status").GetString(), refund.GetProperty("requestedBy").GetString()));
        Assert.Equal("Booking cancelled", refund.GetProperty("reason").GetString());
        (await Cancel(asha, booking.Id)).Refused(409, "booking.not_cancellable");

        var mail = Assert.Single(await MailsTo(asha), subject => subject.StartsWith("Booking Cancelled - ", StringComparison.Ordinal));
        Assert.EndsWith(" | ZONIQ", mail);
        Assert.Contains("₹1,000.00", App.Inbox.MailsTo(asha.Email).Single(received => received.Message.Subject == mail).Message.TextBody);
    }

    [Theory]
    [InlineData("full_until", 24, 100, 25, 99_999)]
    [InlineData("full_until", 24, 50, 25, 49_999)]
    [InlineData("full_until", 24, 33, 25, 32_999)]
    [InlineData("full_until", 24, 100, 23, 0)]
    [InlineData("full_until", 0, 100, 1, 99_999)]
    [InlineData("none", 24, 100, 500, 0)]
    public async Task What_goes_back_is_what_the_policy_of_the_checkout_says(string type, int hoursBefore, int percent, int hoursLeft, long paise)
    {
        var staged = await App.AnEvent(rows: 0, price: 333.33m, starts: TimeSpan.FromDays(40), closes: TimeSpan.FromDays(39));
        await SetPolicy(staged.Id, type, hoursBefore, percent);
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 3);
        await SetPolicy(staged.Id, "full_until", 0, 1);    // what is decided later is not theirs
        await App.Execute("update event set event_date = @date where id = @Id", new { staged.Id, date = (App.Now + TimeSpan.FromHours(hoursLeft)).UtcDateTime });

        Assert.Equal((paise / 100m).ToString("0.00"), (await asha.Booking(booking.Id)).Succeeded()["refundableAmount"].GetRawText());
        (await Cancel(asha, booking.Id)).Succeeded(200);

        Assert.Equal(paise == 0 ? "" : $"{paise}", await Refunds(booking.Id));
        await MailsTo(asha);
        var text = App.Inbox.MailsTo(asha.Email).Single(mail => mail.Message.Subject!.StartsWith("Booking Cancelled", StringComparison.Ordinal)).Message.TextBody!;
        Assert.Equal(paise == 0, text.Contains("Refund:     None", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(99, "0.00", "")]
    [InlineData(100, "1.00", "100")]
    public async Task Less_than_a_rupee_is_not_given_back(int percent, string shown, string paise)
    {
        var staged = await App.AnEvent(rows: 0, price: 1.00m);
        await SetPolicy(staged.Id, "full_until", 24, percent);
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 1);

        Assert.Equal(shown, booking["refundableAmount"].GetRawText());
        (await Cancel(asha, booking.Id)).Succeeded(200);
        Assert.Equal(paise, await Refunds(booking.Id));
    }

    [Fact]
    public async Task Of_a_cancelled_event_a_buyer_who_is_faster_than_we_gets_everything_back_too()
    {
        var staged = await App.AnEvent(rows: 0);
        await SetPolicy(staged.Id, "none", 24, 100);
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 1);
        await App.Execute("update event set status = 'cancelled', cancelled_at = @now where id = @Id", new { staged.Id, now = App.Now.UtcDateTime });

        var cancelled = (await Cancel(asha, booking.Id, "I heard of it")).Succeeded(200);

        Assert.Equal("50000", await Refunds(booking.Id));
        Assert.Equal("Event cancelled", cancelled["cancellationReason"].GetString());
        Assert.Equal("event", await App.Value<string>("select cancelled_by from booking where id = @Id", new { booking.Id }));
        var refund = Assert.Single((await asha.Get($"/api/payments/booking/{booking.Id}/status")).Succeeded()["refunds"].EnumerateArray().ToArray());
        Assert.Equal(("Event cancelled", "system"), (refund.GetProperty("reason").GetString(), refund.GetProperty("requestedBy").GetString()));
    }

    [Fact]
    public async Task A_booking_is_called_off_until_the_instant_in_which_the_event_begins()
    {
        var staged = await App.AnEvent(rows: 0);
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 1);
        DateTimeOffset begins = (await App.Rows<DateTime>("select event_date from event where id = @Id", new { staged.Id })).Single();
        Task<Result<BookingDetail>> CancelAt(DateTimeOffset moment) =>
            App.AtThat<BookingCancellation>(moment).Cancel(asha.Id, booking.Id, new CancelBooking { Reason = "" }, CancellationToken.None);

        Assert.Equal("booking.event_started", (await CancelAt(begins)).Problem?.Code);
        var cancelled = (await CancelAt(begins - TimeSpan.FromMicroseconds(1))).Value;

        Assert.Equal(("cancelled", null), (cancelled.Status, cancelled.CancellationReason));    // no words are no reason
    }

    [Fact]
    public async Task A_free_booking_is_called_off_without_a_refund()
    {
        var standing = (await App.AnEvent(rows: 0, price: 0m)).Standing;
        var asha = await App.NewBuyer();
        (await asha.Adds(standing, 2)).Succeeded();
        var booking = (await asha.ChecksOut()).Succeeded(201);

        Assert.Equal("cancelled", (await Cancel(asha, booking.Id)).Succeeded(200)["status"].GetString());

        Assert.Empty(await Refunds(booking.Id));
    }

    [Fact]
    public async Task Once_the_event_has_started_or_a_ticket_is_used_or_given_away_it_is_too_late()
    {
        var staged = await App.AnEvent(starts: TimeSpan.FromDays(2), closes: TimeSpan.FromDays(1));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var (used, given, kept) = (await asha.Buys(staged.Standing, 2), await asha.Buys(staged.Standing, 2), await asha.Buys(staged.Standing, 1));
        await App.Enters(used.Id);
        await asha.Gives(given["items"][1].GetProperty("id").GetInt64(), ravi);

        (await Cancel(asha, used.Id)).Refused(409, "booking.ticket_used");
        (await Cancel(asha, given.Id)).Refused(409, "booking.ticket_transferred");
        Assert.Equal("0.00", (await asha.Booking(given.Id)).Succeeded()["refundableAmount"].GetRawText());
        Assert.Equal(1, await App.Value<long>("select count(*) from ticket where booking_id = @Id and status = 'valid'", new { used.Id }));
        await App.Advance(TimeSpan.FromDays(2));
        (await Cancel(asha, kept.Id)).Refused(409, "booking.event_started");
        (await Cancel(asha, kept.Id, new string('x', 501))).RefusedField("reason");
        (await App.Nobody.Post($"/api/bookings/{kept.Id}/cancel")).Refused(401, "auth.token_missing");
    }

    [Fact]
    public async Task A_waiting_booking_is_called_off_but_what_was_paid_for_it_meanwhile_counts()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var unpaid = await asha.Books(staged.Standing, 1);
        var opened = await asha.Books(staged.Standing, 1);
        var order = await asha.CreatesOrder(opened);
        var paid = await asha.Books(staged.Standing, 1);
        asha.Pays(await asha.CreatesOrder(paid));

        Assert.Equal("pending", (await Cancel(asha, unpaid)).Succeeded(200)["paymentStatus"].GetString());
        (await Cancel(asha, opened)).Succeeded(200);
        Assert.Equal("paid", (await Cancel(asha, paid)).Succeeded(200)["paymentStatus"].GetString());

        Assert.Equal("50000", await Refunds(paid));
        (await asha.Verifies(asha.Pays(order))).Refused(409, "payment.late_refunded");
        Assert.Equal("50000", await Refunds(opened));
        Assert.Empty(await Refunds(unpaid));
    }

    [Fact]
    public async Task A_waiting_booking_is_not_called_off_while_nobody_knows_whether_it_was_paid()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        (await asha.CreatesOrder(bookingId)).Succeeded();

        App.Razorpay.Faults = App.Razorpay.Faults with { OnApiCall = _ => new ApiFault { FailWith = 503 } };
        (await Cancel(asha, bookingId)).Refused(503, "payment.gateway_unavailable");
        (await asha.Post($"/api/payments/booking/{bookingId}/cancel")).Refused(503, "payment.gateway_unavailable");
        App.Razorpay.Faults = SandboxFaults.None;

        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        (await Cancel(asha, bookingId)).Succeeded(200);
    }

    [Fact]
    public async Task Eight_cancellations_at_once_are_one_with_one_refund_and_one_mail()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 4);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Cancel(asha, booking.Id)));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "booking.not_cancellable"));
        Assert.Equal("200000", await Refunds(booking.Id));
        Assert.Single(await MailsTo(asha), subject => subject.StartsWith("Booking Cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancellation_and_the_news_of_the_payment_at_once_end_in_one_refund_of_everything()
    {
        var staged = await App.AnEvent();
        var buyers = await App.NewBuyers(6);
        var bookings = await Task.WhenAll(buyers.Select(buyer => buyer.Books(staged.Standing, 1)));
        var paid = await Task.WhenAll(buyers.Select(async (buyer, at) => buyer.Pays(await buyer.CreatesOrder(bookings[at]))));

        await Task.WhenAll(buyers.SelectMany((buyer, at) => new[]
        {
            Cancel(buyer, bookings[at]),
            App.SendsWebhook("payment.captured", paid[at].RazorpayOrderId, paid[at].RazorpayPaymentId, 50_000),
            buyer.Verifies(paid[at]),
            buyer.Post($"/api/payments/booking/{bookings[at]}/cancel"),
        }));

        foreach (var bookingId in bookings)
        {
            Assert.Equal("cancelled", await App.Value<string>("select status from booking where id = @bookingId", new { bookingId }));
            Assert.Equal("50000", await Refunds(bookingId));
        }
    }

    [Fact]
    public async Task A_cancellation_and_the_expiry_at_once_end_a_booking_once()
    {
        var staged = await App.AnEvent(rows: 0, standing: 6);
        var buyers = await App.NewBuyers(6);
        var bookings = await Task.WhenAll(buyers.Select(buyer => buyer.Books(staged.Standing, 1)));
        await App.Advance(TimeSpan.FromMinutes(15));

        var expiry = App.RunTimer("BookingExpiry");
        var answers = await Task.WhenAll(buyers.Select((buyer, at) => Cancel(buyer, bookings[at])));
        await expiry;

        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "booking.not_cancellable"));
        Assert.Equal(6, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and booking_id is null", new { staged.Standing.CategoryId }));
        Assert.Equal(6, await App.Value<long>("select count(*) from mail where cause = any(@causes) and template in ('booking_cancelled', 'booking_expired')", new { causes = bookings.Select(id => $"booking:{id}").ToArray() }));
    }

    /// <summary>Whoever uses a ticket is stood in for by a transaction of the test.</summary>
    [Fact]
    public async Task A_ticket_that_is_just_being_used_is_waited_for()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 2);
        await using var connection = new Npgsql.NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var gate = await connection.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(connection, Gate.EntersSql, new { ticket = booking["items"][1].GetProperty("id").GetInt64() }, gate);

        var cancelling = Cancel(asha, booking.Id);
        await WaitForALock();
        await gate.CommitAsync();

        (await cancelling).Refused(409, "booking.ticket_used");
        Assert.Equal("confirmed", (await asha.Booking(booking.Id)).Succeeded()["status"].GetString());
        Assert.Empty(await Refunds(booking.Id));
    }

    /// <summary>So is somebody who gives back a part of the money.</summary>
    [Fact]
    public async Task What_is_given_back_at_the_same_moment_is_not_given_back_twice()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 2);
        await using var connection = new Npgsql.NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var office = await connection.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(
            connection,
            """
            select from booking where id = @Id for update;
            insert into refund (payment_id, amount, requested_by, idempotency_key, created_at)
            select paid_by, 30000, 'admin', 'test-' || id, created_at from booking where id = @Id
            """,
            new { booking.Id },
            office);

        var cancelling = Cancel(asha, booking.Id);
        await WaitForALock();
        await office.CommitAsync();

        (await cancelling).Succeeded(200);
        Assert.Equal("30000 70000", await Refunds(booking.Id));
    }

    private static Task<Answer> Cancel(Person buyer, long bookingId, string? reason = null) =>
        buyer.Post($"/api/bookings/{bookingId}/cancel", reason is null ? null : new { reason });

    /// <summary>The paise of each, the smaller first.</summary>
    private async Task<string> Refunds(long bookingId) =>
        string.Join(' ', await App.Rows<long>("select refund.amount from refund join payment on payment.id = payment_id where booking_id = @bookingId order by refund.amount", new { bookingId }));

    private Task SetPolicy(long eventId, string type, int hoursBefore, int percent) =>
        App.Execute(
            "update event set refund_type = @type, refund_hours_before = @hoursBefore, refund_percent = @percent where id = @eventId",
            new { eventId, type, hoursBefore, percent });

    private async Task<string[]> MailsTo(Person buyer)
    {
        await App.RunTimer("MailOutbox");
        return [.. App.Inbox.MailsTo(buyer.Email).Select(mail => mail.Message.Subject!)];
    }

    private async Task WaitForALock()
    {
        for (var tries = 0; await App.Value<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0; tries++)
        {
            Assert.True(tries < 1000, "Nobody waits for the lock.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
