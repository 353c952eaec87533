using System.Diagnostics;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Payments;

/// <summary>The provider is slow, overrun, broken or silent. Buyers are told, nobody pays twice, and nobody else notices.</summary>
public sealed class GatewayDownTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        App.Razorpay.Faults = SandboxFaults.None;
        return base.InitializeAsync();
    }

    public override Task DisposeAsync()
    {
        App.Razorpay.Faults = SandboxFaults.None;
        return base.DisposeAsync();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(null)]
    public async Task Ordering_and_verifying_are_put_off_and_can_be_done_again(int? status)
    {
        var fault = status is null ? new ApiFault { LoseAnswer = true } : new ApiFault { FailWith = status };
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        var number = (await asha.Booking(bookingId)).Succeeded()["bookingNumber"].GetString()!;

        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => fault };
        var refused = (await asha.CreatesOrder(bookingId)).Refused(503, "payment.gateway_unavailable");
        Assert.NotNull(refused.Headers.RetryAfter);
        App.Razorpay.Faults = SandboxFaults.None;
        await BreakerCloses();
        var paid = asha.Pays(await asha.CreatesOrder(bookingId));
        Assert.Equal(paid.RazorpayOrderId, App.Razorpay.OrderOfReceipt(number)!.Id);

        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => fault };
        (await asha.Verifies(paid)).Refused(503, "payment.gateway_unavailable");
        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        App.Razorpay.Faults = SandboxFaults.None;
        await BreakerCloses();
        (await asha.Verifies(paid)).Succeeded(200);
    }

    [Fact]
    public async Task While_the_gateway_is_down_an_overdue_booking_waits_ten_minutes_and_no_longer()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        await BreakerCloses();
        (await asha.CreatesOrder(bookingId)).Succeeded();
        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => new ApiFault { FailWith = 503 } };

        await App.Advance(TimeSpan.FromMinutes(16));
        await App.RunTimer("BookingExpiry");
        Assert.Equal("pending", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
        await App.Advance(TimeSpan.FromMinutes(10));
        await App.RunTimer("BookingExpiry");

        Assert.Equal("expired", (await asha.Booking(bookingId)).Succeeded()["status"].GetString());
    }

    [Fact]
    public async Task A_provider_that_takes_half_a_minute_keeps_nobody_else_waiting()
    {
        var staged = await App.AnEvent(standing: 1000);
        var (payers, others) = (await App.NewBuyers(150), await App.NewBuyers(50));
        var bookings = await Task.WhenAll(payers.Select(payer => payer.Books(staged.Standing, 1)));
        App.Razorpay.Faults = SandboxFaults.None with { OnApiCall = _ => new ApiFault { Delay = TimeSpan.FromSeconds(30) } };

        var clock = Stopwatch.StartNew();
        var ordering = payers.Zip(bookings, (payer, bookingId) => payer.CreatesOrder(bookingId)).ToArray();
        await Task.WhenAll(others.Select(other => other.Adds(staged.Standing, 1)));
        Assert.All(await Task.WhenAll(others.Select(other => other.ChecksOut())), answer => answer.Succeeded(201));
        Assert.DoesNotContain(ordering, order => order.IsCompleted);

        Assert.All(await Task.WhenAll(ordering), answer => answer.Refused(503, "payment.gateway_unavailable"));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(25), $"It took {clock.Elapsed}.");
    }

    /// <summary>After many failures the provider is left in peace for some seconds.</summary>
    private async Task BreakerCloses()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent()).Standing, 1);
        for (var since = Stopwatch.StartNew(); (await asha.CreatesOrder(bookingId)).Status == 503;)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), "The provider is still not asked.");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }
}
