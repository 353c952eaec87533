using System.Collections.Concurrent;
using System.Text.Json;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>Buyers with every habit there is.</summary>
internal sealed class Townsfolk(Town town, StormClient client, RazorpaySandbox gateway, Verdicts verdicts, int seed)
{
    private const int MostLooks = 12;

    private readonly ConcurrentDictionary<string, int> lastPositions = new();

    public async Task ShopAsync(CancellationToken closing)
    {
        await Task.WhenAll(town.People.Select(async (buyer, at) =>
        {
            var (random, waitsAt) = (new Random(HashCode.Combine(seed, at)), new List<StormHouse>());
            while (!closing.IsCancellationRequested)
            {
                if (waitsAt.Count > 0 && random.Next(3) == 0)
                {
                    await LookAtOfferAsync(buyer, waitsAt, random);
                }
                else
                {
                    await BuyAsync(buyer, waitsAt, random, closing);
                }
            }
        }));
    }

    /// <summary>From the wish to the ticket, or to wherever one's habits lead.</summary>
    public async Task BuyAsync(Buyer buyer, List<StormHouse> waitsAt, Random random, CancellationToken closing)
    {
        var house = town.AnyHouse(random);
        if (house.HasQueue && random.Next(10) > 0 && !await QueueUpAsync(buyer, house, random, closing))    // some try to push in
        {
            return;
        }

        object wish = house.IsNumbered
            ? new { eventId = house.EventId, seatCategoryId = house.CategoryId, seatIds = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => house.Seats[random.Next(house.Seats.Length)]).Distinct() }
            : new { eventId = house.EventId, seatCategoryId = house.CategoryId, quantity = 1 + random.Next(4) };
        var added = await client.SendAsync(HttpMethod.Post, "/api/cart/items", buyer, wish);

        if (added.Code is "category.sold_out" or "seat.taken" && random.Next(6) == 0)
        {
            await WaitForSomeAsync(buyer, house, waitsAt, random);
        }

