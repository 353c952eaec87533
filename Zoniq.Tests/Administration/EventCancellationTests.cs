using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Administration;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;
using Zoniq.Tests.Tickets;

namespace Zoniq.Tests.Administration;

/// <summary>An event does not take place: carts end, bookings are called off, and everybody gets their money back once.</summary>
public sealed class EventCancellationTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task Cancelling_ends_carts_at_once_and_is_done_once_however_often_it_is_asked_for()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        var waiting = await ravi.Books(staged.Standing, 1);
        var administrator = await App.Administrator();

        var cancelled = (await administrator.Post($"/api/admin/events/{staged.Id}/cancel", new { reason = "The hall is flooded" })).Succeeded(200);
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Cancel(staged)));

        Assert.Equal("cancelled", cancelled["status"].GetString());
        Assert.All(again, answer => Assert.Equal(cancelled["cancelledAt"].GetDateTimeOffset(), answer.Succeeded(200)["cancelledAt"].GetDateTimeOffset()));
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where event_id = @Id and cart_id is not null", new { staged.Id }));
        Assert.Equal("null", (await asha.Cart()).Succeeded().Text);
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[2])).Refused(404, "event.not_found");
        (await asha.ChecksOut(staged.Id)).Refused(404, "cart.not_found");
        (await ravi.CreatesOrder(waiting)).Refused(409, "booking.not_payable");
        Assert.Equal(
            """{"reason": "The hall is flooded", "status": {"after": "cancelled", "before": "published"}}""",
            await App.Value<string>("select details::text from admin_log where action = 'cancel_event' and entity_id = @Id", new { staged.Id }));
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'cancel_event' and entity_id = @Id", new { staged.Id }));
    }

    [Fact]
    public async Task Only_administrators_cancel_and_only_what_there_is()
    {
        var staged = await App.AnEvent();
        var (administrator, asha) = (await App.Administrator(), await App.NewBuyer());

        (await asha.Post($"/api/admin/events/{staged.Id}/cancel")).Refused(403, "auth.admin_required");
        (await asha.Post($"/api/admin/events/{staged.Id}/reactivate")).Refused(403, "auth.admin_required");
        (await administrator.Post("/api/admin/events/999999/cancel")).Refused(404, "event.not_found");
        (await administrator.Post("/api/admin/events/999999/reactivate")).Refused(404, "event.not_found");
        (await administrator.Post($"/api/admin/events/{staged.Id}/reactivate")).Refused(409, "event.not_cancelled");
        (await administrator.Post($"/api/admin/events/{staged.Id}/cancel", new { reason = new string('x', 501) })).RefusedField("reason");
    }

    [Fact]
    public async Task Everybody_gets_back_everything_whatever_the_policy_and_is_told()
    {
        var staged = await App.AnEvent();
        await App.Execute("update event set refund_type = 'none' where id = @Id", new { staged.Id });
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Patch("/api/users/me/notifications/preferences", new { emailBookingConfirmation = false, emailEventUpdates = false, emailPaymentUpdates = false, emailTicketDelivery = false })).Succeeded();
        var paid = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..2]);
        await App.Enters(paid.Id);
        var partly = await asha.Buys(staged.Standing, 2);
        await App.Execute("insert into refund (payment_id, amount, requested_by, idempotency_key, created_at) select paid_by, 30000, 'admin', 'test-' || id, created_at from booking where id = @Id", new { partly.Id });
        var calledOffBefore = await ravi.Buys(staged.Standing, 1);
        (await ravi.Post($"/api/bookings/{calledOffBefore.Id}/cancel")).Succeeded();
        var waiting = await ravi.Books(staged.Standing, 1);
        (await Cancel(staged)).Succeeded();

        await App.RunTimer("EventRefunds");
        await App.RunTimer("EventRefunds");

        var cancelled = (await asha.Booking(paid.Id)).Succeeded();
        Assert.Equal(("cancelled", "paid", "Rain"), (cancelled["status"].GetString(), cancelled["paymentStatus"].GetString(), cancelled["cancellationReason"].GetString()));
        Assert.Equal("100000 pending system", await Refunds(paid.Id));
        Assert.Equal("30000 pending admin, 70000 pending system", await Refunds(partly.Id));
        Assert.Equal("", await Refunds(calledOffBefore.Id));
        Assert.Equal("cancelled", (await ravi.Booking(waiting)).Succeeded()["status"].GetString());
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where event_id = @Id and booking_id is not null", new { staged.Id }));

        await App.RunTimer("MailOutbox");
        var toAsha = App.Inbox.MailsTo(asha.Email);
        Assert.Equal(2, toAsha.Count);
        Assert.All(toAsha, mail => Assert.Equal("Event Cancelled - An Evening of Sitar | ZONIQ", mail.Message.Subject));
        Assert.Contains(toAsha, mail => mail.Message.TextBody!.Contains("₹1,000.00", StringComparison.Ordinal));
        Assert.DoesNotContain(toAsha, mail => mail.Message.TextBody!.Contains("/settings/notifications", StringComparison.Ordinal));
        Assert.Single(App.Inbox.MailsTo(ravi.Email), mail => mail.Message.Subject!.StartsWith("Event Cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Money_that_was_on_its_way_comes_back_whenever_it_is_heard_of()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var unheard = await asha.Books(staged.Standing, 1);
        asha.Pays(await asha.CreatesOrder(unheard));
        var early = await asha.Books(staged.Standing, 2);
        var earlyOrder = await asha.CreatesOrder(early);
        var late = await asha.Books(staged.Standing, 3);
        var lateOrder = await asha.CreatesOrder(late);
        (await Cancel(staged)).Succeeded();

        (await asha.Verifies(asha.Pays(earlyOrder))).Refused(409, "payment.late_refunded");
        await App.RunTimer("EventRefunds");
        (await asha.Verifies(asha.Pays(lateOrder))).Refused(409, "payment.late_refunded");

        Assert.Equal("50000 pending system", await Refunds(unheard));
        Assert.Equal("100000 pending system", await Refunds(early));
        Assert.Equal("150000 pending system", await Refunds(late));
        Assert.Equal(0, await App.Value<long>("select count(*) from mail where cause = any(@causes) and template = 'booking_confirmed'", new { causes = new[] { $"booking:{unheard}", $"booking:{early}", $"booking:{late}" } }));
    }

    [Fact]
    public async Task A_gateway_that_is_down_is_waited_for_but_not_for_ever()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var paid = await ravi.Buys(staged.Standing, 1);
        var waiting = await asha.Books(staged.Standing, 1);
        (await asha.CreatesOrder(waiting)).Succeeded();
        (await Cancel(staged)).Succeeded();

        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => new ApiFault { FailWith = 503 } };
        await App.RunTimer("EventRefunds");
        Assert.Equal("cancelled", (await ravi.Booking(paid.Id)).Succeeded()["status"].GetString());
        Assert.Equal("pending", (await asha.Booking(waiting)).Succeeded()["status"].GetString());
        (await Reactivate(staged)).Refused(409, "event.refunds_running");

        await App.Advance(TimeSpan.FromMinutes(26));
        await App.RunTimer("BookingExpiry");
        await App.RunTimer("EventRefunds");
        App.Razorpay.Faults = SandboxFaults.None;
        Assert.Equal("cancelled", (await asha.Booking(waiting)).Succeeded()["status"].GetString());
    }

    [Fact]
    public async Task A_cart_that_cannot_be_ended_holds_up_nobodys_money()
    {
        var (broken, other) = (await App.AnEvent(), await App.AnEvent());
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await asha.Buys(other.Standing, 1);
        (await ravi.Adds(broken.Standing, 1)).Succeeded();
        (await Cancel(broken)).Succeeded();
        (await Cancel(other)).Succeeded();
        await App.Execute("update cart set status = 'active', is_cleared = false where account_id = @Id", new { ravi.Id });    // it was being opened meanwhile
        await App.Execute("create function fail() returns trigger language plpgsql as $$ begin raise 'broken'; end $$");
        await App.Execute("create trigger fail before update on cart for each row execute function fail()");

        try
        {
            await App.RunTimer("EventRefunds");
        }
        finally
        {
            await App.Execute("drop trigger fail on cart");
            await App.Execute("drop function fail");
        }

        Assert.Equal("cancelled", (await asha.Booking(booking.Id)).Succeeded()["status"].GetString());
        await App.RunTimer("EventRefunds");
        Assert.Equal("abandoned", await App.Value<string>("select status from cart where account_id = @Id", new { ravi.Id }));
    }

    [Fact]
    public async Task Two_instances_at_once_call_off_each_booking_once()
    {
        var staged = await App.AnEvent();
        var buyers = await App.NewBuyers(12);
        await Task.WhenAll(buyers.Select(buyer => buyer.Buys(staged.Standing, 1)));
        await using var another = await App.StartAnother();
        (await Cancel(staged)).Succeeded();

        var calledOff = await Task.WhenAll(
            new[] { App, another, App, another }.Select(instance => instance.Services.GetRequiredService<EventRefunds>().Continue(CancellationToken.None)));

        Assert.Equal(12, calledOff.Sum());
        Assert.Equal(12, await App.Value<long>("select count(*) from refund join payment on payment.id = payment_id join booking on booking.id = booking_id where event_id = @Id", new { staged.Id }));
        Assert.Equal(12, await App.Value<long>("select count(*) from mail join booking on cause = 'booking:' || booking.id where template = 'event_cancelled' and event_id = @Id", new { staged.Id }));
        Assert.DoesNotContain(App.Logs, line => line.Text.Contains("could not be called off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_buyers_do_while_an_event_is_cancelled_nobody_keeps_a_ticket_and_nobody_loses_money()
    {
        var staged = await App.AnEvent();
        await App.Execute("update event set refund_percent = 50 where id = @Id", new { staged.Id });
        var buyers = await App.NewBuyers(15);
        var bought = await Task.WhenAll(buyers[..5].Select(buyer => buyer.Buys(staged.Standing, 1)));
        var paid = await Task.WhenAll(buyers[5..10].Select(async buyer => buyer.Pays(await buyer.CreatesOrder(await buyer.Books(staged.Standing, 1)))));
        await Task.WhenAll(buyers[10..].Select(buyer => buyer.Adds(staged.Standing)));

        var refunds = App.Services.GetRequiredService<EventRefunds>();
        await Task.WhenAll(
            [
                .. buyers[..5].Select((buyer, at) => buyer.Post($"/api/bookings/{bought[at].Id}/cancel")),
                Cancel(staged),
                .. buyers[5..10].Select((buyer, at) => buyer.Verifies(paid[at])),
                .. buyers[10..].Select(buyer => buyer.ChecksOut(staged.Id)),
                refunds.Continue(CancellationToken.None),
                refunds.Continue(CancellationToken.None),
            ]);
        await refunds.Continue(CancellationToken.None);

        Assert.Equal(0, await App.Value<long>("select count(*) from booking where event_id = @Id and status in ('pending', 'confirmed')", new { staged.Id }));
        Assert.Equal(0, await App.Value<long>("select count(*) from ticket join booking on booking.id = booking_id where event_id = @Id and ticket.status <> 'void'", new { staged.Id }));
        // Whoever called off before the event did gets half, as agreed; the others everything.
        Assert.Equal(0, await App.Value<long>(
            """
            select count(*)
            from   payment
            join   booking on booking.id = booking_id
            left join refund on refund.payment_id = payment.id
            where  event_id = @Id
            and    payment.paid_at is not null
            and    refund.amount is distinct from case cancelled_by when 'buyer' then 25000 else 50000 end
            """,
            new { staged.Id }));
    }

    [Fact]
    public async Task A_cancelled_event_is_taken_up_again_as_a_draft_once_its_bookings_are_done()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 1);
        (await Cancel(staged)).Succeeded();

        (await Reactivate(staged)).Refused(409, "event.refunds_running");
        await App.RunTimer("EventRefunds");
        var draft = (await Reactivate(staged)).Succeeded(200);
        (await Reactivate(staged)).Refused(409, "event.not_cancelled");

        Assert.Equal("draft", draft["status"].GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, draft["cancelledAt"].ValueKind);
        Assert.Equal("cancelled", (await asha.Booking(booking.Id)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'reactivate_event' and entity_id = @Id", new { staged.Id }));
        (await (await App.Administrator()).Post($"/api/admin/events/{staged.Id}/publish")).Succeeded();
        (await asha.Buys(staged.Standing, 1)).Succeeded();
    }

    /// <summary>Whoever adds to the cart is stood in for by a transaction of the test.</summary>
    [Fact]
    public async Task What_is_put_into_a_cart_while_its_event_is_cancelled_is_free_as_well()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        await using var adding = await InTheMiddle.Of(App, "select from cart where account_id = @Id for update", new { asha.Id });

        var cancelling = Cancel(staged);
        await adding.IsWaitedFor();
        await adding.Does(
            """
            with place as (
                update seat
                set    cart_id = cart.id, locked_until = cart.expires_at
                from   cart
                where  seat.id = (select min(id) from seat where category_id = @CategoryId)
                and    cart.account_id = @Id
                returning seat.id, cart.id as cart_id, seat.locked_until
            )
            insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
            select cart_id, @CategoryId, 1, array[id], 50000, locked_until, locked_until
            from   place
            """,
            new { asha.Id, staged.Standing.CategoryId });
        await adding.Commits();

        (await cancelling).Succeeded();
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where event_id = @Id and cart_id is not null", new { staged.Id }));
    }

    /// <summary>The buyer's account is kept busy, so that the event is cancelled after the buyer has seen it and before there is a cart.</summary>
    [Theory]
    [InlineData("refunds")]
    [InlineData("reactivation")]
    public async Task A_cart_that_is_opened_while_its_event_is_cancelled_ends_as_well(string next)
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        await using var busy = await InTheMiddle.Of(App, "select from account where id = @Id for update", new { asha.Id });

        var adding = asha.Adds(staged.Numbered, staged.Numbered.Seats[..2]);
        await busy.IsWaitedFor();
        (await Cancel(staged)).Succeeded();
        await busy.GivesUp();
        await adding;
        (await asha.ChecksOut(staged.Id)).Refused(409, "event.booking_closed");
        if (next == "refunds")
        {
            await App.RunTimer("EventRefunds");
        }
        else
        {
            (await Reactivate(staged)).Succeeded();
        }

        Assert.Equal("null", (await asha.Cart()).Succeeded().Text);
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where event_id = @Id and cart_id is not null", new { staged.Id }));
    }

    private async Task<Answer> Cancel(StagedEvent staged) => await (await App.Administrator()).Post($"/api/admin/events/{staged.Id}/cancel", new { reason = "Rain" });

    private async Task<Answer> Reactivate(StagedEvent staged) => await (await App.Administrator()).Post($"/api/admin/events/{staged.Id}/reactivate");

    private async Task<string> Refunds(long bookingId) =>
        string.Join(", ", await App.Rows<string>(
            "select refund.amount || ' ' || refund.status || ' ' || requested_by from refund join payment on payment.id = payment_id where booking_id = @bookingId order by refund.amount",
            new { bookingId }));
}
