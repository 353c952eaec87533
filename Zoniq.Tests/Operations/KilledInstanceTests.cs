using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Operations;

/// <summary>An instance that dies in the middle of purchases leaves nothing half done.</summary>
public sealed class KilledInstanceTests(ZoniqApp app) : DatabaseTest(app)
{
    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(150)]
    public async Task After_a_kill_every_buyer_goes_on_or_the_stock_is_free_again(int stepsBeforeTheKill)
    {
        App.Razorpay.DeliversWebhooks = false;
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 20, standing: 200);
        var buyers = await App.NewBuyers(40);
        using var child = await ChildApp.StartAsync(App);
        var steps = 0;
        var enough = new TaskCompletionSource();

        async Task<JsonElement?> Step(Person person, string path, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", person.Token) } };
            try
            {
                using var response = await child.Http.SendAsync(request);
                if (Interlocked.Increment(ref steps) == stepsBeforeTheKill)
                {
                    enough.SetResult();
                }

                return response.IsSuccessStatusCode ? JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement : null;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        async Task Buy(Person person, int at)
        {
            var isDone = await Step(person, "/api/cart/items", new { eventId = staged.Id, seatCategoryId = staged.Standing.CategoryId, quantity = 2 }) is not null
                && await Step(person, "/api/cart/items", new { eventId = staged.Id, seatCategoryId = staged.Numbered.CategoryId, seatIds = new[] { staged.Numbered.Seats[at] } }) is not null
                && await Step(person, "/api/cart/checkout", new { }) is { } booking
                && await Step(person, "/api/payments/create-order", new { bookingId = booking.GetProperty("id").GetInt64() }) is { } order
                && person.Pays(order.GetProperty("orderId").GetString()!) is var paid
                && await Step(person, "/api/payments/verify", new { paid.RazorpayOrderId, paid.RazorpayPaymentId, paid.RazorpaySignature }) is not null;
            Assert.True(isDone || steps >= stepsBeforeTheKill);
        }

        var shopping = Task.WhenAll(buyers.Select(Buy));
        await enough.Task;
        await child.KillAsync();
        await shopping;

        Assert.Empty(await App.Invariants());
        await Task.WhenAll(buyers.Select(GoOn));
        Assert.Equal(40, await App.Value<long>("select count(*) from booking where event_id = @Id and status = 'confirmed'", new { staged.Id }));
        Assert.Equal(120, await App.Value<long>("select count(*) from seat where event_id = @Id and booking_id is not null", new { staged.Id }));

        async Task GoOn(Person person, int at)
        {
            var bookings = (await person.Get("/api/users/me/bookings")).Succeeded()["bookings"];
            var bookingId = bookings.GetArrayLength() > 0 ? bookings[0].GetProperty("id").GetInt64() : await BookAnew(person, at);

            if ((await person.Booking(bookingId)).Succeeded()["status"].GetString() == "pending")
            {
                var orderId = (await person.CreatesOrder(bookingId)).Succeeded()["orderId"].GetString()!;

                // Money that arrived while the instance was dead is found out by asking the gateway.
                if (App.Razorpay.PaymentsOf(orderId).Length > 0)
                {
                    (await person.Post($"/api/payments/booking/{bookingId}/cancel")).Refused(409, "booking.already_paid");
                }
                else
                {
                    await person.PaysFor(bookingId);
                }
            }
        }

        async Task<long> BookAnew(Person person, int at)
        {
            (await person.ClearsCart(staged.Id)).Succeeded();
            (await person.Adds(staged.Standing, 2)).Succeeded();
            (await person.Adds(staged.Numbered, staged.Numbered.Seats[at])).Succeeded();
            return (await person.ChecksOut()).Succeeded(201).Id;
        }
    }
}
