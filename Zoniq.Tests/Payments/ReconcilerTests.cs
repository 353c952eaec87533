using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Payments;

/// <summary>Nobody tells us anything: all webhooks are lost, and the browser is closed.</summary>
public sealed class ReconcilerTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        App.Razorpay.Faults = SandboxFaults.None;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task Every_payment_is_fulfilled_two_minutes_after_its_order()
    {
        var standing = (await App.AnEvent()).Standing;
        var buyers = await App.NewBuyers(12);
        var bookings = await Task.WhenAll(buyers.Select(buyer => buyer.Books(standing, 1)));
        await Task.WhenAll(buyers.Select(async (buyer, at) => buyer.Pays(await buyer.CreatesOrder(bookings[at]))));

        await App.RunTimer("PaymentReconcile");
        Assert.Equal(0, await Confirmed(bookings));
        await App.Advance(TimeSpan.FromMinutes(2));
        await App.RunTimer("PaymentReconcile");

        Assert.Equal(12, await Confirmed(bookings));
        Assert.Equal(12, await App.Value<long>("select count(*) from mail where template = 'payment_confirmed' and cause in (select 'payment:' || id from payment where booking_id = any(@bookings))", new { bookings }));
    }

    [Fact]
    public async Task What_was_paid_twice_is_found_within_half_an_hour_or_within_a_day()
    {
        var standing = (await App.AnEvent()).Standing;
        var asha = await App.NewBuyer();
        var (soon, late) = (await asha.Buys(standing, 1), await asha.Buys(standing, 1));
        await Reconciles(TimeSpan.FromMinutes(2));
        App.Razorpay.ForceCapture(await OrderOf(soon.Id));
        await Reconciles(TimeSpan.FromMinutes(28));
        Assert.Equal("50000 pending", await Returned(soon.Id));

        App.Razorpay.ForceCapture(await OrderOf(late.Id));
        await Reconciles(TimeSpan.FromDays(1));
        Assert.Equal("50000 pending", await Returned(late.Id));
        Assert.Equal(0, await App.Value<long>("select count(*) from gateway_order where booking_id = any(@both) and next_look_at is not null", new { both = new[] { soon.Id, late.Id } }));
    }

    [Fact]
    public async Task A_look_at_which_the_gateway_said_nothing_was_no_look_also_when_it_was_to_be_the_last()
    {
        var booking = await (await App.NewBuyer()).Buys((await App.AnEvent()).Standing, 1);
        App.Razorpay.ForceCapture(await OrderOf(booking.Id));
        await using var cutOff = await App.StartAnother(("RAZORPAY_API_URL", "http://127.0.0.1:1"));
        foreach (var look in new[] { TimeSpan.FromMinutes(30), TimeSpan.FromDays(1) })
        {
            await App.Advance(look);
            await cutOff.RunTimer("PaymentReconcile");
        }

        Assert.Equal("", await Returned(booking.Id));

        await Reconciles(TimeSpan.FromMinutes(10));

        Assert.Equal("50000 pending", await Returned(booking.Id));
    }

    [Fact]
    public async Task Two_instances_ask_about_an_order_once()
    {
        await using var another = await App.StartAnother();
        var asha = await App.NewBuyer();
        var order = (await asha.CreatesOrder(await asha.Books((await App.AnEvent()).Standing, 1))).Succeeded()["orderId"].GetString()!;
        await App.Advance(TimeSpan.FromMinutes(2));
        var asked = 0;
        App.Razorpay.Faults = SandboxFaults.None with
        {
            OnApiCall = call =>
            {
                Interlocked.Add(ref asked, call.Path.Contains(order, StringComparison.Ordinal) ? 1 : 0);
                return ApiFault.None;
            },
        };

        await Task.WhenAll(App.RunTimer("PaymentReconcile"), another.RunTimer("PaymentReconcile"));

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Money_that_arrives_after_the_booking_expired_is_found_as_well_for_a_week()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 10)).Standing;
        var asha = await App.NewBuyer();
        var (early, late) = (await asha.Books(standing, 1), await asha.Books(standing, 1));
        var (earlyOrder, lateOrder) = (await asha.CreatesOrder(early), await asha.CreatesOrder(late));
        await App.Advance(TimeSpan.FromMinutes(15));
        await App.RunTimer("BookingExpiry");

        await App.Advance(TimeSpan.FromDays(2));
        asha.Pays(earlyOrder);
        await Reconciles(TimeSpan.FromHours(7));
        Assert.Equal("confirmed", await Status(early));

        await App.Advance(TimeSpan.FromDays(5));
        await Reconciles(TimeSpan.FromHours(7));
        asha.Pays(lateOrder);
        await Reconciles(TimeSpan.FromDays(1));
        Assert.Equal("expired", await Status(late));    // a week is over
        Assert.Equal(0, await App.Value<long>("select count(*) from gateway_order where next_look_at is not null and booking_id = any(@both)", new { both = new[] { early, late } }));
        (await App.SendsWebhook("payment.captured", lateOrder["orderId"].GetString()!, App.Razorpay.PaymentsOf(lateOrder["orderId"].GetString()!)[0].Id, 50_000)).Succeeded();
    }

    [Fact]
    public async Task A_gateway_that_is_down_is_asked_again()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        asha.Pays(await asha.CreatesOrder(bookingId));
        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => new ApiFault { FailWith = 502 } };
        await Reconciles(TimeSpan.FromMinutes(2));
        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        App.Razorpay.Faults = SandboxFaults.None;

        for (var minutes = 0; minutes < 5 && (await asha.Booking(bookingId)).Succeeded()["status"].GetString() == "pending"; minutes++)
        {
            await Reconciles(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("confirmed", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
    }

    [Fact]
    public async Task Money_that_does_not_fit_is_written_down_once_however_often_it_is_seen()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        var order = (await asha.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;
        App.Razorpay.ForceCapture(order, amount: 49_900);

        await Reconciles(TimeSpan.FromMinutes(2));
        await Reconciles(TimeSpan.FromMinutes(2));

        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'payment_mismatch' and entity_id = @bookingId", new { bookingId }));
    }

    private async Task Reconciles(TimeSpan later)
    {
        await App.Advance(later);
        await App.RunTimer("PaymentReconcile");
    }

    private Task<string> Status(long bookingId) => App.Value<string>("select status from booking where id = @bookingId", new { bookingId });

    private Task<string> OrderOf(long bookingId) => App.Value<string>("select razorpay_order_id from gateway_order where booking_id = @bookingId", new { bookingId });

    private async Task<string> Returned(long bookingId) =>
        string.Join(' ', await App.Rows<string>("select refund.amount || ' ' || refund.status from refund join payment on payment.id = payment_id where booking_id = @bookingId", new { bookingId }));

    private Task<long> Confirmed(long[] bookings) => App.Value<long>("select count(*) from booking where id = any(@bookings) and status = 'confirmed'", new { bookings });
}
