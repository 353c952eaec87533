using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Administration;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Storage;
using Zoniq.LocalHost.Razorpay;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Payments;

/// <summary>An instance dies before any of the statements in which money becomes a booking, or a booking becomes money again. Whoever comes after it finishes.</summary>
public sealed class KilledBetweenStatementsTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Razorpay.DeliversWebhooks = false;
        App.Razorpay.Faults = SandboxFaults.None;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task Fulfilling_by_webhook() => await AtEachStatement(
        PaidBooking,
        async paid => await App.Services.GetRequiredService<WebhookInbox>().Receive(paid.Webhook, paid.WebhookSignature, paid.EventId, CancellationToken.None),
        IsConfirmedOnce);

    [Fact]
    public async Task Fulfilling_by_the_browsers_proof() => await AtEachStatement(
        PaidBooking,
        async paid => await App.Services.GetRequiredService<PaymentService>().Verify(
            paid.Buyer.Id,
            new VerifyPayment
            {
                RazorpayOrderId = paid.Checkout.RazorpayOrderId,
                RazorpayPaymentId = paid.Checkout.RazorpayPaymentId,
                RazorpaySignature = paid.Checkout.RazorpaySignature,
            },
            CancellationToken.None),
        IsConfirmedOnce);

    [Fact]
    public async Task Fulfilling_by_asking_the_gateway() => await AtEachStatement(
        async () =>
        {
            var paid = await PaidBooking();
            await App.Advance(TimeSpan.FromMinutes(2));
            return paid;
        },
        async _ => await App.Services.GetRequiredService<PaymentReconciler>().Reconcile(CancellationToken.None),
        IsConfirmedOnce);

    [Fact]
    public async Task Calling_off_a_booking() => await AtEachStatement(
        ThreeBookings,
        async bought => await App.Services.GetRequiredService<BookingCancellation>().Cancel(bought.Buyers[0].Id, bought.Bookings[0], new CancelBooking(), CancellationToken.None),
        async bought =>
        {
            var (buyers, bookings, _) = bought;
            if ((await buyers[0].Booking(bookings[0])).Succeeded()["status"].GetString() == "confirmed")
            {
                (await buyers[0].Post($"/api/bookings/{bookings[0]}/cancel")).Succeeded();
            }

            Assert.Equal("50000", await Refunds(bookings[0]));
            Assert.Equal(1, await Mails("booking_cancelled", bookings[0]));
        });

    [Fact]
    public async Task Calling_off_the_bookings_of_a_cancelled_event() => await AtEachStatement(
        async () =>
        {
            var bought = await ThreeBookings();
            (await (await App.Administrator()).Post($"/api/admin/events/{bought.EventId}/cancel")).Succeeded();
            return bought;
        },
        async _ => await App.Services.GetRequiredService<EventRefunds>().Continue(CancellationToken.None),
        async bought =>
        {
            await App.RunTimer("EventRefunds");
            foreach (var bookingId in bought.Bookings)
            {
                Assert.Equal("50000", await Refunds(bookingId));
                Assert.Equal(1, await Mails("event_cancelled", bookingId));
            }
        });

    [Fact]
    public async Task Sending_a_refund() => await AtEachStatement(
        async () =>
        {
            var bought = await ThreeBookings();
            (await bought.Buyers[0].Post($"/api/bookings/{bought.Bookings[0]}/cancel")).Succeeded();
            return bought;
        },
        async _ => await App.Services.GetRequiredService<RefundWorker>().Run(CancellationToken.None),
        async bought =>
        {
            var paymentId = await App.Value<string>("select razorpay_payment_id from payment where booking_id = @id", new { id = bought.Bookings[0] });
            for (var tries = 0; await App.Value<string>("select status from booking where id = @id", new { id = bought.Bookings[0] }) != "refunded"; tries++)
            {
                Assert.True(tries < 100, "The money does not come back.");
                await App.Advance(TimeSpan.FromMinutes(2));
                await App.RunTimer("RefundWorker");
                await Task.Delay(TimeSpan.FromMilliseconds(10));
            }

            Assert.Single(App.Razorpay.RefundsOf(paymentId));
            Assert.Equal(1, await App.Value<long>("select count(*) from mail where template = 'refund_processed' and cause in (select 'refund:' || refund.id from refund join payment on payment.id = payment_id where booking_id = @id)", new { id = bought.Bookings[0] }));
        });

    private async Task AtEachStatement<T>(Func<Task<T>> prepare, Func<T, Task> act, Func<T, Task> recovers)
    {
        var database = App.Services.GetRequiredService<Database>();
        var statements = 0;
        for (var isDead = true; isDead; statements++)
        {
            var subject = await prepare();
            isDead = await DiesBefore(statements + 1, database, () => act(subject));
            await recovers(subject);
            Assert.InRange(statements, 0, 200);
        }

        Assert.InRange(statements, 5, 200);
    }

    /// <summary>Once dead it does nothing any more; whether it died at all.</summary>
    private static async Task<bool> DiesBefore(int statement, Database database, Func<Task> act)
    {
        var sent = 0;
        database.Listener = (_, _) =>
        {
            if (Interlocked.Increment(ref sent) >= statement)
            {
                throw new KilledException();
            }
        };
        try
        {
            await act();
        }
        catch (Exception failure) when (failure is KilledException or { InnerException: KilledException })
        {
            // dead
        }
        finally
        {
            database.Listener = null;
        }

        return sent >= statement;
    }

    private async Task<Paid> PaidBooking()
    {
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books((await App.AnEvent(rows: 0)).Standing, 1);
        var checkout = asha.Pays(await asha.CreatesOrder(bookingId));
        return new Paid(asha, bookingId, checkout, Encoding.UTF8.GetBytes(GatewaySteps.Webhook(App, "payment.captured", checkout.RazorpayOrderId, checkout.RazorpayPaymentId, 50_000)));
    }

    private async Task<(Person[] Buyers, long[] Bookings, long EventId)> ThreeBookings()
    {
        var staged = await App.AnEvent(rows: 0);
        var buyers = await App.NewBuyers(3);
        var bookings = await Task.WhenAll(buyers.Select(buyer => buyer.Buys(staged.Standing, 1)));
        return (buyers, [.. bookings.Select(booking => booking.Id)], staged.Id);
    }

    private async Task IsConfirmedOnce(Paid paid)
    {
        // The gateway was not answered: it tells us again.
        (await App.SendsWebhookSignedAs(Encoding.UTF8.GetString(paid.Webhook), paid.WebhookSignature, paid.EventId)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(5));
        await App.RunTimer("WebhookInbox");
        await App.RunTimer("PaymentReconcile");

        Assert.Equal("confirmed", (await paid.Buyer.Booking(paid.BookingId)).Succeeded()["status"].GetString());
        Assert.Equal("", await Refunds(paid.BookingId));
        Assert.Equal(1, await Mails("booking_confirmed", paid.BookingId));
        Assert.Equal(1, await App.Value<long>("select count(*) from ticket where booking_id = @BookingId and status = 'valid'", new { paid.BookingId }));
        Assert.Equal(0, await App.Value<long>("select count(*) from webhook_event where processed_at is null"));
    }

    private async Task<string> Refunds(long bookingId) =>
        string.Join(' ', await App.Rows<long>("select refund.amount from refund join payment on payment.id = payment_id where booking_id = @bookingId", new { bookingId }));

    private Task<long> Mails(string template, long bookingId) =>
        App.Value<long>("select count(*) from mail where template = @template and cause = @cause", new { template, cause = $"booking:{bookingId}" });

    private sealed record Paid(Person Buyer, long BookingId, SandboxCheckout Checkout, byte[] Webhook)
    {
        public string EventId { get; } = $"evt_{Guid.NewGuid():n}";

        public string WebhookSignature { get; } = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(PaymentProvider.WebhookSecret), Webhook));
    }

    private sealed class KilledException() : Exception("killed");
}
