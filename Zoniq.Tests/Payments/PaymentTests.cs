namespace Zoniq.Tests.Payments;

/// <summary>Paying, and everything that can come between. The tests send the gateway's webhooks themselves.</summary>
public sealed class PaymentTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task A_whole_purchase_ends_with_tickets_and_one_mail_that_has_them()
    {
        var staged = await App.AnEvent(price: 1250.00m);
        var asha = await App.SignIn("asha@example.in");

        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..2]);

        Assert.Equal("paid", booking["paymentStatus"].GetString());
        Assert.Equal("2500.00", booking["finalAmount"].GetRawText());
        Assert.Matches("^ZNQ-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}$", booking["bookingNumber"].GetString());
        var tickets = await asha.Tickets();
        Assert.Equal(["Floor-A1", "Floor-A2"], tickets.Select(ticket => ticket.GetProperty("seatLabel").GetString()).Order());
        Assert.All(tickets, ticket => Assert.Equal("valid", ticket.GetProperty("status").GetString()));

        await App.RunTimer("MailOutbox");
        await App.RunTimer("MailOutbox");
        var mail = Assert.Single(App.Inbox.MailsTo("asha@example.in"), mail => mail.Message.Subject!.StartsWith("Booking Confirmed", StringComparison.Ordinal));
        Assert.Contains(mail.Message.Attachments, attachment => attachment.ContentType.MimeType == "application/pdf");
        var status = (await asha.Get($"/api/payments/booking/{booking.Id}/status")).Succeeded();
        Assert.Equal(250_000, status["payment"].GetProperty("amount").GetInt64());
        Assert.Equal("captured", status["payment"].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Verify_and_the_webhook_at_once_ten_times_each_confirm_once()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Numbered, staged.Numbered.Seats[..3]);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));

        var verifications = Enumerable.Range(0, 10).Select(_ => asha.Verifies(paid));
        var webhooks = Enumerable.Range(0, 10).Select(at => App.SendsWebhook("payment.captured", paid.RazorpayOrderId, paid.RazorpayPaymentId, 150_000, eventId: $"evt_{bookingId}_{at % 5}"));
        var answers = await Task.WhenAll(verifications.Concat(webhooks));

        Assert.All(answers, answer => answer.Succeeded(200));
        Assert.Equal("confirmed", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        Assert.Equal(3, await App.Value<long>("select count(*) from ticket where booking_id = @bookingId and status = 'valid'", new { bookingId }));
        Assert.Equal(1, await App.Value<long>("select count(*) from payment where booking_id = @bookingId", new { bookingId }));
        Assert.Equal(1, await App.Value<long>("select count(*) from mail where cause = 'booking:' || @bookingId", new { bookingId }));
    }

    [Fact]
    public async Task A_failed_attempt_keeps_the_seats_and_a_later_success_on_the_same_order_confirms()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Numbered, staged.Numbered.Seats[..2]);
        var orderId = (await asha.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;
        var attempt = $"pay_first{bookingId:00000000}";

        (await App.SendsWebhook("payment.failed", orderId, attempt, 100_000, status: "failed")).Succeeded();
        var failed = (await asha.Booking(bookingId)).Succeeded();
        Assert.Equal(("pending", "failed"), (failed["status"].GetString(), failed["paymentStatus"].GetString()));

        (await App.SendsWebhook("payment.captured", orderId, attempt, 100_000)).Succeeded();
        Assert.Equal("confirmed", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());

        // What is reported late and out of order changes nothing any more.
        (await App.SendsWebhook("payment.failed", orderId, attempt, 100_000, status: "failed")).Succeeded();
        Assert.Equal("paid", (await asha.Booking(bookingId)).Succeeded()["paymentStatus"].GetString());
    }

    [Fact]
    public async Task A_wrong_signature_changes_nothing_and_a_right_one_succeeds_afterwards()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var bookingId = await asha.Books(staged.Standing, 2);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));

        (await asha.Verifies(paid with { RazorpaySignature = new string('0', 64) })).Refused(400, "payment.signature_invalid");
        (await asha.Verifies(paid with { RazorpaySignature = "not hex" })).Refused(400, "payment.signature_invalid");
        (await asha.Verifies(paid with { RazorpayPaymentId = "pay_somebodyelse01" })).Refused(400, "payment.signature_invalid");
        (await asha.Verifies(paid with { RazorpayOrderId = "order_unknown00001" })).Refused(404, "payment.order_not_found");
        (await ravi.Verifies(paid)).Refused(404, "payment.order_not_found");
        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());

        Assert.Equal("Payment verified successfully", (await asha.Verifies(paid)).Succeeded(200)["message"].GetString());
        Assert.Equal("Payment already verified", (await asha.Verifies(paid)).Succeeded(200)["message"].GetString());
    }

    [Fact]
    public async Task A_webhook_must_be_signed_and_be_an_event()
    {
        const string body = """{"entity":"event","event":"payment.captured","payload":{}}""";

        (await App.SendsWebhookSignedAs(body, new string('0', 64))).Refused(400, "webhook.signature_invalid");
        (await App.SendsWebhookSignedAs(body, signature: null)).Refused(400, "webhook.signature_invalid");
        (await App.SendsWebhookBody("not an event")).Refused(400, "request.malformed_json");
        (await App.SendsWebhookBody("""{"entity":"event","event":"\u0000","payload":{}}""")).Refused(400, "request.malformed_json");
        (await App.SendsWebhookBody("""{"entity":"event","event":"something.new","payload":{}}""")).Succeeded(200);
        (await App.SendsWebhookBody("""{"entity":"event","event":"something.new","payload":{"half":"\ud800","\udc00":1}}""")).Succeeded(200);
        (await App.SendsWebhook("payment.captured", "order_notours00001", "pay_notours0000001", 100)).Succeeded(200);
    }

    [Fact]
    public async Task Money_that_does_not_fit_is_never_fulfilled_and_administrators_can_see_it()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        var orderId = (await asha.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;

        (await App.SendsWebhook("payment.captured", orderId, $"pay_short{bookingId:00000000}", 49_999)).Succeeded();

        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'payment_mismatch' and entity_id = @bookingId", new { bookingId }));
    }

    [Fact]
    public async Task A_retry_gets_the_same_order_also_when_six_ask_at_once()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 2);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => asha.CreatesOrder(bookingId)));

        var order = Assert.Single(answers.Select(answer => answer.Succeeded(200)["orderId"].GetString()).Distinct());
        Assert.Equal(order, (await asha.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString());
        (await (await App.NewBuyer()).CreatesOrder(bookingId)).Refused(404, "booking.not_found");
    }

    [Fact]
    public async Task A_booking_not_paid_in_time_expires_and_its_seats_are_for_others()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var bookingId = await asha.Books(staged.Numbered, staged.Numbered.Seats[..2]);
        (await asha.CreatesOrder(bookingId)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(15));

        await App.RunTimer("BookingExpiry");

        Assert.Equal("expired", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        (await asha.CreatesOrder(bookingId)).Refused(410, "booking.expired");
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
    }

    [Fact]
    public async Task A_booking_that_was_paid_without_our_hearing_of_it_is_confirmed_instead_of_expired()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        asha.Pays(await asha.CreatesOrder(bookingId));
        await App.Advance(TimeSpan.FromMinutes(20));

        await App.RunTimer("BookingExpiry");

        Assert.Equal("confirmed", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
    }

    [Fact]
    public async Task Money_for_an_expired_booking_gets_the_same_seats_if_they_are_free_and_goes_back_otherwise()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var lucky = await asha.Books(staged.Numbered, staged.Numbered.Seats[..2]);
        var luckyOrder = await asha.CreatesOrder(lucky);
        var unlucky = await asha.Books(staged.Numbered, staged.Numbered.Seats[2..4]);
        var unluckyOrder = await asha.CreatesOrder(unlucky);
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[3])).Succeeded();

        (await asha.Verifies(asha.Pays(luckyOrder))).Succeeded(200);
        var paidTooLate = asha.Pays(unluckyOrder);
        var refused = (await asha.Verifies(paidTooLate)).Refused(409, "payment.late_refunded");
        (await ravi.ClearsCart()).Succeeded();
        (await asha.Verifies(paidTooLate)).Refused(409, "payment.late_refunded");    // money that goes back buys nothing, even if the seats are free again

        Assert.Equal(100_000, refused["refund"].GetProperty("amount").GetInt64());
        Assert.Equal("confirmed", (await asha.Booking(lucky)).Succeeded()["status"].GetString());
        Assert.Equal("expired", (await asha.Booking(unlucky)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from refund join payment on payment.id = payment_id where booking_id = @unlucky", new { unlucky }));
    }

    [Fact]
    public async Task Late_money_for_standing_places_takes_others_of_the_category()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 6)).Standing;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var bookingId = await asha.Books(standing, 4);
        var order = await asha.CreatesOrder(bookingId);
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");
        await ravi.Books(standing, 2);

        (await asha.Verifies(asha.Pays(order))).Succeeded(200);

        Assert.Equal(4, (await asha.Tickets()).Length);
        Assert.Equal(6, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and booking_id is not null", new { standing.CategoryId }));
    }

    [Fact]
    public async Task Late_money_finds_other_standing_places_in_each_category()
    {
        var stalls = (await App.AnEvent(rows: 0, standing: 6)).Standing;
        var balcony = stalls with
        {
            CategoryId = (await (await App.Administrator()).Post($"/api/admin/events/{stalls.EventId}/categories", new { name = "Balcony", price = 300.00m, totalSeats = 6 })).Succeeded(201).Id,
        };
        var asha = await App.NewBuyer();
        (await asha.Adds(stalls, 2)).Succeeded();
        var bookingId = await asha.Books(balcony, 2);
        var order = await asha.CreatesOrder(bookingId);
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");
        await App.Execute("update seat set is_blocked = true where id in (select seat_id from ticket where booking_id = @bookingId)", new { bookingId });

        (await asha.Verifies(asha.Pays(order))).Succeeded(200);

        Assert.Equal(4, (await asha.Tickets()).Length);
    }

    [Fact]
    public async Task A_second_capture_for_a_paid_booking_goes_back_once()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));
        (await asha.Verifies(paid)).Succeeded(200);
        var second = $"pay_twice{bookingId:00000000}";

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => App.SendsWebhook("payment.captured", paid.RazorpayOrderId, second, 50_000)));

        Assert.Equal(50_000, await App.Value<long>("select sum(refund.amount)::bigint from refund join payment on payment.id = payment_id where booking_id = @bookingId", new { bookingId }));
        Assert.Equal("paid", (await asha.Booking(bookingId)).Succeeded()["paymentStatus"].GetString());
    }

    [Fact]
    public async Task Money_that_goes_back_unasked_says_why_in_the_ledger_and_in_one_mail()
    {
        var (staged, off) = (await App.AnEvent(), await App.AnEvent());
        var asha = await App.NewBuyer();
        var (twice, late, cancelled) = (await asha.Books(staged.Standing), await asha.Books(staged.Numbered, staged.Numbered.Seats[0]), await asha.Books(off.Standing));
        long[] bookings = [twice, late, cancelled];
        var orders = await Task.WhenAll(bookings.Select(async booking => (await asha.CreatesOrder(booking)).Succeeded()["orderId"].GetString()!));
        (await asha.Verifies(asha.Pays(orders[0]))).Succeeded(200);
        (await (await App.Administrator()).Post($"/api/admin/events/{off.Id}/cancel")).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");
        (await (await App.NewBuyer()).Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();

        for (var at = 0; at < bookings.Length; at++)
        {
            for (var times = 0; times < 2; times++)
            {
                (await App.SendsWebhook("payment.captured", orders[at], $"pay_more{bookings[at]:00000000}", 50_000)).Succeeded();
            }
        }

        Assert.Equal(
            [$"{twice} Paid twice 1", $"{late} Paid too late 1", $"{cancelled} Event cancelled 1"],
            await App.Rows<string>(
                """
                select   concat_ws(' ', payment.booking_id, refund.reason,
                                   (select count(*) from mail where template = 'payment_returned' and cause = 'payment:' || payment.id and data->>'returnReason' = refund.reason))
                from     refund
                join     payment on payment.id = refund.payment_id
                where    payment.booking_id = any(@bookings)
                order by array_position(@bookings, payment.booking_id)
                """,
                new { bookings }));
    }

    [Fact]
    public async Task Calling_off_a_pending_booking_frees_its_seats_unless_money_has_arrived()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var unpaid = await asha.Books(staged.Numbered, staged.Numbered.Seats[..2]);
        var paid = await asha.Books(staged.Numbered, staged.Numbered.Seats[2..4]);
        asha.Pays(await asha.CreatesOrder(paid));

        (await ravi.Post($"/api/payments/booking/{unpaid}/cancel")).Refused(404, "booking.not_found");
        (await asha.Post($"/api/payments/booking/{unpaid}/cancel")).Succeeded(200);
        (await asha.Post($"/api/payments/booking/{unpaid}/cancel")).Refused(409, "booking.not_pending");
        (await asha.Post($"/api/payments/booking/{paid}/cancel")).Refused(409, "booking.already_paid");

        Assert.Equal("cancelled", (await asha.Booking(unpaid)).Succeeded()["status"].GetString());
        Assert.Equal("confirmed", (await asha.Booking(paid)).Succeeded()["status"].GetString());
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
    }

    [Theory]
    [InlineData("4.35")]
    [InlineData("1.15")]
    [InlineData("19.99")]
    [InlineData("1234567.89")]
    public async Task Amounts_are_exact_to_the_paisa_everywhere(string rupees)
    {
        var price = decimal.Parse(rupees);
        var standing = (await App.AnEvent(rows: 0, standing: 50, price: price)).Standing;

        for (var quantity = 1; quantity <= 7; quantity++)
        {
            var asha = await App.NewBuyer();
            var cart = (await asha.Adds(standing, quantity)).Succeeded();
            var booking = (await asha.ChecksOut()).Succeeded(201);
            var order = (await asha.CreatesOrder(booking.Id)).Succeeded();

            Assert.Equal((price * quantity).ToString("0.00"), cart["total"].GetRawText());
            Assert.Equal((price * quantity).ToString("0.00"), booking["finalAmount"].GetRawText());
            Assert.Equal((long)(price * quantity * 100), order["amount"].GetInt64());
        }
    }

    [Fact]
    public async Task A_free_booking_is_confirmed_at_checkout()
    {
        var standing = (await App.AnEvent(rows: 0, price: 0m)).Standing;
        var asha = await App.NewBuyer();
        (await asha.Adds(standing, 2)).Succeeded();

        var booking = (await asha.ChecksOut()).Succeeded(201);

        Assert.Equal("confirmed", booking["status"].GetString());
        Assert.Equal(2, (await asha.Tickets()).Length);
        (await asha.CreatesOrder(booking.Id)).Refused(409, "booking.already_paid");
    }
}
