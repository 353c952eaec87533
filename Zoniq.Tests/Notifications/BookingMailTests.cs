using Zoniq.Domain;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Tests.Payments;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Notifications;

/// <summary>What buyers are told of their bookings and their money, and that they can do without.</summary>
public sealed class BookingMailTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_that_arrived_is_confirmed_once_by_whatever_way_it_is_heard_of(bool wanted)
    {
        var staged = await App.AnEvent(price: 750.00m);
        var asha = await ABuyer("emailPaymentUpdates", wanted);
        var bookingId = await asha.Books(staged.Standing, 2);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));

        (await asha.Verifies(paid)).Succeeded();
        (await App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 150_000)).Succeeded();
        (await App.SendsWebhook("order.paid", paid.RazorpayOrderId, paid.RazorpayPaymentId, 150_000)).Succeeded();

        var mail = await TheOnly("Payment Confirmed - An Evening of Sitar | ZONIQ", asha, wanted);
        Assert.True(mail is null || mail.Contains("₹1,500.00", StringComparison.Ordinal));
        Assert.True(mail is null || mail.Contains(paid.RazorpayPaymentId, StringComparison.Ordinal));
        Assert.True(mail is null || mail.Contains("/settings/notifications", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_attempt_that_failed_is_told_of_once_with_the_time_that_is_left(bool wanted)
    {
        var staged = await App.AnEvent();
        var asha = await ABuyer("emailPaymentUpdates", wanted);
        var booking = (await asha.Booking(await asha.Books(staged.Standing, 1))).Succeeded();
        var orderId = (await asha.CreatesOrder(booking.Id)).Succeeded()["orderId"].GetString()!;

        for (var times = 0; times < 3; times++)
        {
            (await App.SendsWebhook("payment.failed", orderId, $"pay_no{booking.Id:00000000000}", 50_000, status: "failed")).Succeeded();
        }

        var mail = await TheOnly("Payment Failed - An Evening of Sitar | ZONIQ", asha, wanted);
        Assert.True(mail is null || mail.Contains($"/bookings/{booking["bookingNumber"].GetString()}", StringComparison.Ordinal));
        var due = TimeZoneInfo.ConvertTime(booking["paymentDueAt"].GetDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"));
        Assert.True(mail is null || mail.Contains(due.ToString("h:mm tt", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    /// <summary>Of a booking that is paid, or of an event that does not take place; and at the moment at which it is due it is too late.</summary>
    [Fact]
    public async Task Nobody_is_asked_to_try_again_when_there_is_nothing_to_pay()
    {
        var (staged, off) = (await App.AnEvent(), await App.AnEvent());
        var asha = await App.NewBuyer();
        var (paid, cancelled, due) = (await asha.Buys(staged.Standing), await asha.Books(off.Standing), await asha.Books(staged.Standing));
        (await asha.CreatesOrder(cancelled)).Succeeded();
        (await asha.CreatesOrder(due)).Succeeded();
        await App.Execute("update event set status = 'cancelled', cancelled_at = @now, cancellation_reason = 'Rain' where id = @Id", new { off.Id, now = App.Now.UtcDateTime });    // its bookings are called off a moment later
        DateTimeOffset dueAt = (await App.Rows<DateTime>("select payment_due_at from booking where id = @due", new { due })).Single();

        foreach (var (booking, moment, attempt) in new[] { (paid.Id, App.Now, 1), (cancelled, App.Now, 1), (due, dueAt, 1), (due, dueAt - TimeSpan.FromMicroseconds(1), 2) })
        {
            var failed = new GatewayPayment
            {
                Id = $"pay_no{booking:0000000}{attempt}",
                OrderId = await App.Value<string>("select razorpay_order_id from gateway_order where booking_id = @booking", new { booking }),
                Amount = new Money(50_000),
                Currency = Money.Currency,
                Status = "failed",
            };
            Assert.Equal(SettlementOutcome.Failed, await App.AtThat<Settlement>(moment).SettleAsync(failed, Settlement.Sources.Webhook, CancellationToken.None));
        }

        var told = await App.Rows<long>(
            "select booking_id from mail join payment on mail.cause = 'payment:' || payment.id where template = 'payment_failed' and booking_id = any(@all)",
            new { all = new[] { paid.Id, cancelled, due } });
        Assert.Equal([due], told);
        await App.Execute("update event set status = 'published', cancelled_at = null, cancellation_reason = null where id = @Id", new { off.Id });
    }

    [Fact]
    public async Task Nobody_is_asked_to_try_again_when_it_is_too_late()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        var orderId = (await asha.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;
        await App.Advance(TimeSpan.FromMinutes(15));

        (await App.SendsWebhook("payment.failed", orderId, $"pay_late{bookingId:000000000}", 50_000, status: "failed")).Succeeded();
        await App.RunTimer("BookingExpiry");
        await App.RunTimer("MailOutbox");

        Assert.Equal(["Booking Expired - An Evening of Sitar | ZONIQ"], App.Inbox.MailsTo(asha.Email).Select(mail => mail.Message.Subject));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_booking_that_expired_is_told_of_once(bool wanted)
    {
        var staged = await App.AnEvent();
        var asha = await ABuyer("emailPaymentUpdates", wanted);
        await asha.Books(staged.Numbered, staged.Numbered.Seats[..2]);
        await using var another = await App.StartAnother();
        await App.Advance(TimeSpan.FromMinutes(15));

        await Task.WhenAll(App.RunTimer("BookingExpiry"), another.RunTimer("BookingExpiry"));

        var mail = await TheOnly("Booking Expired - An Evening of Sitar | ZONIQ", asha, wanted);
        Assert.True(mail is null || mail.Contains("its seats were freed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "/api/bookings/{0}/cancel")]
    [InlineData(false, "/api/bookings/{0}/cancel")]
    [InlineData(true, "/api/payments/booking/{0}/cancel")]
    [InlineData(false, "/api/payments/booking/{0}/cancel")]
    public async Task A_booking_that_was_called_off_is_told_of_once(bool wanted, string way)
    {
        var staged = await App.AnEvent();
        var asha = await ABuyer("emailBookingConfirmation", wanted);
        var bookingId = await asha.Books(staged.Standing, 1);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => asha.Post(string.Format(System.Globalization.CultureInfo.InvariantCulture, way, bookingId))));

        var mail = await TheOnly("Booking Cancelled - An Evening of Sitar | ZONIQ", asha, wanted);
        Assert.True(mail is null || mail.Contains("Refund:     None", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mails_go_to_the_address_given_at_checkout_and_follow_the_wishes_of_the_account()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var asha = await ABuyer("emailPaymentUpdates", wanted: false);
        (await asha.Adds(standing)).Succeeded();
        var bookingId = (await asha.ChecksOut(contact: new { contactEmail = "office@example.in" })).Succeeded(201).Id;

        await asha.PaysFor(bookingId);
        await App.RunTimer("MailOutbox");

        Assert.Equal(["Booking Confirmed - An Evening of Sitar | ZONIQ"], App.Inbox.MailsTo("office@example.in").Select(mail => mail.Message.Subject));
        Assert.Empty(App.Inbox.MailsTo(asha.Email));
    }

    [Fact]
    public async Task A_confirmation_that_leaves_after_the_cancellation_attaches_nothing_and_does_not_say_so()
    {
        var standing = (await App.AnEvent(rows: 0)).Standing;
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(standing, 2);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();

        await App.RunTimer("MailOutbox");

        var mail = App.Inbox.MailsTo(asha.Email).Single(mail => mail.Message.Subject == "Booking Confirmed - An Evening of Sitar | ZONIQ").Message;
        Assert.Empty(mail.Attachments);
        Assert.DoesNotContain("are attached", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("is confirmed", mail.TextBody, StringComparison.Ordinal);
    }

    private async Task<Person> ABuyer(string preference, bool wanted)
    {
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me/notifications/preferences", new Dictionary<string, bool> { [preference] = wanted })).Succeeded();
        return buyer;
    }

    /// <summary>The text of the one mail with this subject, or null when there is to be none.</summary>
    private async Task<string?> TheOnly(string subject, Person buyer, bool wanted)
    {
        await App.RunTimer("MailOutbox");
        var mails = App.Inbox.MailsTo(buyer.Email).Where(mail => mail.Message.Subject == subject).ToArray();
        Assert.Equal(wanted ? 1 : 0, mails.Length);
        return mails.SingleOrDefault()?.Message.TextBody;
    }
}
