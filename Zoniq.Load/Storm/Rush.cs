using Dapper;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>
/// Far more people than places, when the sky is clear again. The first of them hold places and wander off, or check out and never pay; when their time is up the others buy until
/// they are told that there is nothing left. Then everything must be sold: no place may have been lost on the way.
/// </summary>
internal sealed class Rush(Bench bench, Town town, StormClient client, RazorpaySandbox gateway, Weather weather, Verdicts verdicts)
{
    private const int Places = 40;
    private const int MostTries = 200;
    private const int Looks = 10;

    /// <summary>Nothing was sent, because the map shows no free seat.</summary>
    private static readonly StormAnswer NoneShown = new(-1, default);

    public async Task RunAsync(int instances)
    {
        await Task.Delay(Troubles.LongestAftermath);
        foreach (var numbered in new[] { true, false })
        {
            var house = await town.OpenAsync(Places, numbered, queue: false);
            verdicts.Looked(Promise.Stock);
            if (house is null)
            {
                verdicts.Broken(Promise.Stock, "no house could be opened for a rush under a clear sky");
                continue;
            }

            await Task.WhenAll(SellOutAsync(house), LookAsync(house, instances));
            await CheckAsync(house, instances);
        }
    }

    /// <summary>People look on while it is sold out, so whatever is remembered of it is old.</summary>
    private async Task LookAsync(StormHouse house, int instances)
    {
        for (var look = 0; look < Looks; look++)
        {
            for (var instance = 0; instance < instances; instance++)
            {
                await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}", buyer: null, body: null, instance);
                await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}/seats", buyer: null, body: null, instance);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private async Task SellOutAsync(StormHouse house)
    {
        await Task.WhenAll(town.People.Take(Places).Select(async (buyer, at) =>
        {
            if ((await AddAsync(buyer, house)).IsWell && at % 2 == 0)
            {
                await client.SendAsync(HttpMethod.Post, $"/api/cart/checkout?event_id={house.EventId}", buyer, new { });
            }
        }));
        await weather.AdvanceAsync(TimeSpan.FromMinutes(20));
        await client.InsistAsync(HttpMethod.Post, "/dev/timers/BookingExpiry", buyer: null);
        await Task.WhenAll(town.People.Select(buyer => BuyAllAsync(buyer, house)));
    }

    /// <summary>Until told that there is nothing left. An instance may still spare the gateway, which failed when the storm ended.</summary>
    private async Task BuyAllAsync(Buyer buyer, StormHouse house)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var added = await AddAsync(buyer, house);
            if (added.Code == "category.sold_out" || added.Status == NoneShown.Status)
            {
                return;
            }

            if (!added.IsWell && added.Code != "cart.category_already_added")
            {
                continue;
            }

            var booked = await client.SendAsync(HttpMethod.Post, $"/api/cart/checkout?event_id={house.EventId}", buyer, new { });
            if (booked.IsWell && await client.InsistAsync(HttpMethod.Post, "/api/payments/create-order", buyer, new { bookingId = booked.Id }) is { } ordered
                && gateway.Pay(ordered.Body.GetProperty("orderId").GetString()!, "upi", "success").Value is { RazorpaySignature: { } signature } paid)
            {
                await client.SendAsync(
                    HttpMethod.Post, "/api/payments/verify", buyer,
                    new { razorpayOrderId = paid.RazorpayOrderId, razorpayPaymentId = paid.RazorpayPaymentId, razorpaySignature = signature });
            }
        }
    }

    /// <summary>One place; of numbered ones, one that the map shows as free. Nothing is sent when it shows none.</summary>
    private async Task<StormAnswer> AddAsync(Buyer buyer, StormHouse house)
    {
        if (!house.IsNumbered)
        {
            return await client.SendAsync(HttpMethod.Post, "/api/cart/items", buyer, new { eventId = house.EventId, seatCategoryId = house.CategoryId, quantity = 1 });
        }

        var map = await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}/seats", buyer: null);
        if (!map.IsWell)
        {
            return map;
        }

        long[] free = [.. map.Body.GetProperty("seats").EnumerateArray().Where(seat => seat.GetProperty("status").GetString() == "available").Select(seat => seat.GetProperty("id").GetInt64())];
        return free.Length == 0
            ? NoneShown
            : await client.SendAsync(
                HttpMethod.Post, "/api/cart/items", buyer,
                new { eventId = house.EventId, seatCategoryId = house.CategoryId, seatIds = new[] { free[Random.Shared.Next(free.Length)] } });
    }

    private async Task CheckAsync(StormHouse house, int instances)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        await using var connection = await bench.Database.OpenConnectionAsync();
        var sold = await connection.ExecuteScalarAsync<long>(
            "select count(*) from seat join booking on booking.id = seat.booking_id and booking.status = 'confirmed' where seat.event_id = @EventId", new { house.EventId });
        verdicts.Looked(Promise.Stock, Places);
        if (sold != Places)
        {
            verdicts.Broken(Promise.Stock, $"{town.People.Length} people wanted places of event {house.EventId}, and {sold} of {Places} were sold");
        }

        for (var instance = 0; instance < instances; instance++)
        {
            var shown = await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}", buyer: null, body: null, instance);
            var map = await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}/seats", buyer: null, body: null, instance);
            verdicts.Looked(
                Promise.Shown, 2,
                [
                    .. shown.IsWell && shown.Body.GetProperty("isSoldOut").GetBoolean() ? Array.Empty<string>() : [$"event {house.EventId} is sold out, and the page of instance {instance} does not say so"],
                    .. map.IsWell && map.Body.GetProperty("availableSeats").GetInt64() == 0 ? Array.Empty<string>() : [$"event {house.EventId} is sold out, and the map of instance {instance} does not say so"],
                ]);
        }
    }
}
