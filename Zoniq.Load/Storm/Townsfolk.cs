using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>Buyers with every habit there is, and an office that gives money back and calls events off.</summary>
internal sealed class Townsfolk(Bench bench, StormClient client, RazorpaySandbox gateway, Buyer administrator, int seed)
{
    private static readonly TimeSpan OfficeHours = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly List<OpenHouse> houses = [];

    /// <summary>Small houses, so that everything is fought for.</summary>
    public async Task OpenHousesAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var isNumbered = number % 2 == 0;
            var (eventId, categoryId, seats) = await bench.HouseAsync(60, isNumbered);
            lock (gate)
            {
                houses.Add(new OpenHouse(eventId, categoryId, seats, isNumbered));
            }
        }
    }

    public async Task ShopAsync(Buyer[] buyers, CancellationToken closing)
    {
        await Task.WhenAll(buyers.Select(async (buyer, at) =>
        {
            var random = new Random(HashCode.Combine(seed, at));
            while (!closing.IsCancellationRequested)
            {
                await BuyAsync(buyer, random);
            }
        }));
    }

    /// <summary>New houses open, some events are called off, money is given back in part or whole, here and at the gateway.</summary>
    public async Task AdministerAsync(CancellationToken closing)
    {
        var random = new Random(seed);
        for (var round = 1; !closing.IsCancellationRequested; round++)
        {
            await Task.Delay(OfficeHours, CancellationToken.None);
            if (await AnyPaymentAsync(random) is { } payment)
            {
                await RefundAsync(payment, random);
            }

            if (round % 5 == 0)
            {
                await OpenHousesAsync(2);
            }

            if (round % 15 == 0 && Take(random) is { } house)
            {
                await client.SendAsync(HttpMethod.Post, $"/api/admin/events/{house.EventId}/cancel", administrator, new { reason = "Storm" });
            }
        }
    }

    private async Task BuyAsync(Buyer buyer, Random random)
    {
        OpenHouse house;
        lock (gate)
        {
            house = houses[random.Next(houses.Count)];
        }

        object wish = house.IsNumbered
            ? new { eventId = house.EventId, seatCategoryId = house.CategoryId, seatIds = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => house.Seats[random.Next(house.Seats.Length)]).Distinct() }
            : new { eventId = house.EventId, seatCategoryId = house.CategoryId, quantity = 1 + random.Next(4) };
        var added = await client.SendAsync(HttpMethod.Post, "/api/cart/items", buyer, wish);

        if (!added.IsWell && random.Next(10) > 0)    // some press on whatever they are told
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), CancellationToken.None);
            return;
        }

        switch (random.Next(12))
        {
            case 0:
                return;    // wanders off
            case 1:
                await client.SendAsync(HttpMethod.Delete, $"/api/cart/clear?event_id={house.EventId}", buyer);
                return;
            case 2 when added.IsWell:
                await client.SendAsync(HttpMethod.Patch, $"/api/cart/items/{added.Body.GetProperty("items")[0].GetProperty("id").GetInt64()}", buyer, new { quantity = 1 + random.Next(6) });
                break;
        }

        var booked = await client.SendAsync(HttpMethod.Post, $"/api/cart/checkout?event_id={house.EventId}", buyer, new { });
        if (booked.IsWell)
        {
            await PayAsync(buyer, booked.Id, random);
        }
    }

    private async Task PayAsync(Buyer buyer, long bookingId, Random random)
    {
        StormAnswer ordered = default;
        for (var tries = 0; tries < 4 && !ordered.IsWell; tries++)
        {
            ordered = await client.SendAsync(HttpMethod.Post, "/api/payments/create-order", buyer, new { bookingId });
        }

        if (!ordered.IsWell)
        {
            return;
        }

        var order = ordered.Body.GetProperty("orderId").GetString()!;
        var habit = random.Next(100);
        if (habit < 8)
        {
            return;    // closes the window before paying
        }

        var paid = gateway.Pay(order, "upi", habit switch { < 16 => "fail", < 21 => "late", < 26 => "authorized", _ => "success" }).Value;
        if (habit is >= 10 and < 16)
        {
            paid = gateway.Pay(order, "card", "success").Value;
        }
        else if (habit is >= 21 and < 24 && paid is not null)
        {
            gateway.Capture(paid.RazorpayPaymentId);
        }
        else if (habit is >= 26 and < 30)
        {
            gateway.ForceCapture(order);    // the bank takes it twice
        }

        if (paid?.RazorpaySignature is { } signature && random.Next(10) < 6)
        {
            await client.SendAsync(
                HttpMethod.Post, "/api/payments/verify", buyer,
                new { razorpayOrderId = paid.RazorpayOrderId, razorpayPaymentId = paid.RazorpayPaymentId, razorpaySignature = signature });
        }

        switch (random.Next(20))
        {
            case < 3:
                await client.SendAsync(HttpMethod.Post, $"/api/bookings/{bookingId}/cancel", buyer, new { reason = "Rain" });
                break;
            case 3:
                await client.SendAsync(HttpMethod.Post, $"/api/payments/booking/{bookingId}/cancel", buyer);
                break;
        }
    }

    private async Task<(long Id, string GatewayId, long Amount)?> AnyPaymentAsync(Random random)
    {
        var page = await client.SendAsync(HttpMethod.Get, "/api/admin/payments?status=captured&page_size=50", administrator);
        if (!page.IsWell || page.Body.GetProperty("payments").GetArrayLength() == 0)
        {
            return null;
        }

        var payments = page.Body.GetProperty("payments");
        var payment = payments[random.Next(payments.GetArrayLength())];
        return (payment.GetProperty("id").GetInt64(), payment.GetProperty("razorpayPaymentId").GetString()!, payment.GetProperty("amount").GetInt64());
    }

    private async Task RefundAsync((long Id, string GatewayId, long Amount) payment, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                await client.SendAsync(HttpMethod.Post, $"/api/admin/payments/{payment.Id}/refund", administrator, new { reason = "All of it" });
                break;
            case 1:
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.SendAsync(
                    HttpMethod.Post, $"/api/admin/payments/{payment.Id}/refund", administrator, new { amount = payment.Amount * 6 / 10, reason = "Most of it" })));
                break;
            case 2:
                gateway.CreateRefund(payment.GatewayId, payment.Amount / 2, "normal", null, null, null, "");
                break;
            default:
                gateway.CreateRefund(payment.GatewayId, null, "normal", null, null, null, "");
                break;
        }
    }

    private OpenHouse? Take(Random random)
    {
        lock (gate)
        {
            if (houses.Count < 4)
            {
                return null;
            }

            var house = houses[random.Next(houses.Count)];
            houses.Remove(house);
            return house;
        }
    }

    private sealed record OpenHouse(long EventId, long CategoryId, long[] Seats, bool IsNumbered);
}
