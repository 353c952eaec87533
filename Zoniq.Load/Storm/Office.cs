using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load.Storm;

/// <summary>Opens houses with a few promo codes, gives money back in part or whole, here and at the gateway, and calls events off.</summary>
internal sealed class Office(Town town, StormClient client, RazorpaySandbox gateway, int seed)
{
    private const int Places = 60;

    private static readonly TimeSpan Hours = TimeSpan.FromSeconds(2);

    private int opened;

    /// <summary>Every other house has numbered seats, every third a waiting room.</summary>
    public async Task OpenHousesAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var turn = opened++;
            if (await town.OpenAsync(Places, numbered: turn % 2 == 0, queue: turn % 3 == 2) is { } house)
            {
                town.Announce(house with { PromoCodes = await GiveCodesAsync(house) });
            }
        }
    }

    public async Task WorkAsync(CancellationToken closing)
    {
        var random = new Random(seed);
        for (var round = 1; !closing.IsCancellationRequested; round++)
        {
            await Task.Delay(Hours, CancellationToken.None);
            if (await AnyPaymentAsync(random) is { } payment)
            {
                await RefundAsync(payment, random);
            }

            if (round % 5 == 0)
            {
                await OpenHousesAsync(2);
            }

            if (round % 15 == 0 && town.TakeAway(random) is { } house)
            {
                await client.SendAsync(HttpMethod.Post, $"/api/admin/events/{house.EventId}/cancel", town.Administrator, new { reason = "Storm" });
            }
        }
    }

    /// <summary>Few uses in all, few uses each, and one that makes everything free.</summary>
    private async Task<string[]> GiveCodesAsync(StormHouse house)
    {
        object[] codes =
        [
            new { code = $"FEW-{house.EventId}", kind = "percent", value = 10, eventId = house.EventId, maxUses = 5 },
            new { code = $"ONCE-{house.EventId}", kind = "amount", value = 100, eventId = house.EventId, maxUses = 20, perUserLimit = 1 },
            new { code = $"FREE-{house.EventId}", kind = "percent", value = 100, eventId = house.EventId, maxUses = 3, perUserLimit = 2 },
        ];
        var given = new List<string>();
        foreach (var code in codes)
        {
            if (await client.InsistAsync(HttpMethod.Post, "/api/admin/promo-codes", town.Administrator, code) is { } made)
            {
                given.Add(made.Body.GetProperty("code").GetString()!);
            }
        }

        return [.. given];
    }

    private async Task<(long Id, string GatewayId, long Amount)?> AnyPaymentAsync(Random random)
    {
        var page = await client.SendAsync(HttpMethod.Get, "/api/admin/payments?status=captured&page_size=50", town.Administrator);
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
                await client.SendAsync(HttpMethod.Post, $"/api/admin/payments/{payment.Id}/refund", town.Administrator, new { reason = "All of it" });
                break;
            case 1:
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.SendAsync(
                    HttpMethod.Post, $"/api/admin/payments/{payment.Id}/refund", town.Administrator, new { amount = payment.Amount * 6 / 10, reason = "Most of it" })));
                break;
            case 2:
                gateway.CreateRefund(payment.GatewayId, payment.Amount / 2, "normal", null, null, null, "");
                break;
            default:
                gateway.CreateRefund(payment.GatewayId, null, "normal", null, null, null, "");
                break;
        }
    }
}
