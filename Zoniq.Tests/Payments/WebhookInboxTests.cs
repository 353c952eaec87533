using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Payments;

/// <summary>What the gateway tells us is kept first and understood afterwards.</summary>
public sealed class WebhookInboxTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        App.Razorpay.Faults = SandboxFaults.None;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task A_hundred_copies_of_an_event_at_once_have_one_effect()
    {
        var (asha, bookingId, paid) = await Paid();
        var eventId = $"evt_{Guid.NewGuid():n}";

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000, eventId: eventId)));

        Assert.All(answers, answer => answer.Succeeded(200));
        Assert.Equal(1, await App.Value<long>("select count(*) from webhook_event where event_key = @eventId and processed_at is not null", new { eventId }));
        Assert.Equal("confirmed", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from mail where template = 'booking_confirmed' and cause = @cause", new { cause = $"booking:{bookingId}" }));
        Assert.Equal(1, await App.Value<long>("select count(*) from payment where razorpay_payment_id = @RazorpayPaymentId", new { paid.RazorpayPaymentId }));
    }

    [Fact]
    public async Task An_event_without_an_id_is_known_by_its_body()
    {
        var (_, _, paid) = await Paid();
        var body = GatewaySteps.Webhook(App, "payment.failed", paid.RazorpayOrderId, "pay_ofanotherday1", 50_000, "failed");
        var before = await App.Value<long>("select count(*) from webhook_event");

        (await App.SendsWebhookBody(body)).Succeeded(200);
        (await App.SendsWebhookBody(body, "")).Succeeded(200);

        Assert.Equal(before + 1, await App.Value<long>("select count(*) from webhook_event"));
    }

    [Theory]
    [InlineData("INR", "USD")]
    [InlineData("50000", "49900")]
    public async Task Money_of_another_amount_or_currency_confirms_nothing(string what, string instead)
    {
        var (asha, bookingId, paid) = await Paid();
        var body = GatewaySteps.Webhook(App, "payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000).Replace(what, instead, StringComparison.Ordinal);

        (await App.SendsWebhookBody(body, $"evt_{Guid.NewGuid():n}")).Succeeded(200);

        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'payment_mismatch' and entity_id = @bookingId", new { bookingId }));
    }

    [Theory]
    [InlineData("payment.captured", true)]
    [InlineData("payment.captured", false)]
    [InlineData("payment.authorized", false)]
    [InlineData("order.paid", false)]
    public async Task A_payment_of_another_order_confirms_nothing_whichever_is_heard_of_first(string told, bool truthIsFirst)
    {
        var (_, first, paid) = await Paid();
        var (asha, second, other) = await Paid();
        Task<Answer> Truth() => App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000);
        if (truthIsFirst)
        {
            (await Truth()).Succeeded(200);
        }

        (await App.SendsWebhook(told, other.RazorpayOrderId, paid.RazorpayPaymentId, 50_000)).Succeeded(200);
        (await Truth()).Succeeded(200);

        Assert.Equal("pending", (await asha.Booking(second)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'payment_mismatch' and entity_id = @second", new { second }));
        Assert.Equal("confirmed", await App.Value<string>("select status from booking where id = @first", new { first }));
    }

    [Fact]
    public async Task An_event_that_cannot_be_understood_is_tried_again_and_set_aside_in_the_end()
    {
        var (_, _, paid) = await Paid();
        var eventId = $"evt_{Guid.NewGuid():n}";
        var body = GatewaySteps.Webhook(App, "payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000).Replace("\"amount\":50000", "\"amount\":\"much\"", StringComparison.Ordinal);

        (await App.SendsWebhookBody(body, eventId)).Succeeded(200);
        for (var tries = 1; tries < 10; tries++)
        {
            Assert.Equal(tries, await App.Value<int>("select attempts from webhook_event where event_key = @eventId", new { eventId }));
            await App.Advance(TimeSpan.FromHours(1));
            await App.RunTimer("WebhookInbox");
        }

        Assert.True(await App.Value<bool>("select is_parked from webhook_event where event_key = @eventId", new { eventId }));
        Assert.Contains(App.Logs, line => line.Text.Contains("set aside", StringComparison.Ordinal));
        await App.Advance(TimeSpan.FromDays(1));
        await App.RunTimer("WebhookInbox");
        Assert.Equal(10, await App.Value<int>("select attempts from webhook_event where event_key = @eventId", new { eventId }));
    }

    [Fact]
    public async Task A_dispute_is_in_the_log_with_its_payment_and_moves_no_money()
    {
        var (asha, bookingId, paid) = await Paid();
        (await asha.Verifies(paid)).Succeeded(200);
        var body = GatewaySteps.Webhook(App, "payment.dispute.created", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000)
            .Replace("\"payload\":{", "\"payload\":{\"dispute\":{\"entity\":{\"id\":\"disp_1\",\"amount\":50000,\"reason_code\":\"goods_not_received\",\"status\":\"open\"}},", StringComparison.Ordinal);

        (await App.SendsWebhookBody(body, $"evt_{Guid.NewGuid():n}")).Succeeded(200);

        var logged = (await (await App.Administrator()).Get("/api/admin/logs?action=payment_dispute")).Succeeded()["logs"][0];
        Assert.Equal("goods_not_received", logged.GetProperty("details").GetProperty("reason_code").GetString());
        Assert.Equal(await App.Value<long>("select paid_by from booking where id = @bookingId", new { bookingId }), logged.GetProperty("entityId").GetInt64());
        Assert.Equal("confirmed", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
    }

    [Fact]
    public async Task The_browser_hears_what_the_gateway_says_of_the_payment()
    {
        var asha = await App.NewBuyer();
        var standing = (await App.AnEvent()).Standing;
        var authorised = asha.Pays(await asha.CreatesOrder(await asha.Books(standing, 1)), "authorized");
        var waiting = (await asha.Verifies(authorised)).Succeeded(202);
        Assert.Equal((false, "pending"), (waiting["success"].GetBoolean(), waiting["paymentStatus"].GetString()));

        var order = (await asha.CreatesOrder(await asha.Books(standing, 1))).Succeeded()["orderId"].GetString()!;
        var failed = asha.Pays(order, "fail");
        (await asha.Verifies(failed with { RazorpaySignature = Support.PaymentProvider.SignCheckout(order, failed.RazorpayPaymentId) })).Refused(409, "payment.not_successful");

        var otherOrder = (await asha.CreatesOrder(await asha.Books(standing, 1))).Succeeded()["orderId"].GetString()!;
        (await asha.Verifies(failed with { RazorpayOrderId = otherOrder, RazorpaySignature = Support.PaymentProvider.SignCheckout(otherOrder, failed.RazorpayPaymentId) })).Refused(409, "payment.mismatch");
    }

    private async Task<(Person Buyer, long BookingId, SandboxCheckout Paid)> Paid()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        return (asha, bookingId, asha.Pays(await asha.CreatesOrder(bookingId)));
    }
}