        if (!added.IsWell && random.Next(10) > 0)    // some press on whatever they are told
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), CancellationToken.None);
            return;
        }

        if (house.PromoCodes.Count > 0 && random.Next(3) == 0)
        {
            await client.SendAsync(HttpMethod.Post, $"/api/cart/promo?event_id={house.EventId}", buyer, new { code = house.PromoCodes[random.Next(house.PromoCodes.Count)] });
            if (random.Next(8) == 0)
            {
                await client.SendAsync(HttpMethod.Delete, $"/api/cart/promo?event_id={house.EventId}", buyer);
            }
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

        await CheckOutAsync(buyer, house.EventId, random);
    }

    private async Task CheckOutAsync(Buyer buyer, long eventId, Random random)
    {
        var booked = await client.SendAsync(HttpMethod.Post, $"/api/cart/checkout?event_id={eventId}", buyer, new { });
        if (booked.IsWell)
        {
            await PayAsync(buyer, booked.Id, isFree: booked.Body.GetProperty("status").GetString() == "confirmed", random);
        }
    }

    /// <summary>Waits to be let in, for a while. A place in the queue never gets worse.</summary>
    private async Task<bool> QueueUpAsync(Buyer buyer, StormHouse house, Random random, CancellationToken closing)
    {
        var entry = await client.SendAsync(HttpMethod.Post, $"/api/queue/{house.EventId}/join", buyer, new { });
        for (var looks = 0; looks < MostLooks && !closing.IsCancellationRequested; looks++)
        {
            if (entry.IsWell)
            {
                Compare(entry.Body);
                if (entry.Body.GetProperty("canProceed").GetBoolean())
                {
                    return true;
                }

                if (random.Next(30) == 0)
                {
                    await client.SendAsync(HttpMethod.Delete, $"/api/queue/{house.EventId}/leave", buyer);
                    return false;
                }
            }
            else if (entry.Status is >= 400 and < 500)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500 + random.Next(1_000)), CancellationToken.None);
            entry = await client.SendAsync(HttpMethod.Get, $"/api/queue/{house.EventId}/position", buyer);
        }

        return false;    // comes back later, perhaps
    }

    private void Compare(JsonElement entry)
    {
        if (entry.GetProperty("position") is not { ValueKind: JsonValueKind.Number } position || entry.GetProperty("queueNumber").ValueKind != JsonValueKind.Number)
        {
            return;    // until it is numbered, it stands where it is likely to be
        }

        var (id, now) = (entry.GetProperty("queueEntryId").GetString()!, position.GetInt32());
        var before = lastPositions.GetValueOrDefault(id, int.MaxValue);
        verdicts.Looked(Promise.Queue);
        if (now > before)
        {
            verdicts.Broken(Promise.Queue, $"entry {id} was at place {before}, and is at {now}");
        }

        lastPositions[id] = now;
    }

    private async Task WaitForSomeAsync(Buyer buyer, StormHouse house, List<StormHouse> waitsAt, Random random)
    {
        var joined = await client.SendAsync(
            HttpMethod.Post, $"/api/events/{house.EventId}/waitlist", buyer, new { seatCategoryId = house.CategoryId, quantity = 1 + random.Next(3) });
        if (joined.IsWell)
        {
            waitsAt.Add(house);
        }
    }

    /// <summary>What was offered is bought, given back, or left to run out.</summary>
    private async Task LookAtOfferAsync(Buyer buyer, List<StormHouse> waitsAt, Random random)
    {
        var house = waitsAt[random.Next(waitsAt.Count)];
        var seen = await client.SendAsync(HttpMethod.Get, $"/api/events/{house.EventId}/waitlist", buyer);
        if (!seen.IsWell)
        {
            return;
        }

        var states = seen.Body.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("status").GetString()).ToArray();
        if (states.Contains("offered"))
        {
            switch (random.Next(10))
            {
                case < 6:
                    await CheckOutAsync(buyer, house.EventId, random);
                    break;
                case 6:
                    await client.SendAsync(HttpMethod.Delete, $"/api/cart/clear?event_id={house.EventId}", buyer);
                    break;
                case 7:
                    await client.SendAsync(HttpMethod.Delete, $"/api/events/{house.EventId}/waitlist", buyer);
                    break;
            }

            waitsAt.Remove(house);
        }
        else if (!states.Contains("waiting"))
        {
            waitsAt.Remove(house);
        }
        else if (random.Next(20) == 0)
        {
            await client.SendAsync(HttpMethod.Delete, $"/api/events/{house.EventId}/waitlist", buyer);
            waitsAt.Remove(house);
        }
    }

    private async Task PayAsync(Buyer buyer, long bookingId, bool isFree, Random random)
    {
        if (!isFree)
        {
            await PayAsync(buyer, bookingId, random);
        }

        switch (random.Next(20))
        {
            case < 3:
                await client.SendAsync(HttpMethod.Post, $"/api/bookings/{bookingId}/cancel", buyer, new { reason = "Rain" });
                break;
            case 3:
                await client.SendAsync(HttpMethod.Post, $"/api/payments/booking/{bookingId}/cancel", buyer);
                break;
            case < 12:
                await PocketAsync(buyer, bookingId);
                break;
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
    }

    /// <summary>What can be shown at a gate or passed on.</summary>
    private async Task PocketAsync(Buyer buyer, long bookingId)
    {
        var got = await client.SendAsync(HttpMethod.Get, $"/api/tickets/booking/{bookingId}", buyer);
        if (got.IsWell)
        {
            foreach (var ticket in got.Body.EnumerateArray().Where(ticket => ticket.GetProperty("qrPayload").ValueKind == JsonValueKind.String))
            {
                town.Pocket(new StormTicket(ticket.GetProperty("id").GetInt64(), ticket.GetProperty("ticketNumber").GetString()!, ticket.GetProperty("qrPayload").GetString()!, buyer));
            }
        }
    }
}
