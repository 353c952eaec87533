using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Payments;

/// <summary>Money on its way back, and back.</summary>
public sealed class RefundTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        App.Razorpay.Faults = SandboxFaults.None;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task What_a_cancellation_owes_is_sent_followed_and_told_step_by_step()
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing, 2);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();

        await App.RunTimer("RefundWorker");
        var sent = await RefundOf(booking.Id);
        Assert.Equal(("pending", "cancelled", "paid"), (sent.Status, await Status(booking.Id), await PaymentStatus(booking.Id)));
        Assert.StartsWith("rfnd_", sent.RazorpayRefundId);
        await Arrives(booking.Id);

        Assert.Equal(("processed", "refunded", "refunded"), ((await RefundOf(booking.Id)).Status, await Status(booking.Id), await PaymentStatus(booking.Id)));
        var payment = (await asha.Get($"/api/payments/booking/{booking.Id}/status")).Succeeded()["payment"];
        Assert.Equal("refunded", payment.GetProperty("status").GetString());
        Assert.Equal(100_000, (await asha.Get($"/api/payments/{payment.GetProperty("id").GetInt64()}")).Succeeded()["amountRefunded"].GetInt64());
        Assert.Equal(["Refund Processed - An Evening of Sitar | ZONIQ", "Refund Started - An Evening of Sitar | ZONIQ"], await RefundMails(asha));
        Assert.Contains(sent.RazorpayRefundId!, App.Inbox.MailsTo(asha.Email).First(mail => mail.Message.Subject!.StartsWith("Refund Processed", StringComparison.Ordinal)).Message.TextBody);
    }

    [Fact]
    public async Task A_part_that_came_back_leaves_the_booking_cancelled()
    {
        var staged = await App.AnEvent();
        await App.Execute("update event set refund_percent = 50 where id = @Id", new { staged.Id });
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();

        await Arrives(booking.Id);

        Assert.Equal(("cancelled", "partially_refunded"), (await Status(booking.Id), await PaymentStatus(booking.Id)));
    }

    [Fact]
    public async Task An_administrator_gives_back_a_part_and_then_the_rest_which_ends_the_booking()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var (asha, ravi, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats);
        var payment = await PaymentOf(booking.Id);

        var part = (await office.Post($"/api/admin/payments/{payment}/refund", new { amount = 30_000, reason = "A pillar" })).Succeeded(201);
        Assert.Equal((30_000, "pending", "admin"), (part["amount"].GetInt64(), part["status"].GetString(), part["requestedBy"].GetString()));
        await Arrives(booking.Id);
        Assert.Equal(("confirmed", "partially_refunded"), (await Status(booking.Id), await PaymentStatus(booking.Id)));
        Assert.All(await asha.Tickets(), ticket => Assert.Equal("valid", ticket.GetProperty("status").GetString()));

        Assert.Equal(70_000, (await office.Post($"/api/admin/payments/{payment}/refund", new { reason = "Once more", speed = "optimum" })).Succeeded(201)["amount"].GetInt64());
        Assert.Equal("cancelled", await Status(booking.Id));
        Assert.All(await asha.Tickets(), ticket => Assert.Equal("void", ticket.GetProperty("status").GetString()));
        await App.RunTimer("MailOutbox");
        Assert.Contains("₹1,000.00", App.Inbox.MailsTo(asha.Email).Single(mail => mail.Message.Subject!.StartsWith("Booking Cancelled - ", StringComparison.Ordinal)).Message.TextBody);
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats)).Succeeded();
        Assert.Equal(0, (await office.Post($"/api/admin/payments/{payment}/refund", new { reason = "And again" })).Refused(409, "refund.exceeds_balance")["refundable"].GetInt64());

        await Arrives(booking.Id);
        Assert.Equal(("refunded", "refunded"), (await Status(booking.Id), await PaymentStatus(booking.Id)));
        Assert.Equal(2, await App.Value<long>("select count(*) from admin_log where action = 'refund_payment' and entity_id = @payment", new { payment }));
    }

    [Fact]
    public async Task Only_money_that_came_in_is_given_back_and_only_by_administrators()
    {
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        (await asha.CreatesOrder(bookingId)).Succeeded();
        var payment = await PaymentOf(bookingId);

        (await office.Post($"/api/admin/payments/{payment}/refund", new { reason = "Too early" })).Refused(409, "payment.not_captured");
        (await office.Post("/api/admin/payments/999999/refund", new { reason = "Nobody's" })).Refused(404, "payment.not_found");
        (await office.Post($"/api/admin/payments/{payment}/refund", new { amount = 99, reason = "Too little" })).RefusedField("amount");
        (await office.Post($"/api/admin/payments/{payment}/refund", new { })).RefusedField("reason");
        (await office.Post($"/api/admin/payments/{payment}/refund", new { ammount = 100, reason = "Misspelt" })).RefusedField("ammount");
        (await asha.Post($"/api/admin/payments/{payment}/refund", new { reason = "Mine" })).Refused(403, "auth.admin_required");
    }

    [Fact]
    public async Task Twenty_refunds_of_most_of_a_payment_at_once_are_one()
    {
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        var payment = await PaymentOf(booking.Id);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => office.Post($"/api/admin/payments/{payment}/refund", new { amount = 30_000, reason = $"Number {number}" })));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal(20_000, answer.Refused(409, "refund.exceeds_balance")["refundable"].GetInt64()));
        Assert.Equal(30_000, await App.Value<long>("select sum(amount)::bigint from refund where payment_id = @payment", new { payment }));
    }

    [Fact]
    public async Task A_refund_whose_answer_was_lost_is_sent_again_and_made_once()
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();
        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = call => call.Path.EndsWith("/refund", StringComparison.Ordinal) ? new ApiFault { LoseAnswer = true } : ApiFault.None };
        await App.RunTimer("RefundWorker");
        Assert.Null((await RefundOf(booking.Id)).RazorpayRefundId);
        App.Razorpay.Faults = SandboxFaults.None;

        await App.Advance(TimeSpan.FromMinutes(2));
        await Arrives(booking.Id);

        Assert.Equal("processed", (await RefundOf(booking.Id)).Status);
        Assert.Single(App.Razorpay.RefundsOf(await GatewayPaymentOf(booking.Id)));
    }

    [Fact]
    public async Task The_bank_does_not_take_it_then_it_can_be_given_back_again()
    {
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();
        App.Razorpay.Faults = SandboxFaults.None with { HoldsRefunds = true };
        await App.RunTimer("RefundWorker");
        await Fails(await RefundOf(booking.Id));

        Assert.Equal(("failed", "cancelled", "paid"), ((await RefundOf(booking.Id)).Status, await Status(booking.Id), await PaymentStatus(booking.Id)));
        Assert.Contains("Refund Failed - An Evening of Sitar | ZONIQ", await RefundMails(asha));

        (await office.Post($"/api/admin/payments/{await PaymentOf(booking.Id)}/refund", new { reason = "Another account" })).Succeeded(201);
        await Arrives(booking.Id);
        Assert.Equal(("refunded", "refunded"), (await Status(booking.Id), await PaymentStatus(booking.Id)));
    }

    [Fact]
    public async Task What_was_given_back_at_the_gateway_is_in_the_ledger_and_ends_the_booking_when_it_was_all()
    {
        App.Razorpay.DeliversWebhooks = true;
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys((await App.AnEvent()).Standing, 2);
        var gatewayPayment = await GatewayPaymentOf(booking.Id);

        App.Razorpay.CreateRefund(gatewayPayment, 40_000, "normal", null, null, null, "");
        await Until(async () => await PaymentStatus(booking.Id) == "partially_refunded");
        var external = await RefundOf(booking.Id);
        Assert.Equal((40_000L, "admin"), (external.Amount, external.RequestedBy));
        Assert.Equal(60_000, (await office.Post($"/api/admin/payments/{await PaymentOf(booking.Id)}/refund", new { amount = 70_000, reason = "Too much" })).Refused(409, "refund.exceeds_balance")["refundable"].GetInt64());

        App.Razorpay.CreateRefund(gatewayPayment, null, "normal", null, null, null, "");
        await Until(async () => await Status(booking.Id) == "refunded");
        Assert.All(await asha.Tickets(), ticket => Assert.Equal("void", ticket.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task What_somebody_gave_back_at_the_gateway_is_not_given_back_once_more()
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();
        var gatewayPayment = await GatewayPaymentOf(booking.Id);
        App.Razorpay.CreateRefund(gatewayPayment, null, "normal", null, null, null, "");

        await App.RunTimer("RefundWorker");
        await App.Advance(TimeSpan.FromMinutes(2));
        await Arrives(booking.Id);

        Assert.Equal("refunded", await Status(booking.Id));
        Assert.Equal(["50000 failed user", "50000 processed admin"], await App.Rows<string>(
            "select amount || ' ' || status || ' ' || requested_by from refund where payment_id = @payment order by status", new { payment = await PaymentOf(booking.Id) }));
        Assert.Single(App.Razorpay.RefundsOf(gatewayPayment));
    }

    [Theory]
    [InlineData(20_000, "20000 processed admin, 30000 processed user, 50000 failed user")]
    [InlineData(49_950, "49950 processed admin, 50000 failed user")]    // the gateway gives back no half rupee
    public async Task When_a_part_was_given_back_at_the_gateway_the_rest_still_goes_back(int part, string ledger)
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();
        var gatewayPayment = await GatewayPaymentOf(booking.Id);
        App.Razorpay.CreateRefund(gatewayPayment, part, "normal", null, null, null, "");

        await App.RunTimer("RefundWorker");    // is refused, and hears why
        await App.Advance(TimeSpan.FromMinutes(2));
        await Arrives(booking.Id);

        Assert.Equal(ledger, string.Join(", ", await App.Rows<string>(
            "select amount || ' ' || status || ' ' || requested_by from refund where payment_id = @payment order by amount", new { payment = await PaymentOf(booking.Id) })));
    }

    /// <summary>The office gave back a part that the bank did not take, of which nobody has heard; then somebody gave back more than the rest at the gateway.</summary>
    [Theory]
    [InlineData(100_000, "refunded", "refunded", "void")]
    [InlineData(70_000, "confirmed", "partially_refunded", "valid")]
    public async Task What_has_come_back_counts_while_a_part_that_failed_is_thought_to_be_on_its_way(int atTheGateway, string status, string paymentStatus, string tickets)
    {
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys((await App.AnEvent()).Standing, 2);
        App.Razorpay.Faults = SandboxFaults.None with { HoldsRefunds = true };
        (await office.Post($"/api/admin/payments/{await PaymentOf(booking.Id)}/refund", new { amount = 40_000, reason = "A pillar" })).Succeeded(201);
        await App.RunTimer("RefundWorker");
        Assert.Equal("failed", App.Razorpay.FailRefund((await RefundOf(booking.Id)).RazorpayRefundId!).Value!.Status);
        App.Razorpay.Faults = SandboxFaults.None;
        var gatewayPayment = await GatewayPaymentOf(booking.Id);
        App.Razorpay.CreateRefund(gatewayPayment, atTheGateway, "normal", null, null, null, "");
        await Until(() => Task.FromResult(App.Razorpay.RefundsOf(gatewayPayment).All(refund => refund.Status != "pending")));

        await App.Advance(TimeSpan.FromMinutes(30));
        await App.RunTimer("PaymentReconcile");

        Assert.Equal((status, paymentStatus), (await Status(booking.Id), await PaymentStatus(booking.Id)));
        Assert.All(await asha.Tickets(), ticket => Assert.Equal(tickets, ticket.GetProperty("status").GetString()));
    }

    /// <summary>The office wanted to give back 400 rupees, and somebody gave back 300 at the gateway meanwhile, of 500: 100 are still to go, and not 200.</summary>
    [Fact]
    public async Task What_the_gateway_gave_back_counts_towards_what_the_office_wanted_to()
    {
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await office.Post($"/api/admin/payments/{await PaymentOf(booking.Id)}/refund", new { amount = 40_000, reason = "A pillar" })).Succeeded(201);
        App.Razorpay.CreateRefund(await GatewayPaymentOf(booking.Id), 30_000, "normal", null, null, null, "");

        await App.RunTimer("RefundWorker");    // is refused, and hears why
        await App.Advance(TimeSpan.FromMinutes(2));
        await Arrives(booking.Id);

        Assert.Equal(40_000, await App.Value<long>("select amount_refunded from payment where id = @payment", new { payment = await PaymentOf(booking.Id) }));
        Assert.Equal("confirmed", await Status(booking.Id));
    }

    [Fact]
    public async Task A_refund_that_is_refused_again_and_again_is_given_up_and_its_money_is_free_again()
    {
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();
        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = call => call.Path.EndsWith("/refund", StringComparison.Ordinal) ? new ApiFault { FailWith = 400 } : ApiFault.None };

        for (var hour = 0; hour < 15; hour++)
        {
            await App.RunTimer("RefundWorker");
            await App.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal("failed", (await RefundOf(booking.Id)).Status);
        Assert.Contains("Refund Failed - An Evening of Sitar | ZONIQ", await RefundMails(asha));
        App.Razorpay.Faults = SandboxFaults.None;
        (await office.Post($"/api/admin/payments/{await PaymentOf(booking.Id)}/refund", new { reason = "Now it works" })).Succeeded(201);
        await Arrives(booking.Id);
        Assert.Equal("refunded", await Status(booking.Id));
    }

    [Fact]
    public async Task A_gateway_that_is_down_for_a_day_gives_up_no_refund()
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded();
        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => new ApiFault { FailWith = 503 } };

        for (var hour = 0; hour < 24; hour++)
        {
            await App.RunTimer("RefundWorker");
            await App.Advance(TimeSpan.FromHours(1));
        }

        App.Razorpay.Faults = SandboxFaults.None;
        await Until(async () =>
        {
            await Arrives(booking.Id);
            return await Status(booking.Id) == "refunded";
        });
    }

    [Fact]
    public async Task Money_that_came_too_late_is_sent_back_and_the_booking_says_so()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var bookingId = await asha.Books(staged.Numbered, staged.Numbered.Seats);
        var order = await asha.CreatesOrder(bookingId);
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats)).Succeeded();
        (await asha.Verifies(asha.Pays(order))).Refused(409, "payment.late_refunded");

        await Arrives(bookingId);

        Assert.Equal(("refunded", "refunded"), (await Status(bookingId), await PaymentStatus(bookingId)));
    }

    [Fact]
    public async Task Once_a_second_payment_is_back_the_booking_stands_on_the_first()
    {
        var asha = await App.NewBuyer();
        var booking = await asha.Buys((await App.AnEvent()).Standing, 1);
        var order = await App.Value<string>("select razorpay_order_id from gateway_order where booking_id = @Id", new { booking.Id });
        var second = App.Razorpay.ForceCapture(order).Value!.RazorpayPaymentId;
        (await App.SendsWebhook("payment.captured", order, second, 50_000)).Succeeded();

        await Arrives(booking.Id);

        Assert.Equal("50000 processed", await App.Value<string>("select refund.amount || ' ' || refund.status from refund join payment on payment.id = payment_id where razorpay_payment_id = @second", new { second }));
        Assert.Equal("confirmed", await Status(booking.Id));
        Assert.Equal("valid", Assert.Single(await asha.Tickets()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_waiting_booking_whose_money_is_back_already_is_refunded_as_soon_as_it_is_called_off()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));
        await App.Execute("update event set status = 'cancelled', cancelled_at = @now where id = @Id", new { staged.Id, now = App.Now.UtcDateTime });
        (await App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 50_000)).Succeeded();
        await Arrives(bookingId);
        Assert.Equal("pending", await Status(bookingId));

        (await asha.Post($"/api/bookings/{bookingId}/cancel")).Succeeded();

        Assert.Equal(("refunded", "refunded"), (await Status(bookingId), await PaymentStatus(bookingId)));
    }

    [Fact]
    public async Task Refund_news_that_overtakes_the_payment_is_not_lost()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));
        App.Razorpay.CreateRefund(paid.RazorpayPaymentId, null, "normal", null, null, null, "");
        await Until(() => Task.FromResult(App.Razorpay.RefundsOf(paid.RazorpayPaymentId).All(refund => refund.Status == "processed")));
        App.Razorpay.Faults = SandboxFaults.None with { OnWebhook = sent => sent.Event.Name.StartsWith("payment", StringComparison.Ordinal) || sent.Event.Name == "order.paid" ? new WebhookFault { Drop = true } : WebhookFault.None };
        App.Razorpay.DeliversWebhooks = true;

        await Until(async () => await Status(bookingId) == "refunded");

        Assert.All(await asha.Tickets(), ticket => Assert.Equal("void", ticket.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task An_administrator_watches_the_money_of_a_cancelled_event_go_back()
    {
        var staged = await App.AnEvent();
        var (asha, ravi, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        var (first, second) = (await asha.Buys(staged.Standing, 1), await ravi.Buys(staged.Standing, 2));
        Task<Answer> Progress() => office.Get($"/api/admin/events/{staged.Id}/refund-progress");

        Assert.Equal("not_started", (await Progress()).Succeeded()["state"].GetString());
        (await office.Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();
        var started = (await Progress()).Succeeded();
        Assert.Equal(("running", 2, 2, 150_000), (started["state"].GetString(), started["totalBookings"].GetInt32(), started["pending"].GetInt32(), started["amountTotal"].GetInt32()));

        await App.RunTimer("EventRefunds");
        App.Razorpay.Faults = SandboxFaults.None with { HoldsRefunds = true };
        await App.RunTimer("RefundWorker");
        await Fails(await RefundOf(second.Id));
        await Arrives(first.Id);

        var ended = (await Progress()).Succeeded();
        Assert.Equal(
            ("completed_with_failures", 1, 0, 1, 50_000),
            (ended["state"].GetString(), ended["processed"].GetInt32(), ended["pending"].GetInt32(), ended["failed"].GetInt32(), ended["amountRefunded"].GetInt32()));
        var failure = Assert.Single(ended["failures"].EnumerateArray().ToArray());
        Assert.Equal((second.Id, "The bank did not take the money back."), (failure.GetProperty("bookingId").GetInt64(), failure.GetProperty("errorDescription").GetString()));

        (await office.Post($"/api/admin/payments/{await PaymentOf(second.Id)}/refund", new { reason = "By hand" })).Succeeded(201);
        await Arrives(second.Id);
        var done = (await Progress()).Succeeded();
        Assert.Equal(("completed", 150_000), (done["state"].GetString(), done["amountRefunded"].GetInt32()));
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, done["finishedAt"].ValueKind);
        (await office.Get("/api/admin/events/999999/refund-progress")).Refused(404, "event.not_found");
    }

    /// <summary>Sends what is to be sent, waits for the bank, and asks after it.</summary>
    private async Task Arrives(long bookingId)
    {
        await App.RunTimer("RefundWorker");
        var payments = await App.Rows<string>("select razorpay_payment_id from payment where booking_id = @bookingId and razorpay_payment_id is not null", new { bookingId });
        await Until(() => Task.FromResult(payments.SelectMany(App.Razorpay.RefundsOf).All(refund => refund.Status != "pending")));
        await App.Advance(TimeSpan.FromMinutes(2));
        await App.RunTimer("RefundWorker");
    }

    /// <summary>Its refund, which the bank was told to hold, fails there, and we hear of it by asking.</summary>
    private async Task Fails(RefundRow refund)
    {
        Assert.Equal("failed", App.Razorpay.FailRefund(refund.RazorpayRefundId!).Value!.Status);
        App.Razorpay.Faults = SandboxFaults.None;
        await App.Advance(TimeSpan.FromMinutes(2));
        await App.RunTimer("RefundWorker");
    }

    private async Task<string[]> RefundMails(Person buyer)
    {
        await App.RunTimer("MailOutbox");
        return [.. App.Inbox.MailsTo(buyer.Email).Select(mail => mail.Message.Subject!).Where(subject => subject.StartsWith("Refund ", StringComparison.Ordinal)).Order()];
    }

    private Task<string> Status(long bookingId) => App.Value<string>("select status from booking where id = @bookingId", new { bookingId });

    private Task<string> PaymentStatus(long bookingId) => App.Value<string>("select payment_status from booking where id = @bookingId", new { bookingId });

    private Task<long> PaymentOf(long bookingId) => App.Value<long>("select max(id) from payment where booking_id = @bookingId", new { bookingId });

    private Task<string> GatewayPaymentOf(long bookingId) => App.Value<string>("select razorpay_payment_id from payment where booking_id = @bookingId", new { bookingId });

    private async Task<RefundRow> RefundOf(long bookingId) =>
        (await App.Rows<RefundRow>(
            """
            select refund.status, razorpay_refund_id as RazorpayRefundId, refund.amount, requested_by as RequestedBy
            from   refund
            join   payment on payment.id = payment_id
            where  booking_id = @bookingId
            order by refund.id
            """,
            new { bookingId }))[0];

    private static async Task Until(Func<Task<bool>> isSo)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); !await isSo();)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60), "It did not happen.");    // a gateway that failed is left in peace for real seconds
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private sealed record RefundRow
    {
        public string Status { get; init; } = "";

        public string? RazorpayRefundId { get; init; }

        public long Amount { get; init; }

        public string RequestedBy { get; init; } = "";
    }
}
