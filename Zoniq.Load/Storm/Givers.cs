namespace Zoniq.Load.Storm;

/// <summary>People who pass tickets on, and those who are offered one: they claim it, some of them twice at once, decline it, forget it, or are told that it was taken back.</summary>
internal sealed class Givers(Town town, StormClient client, MailSink mail, int instances, int seed)
{
    private const int Count = 4;

    public Task GiveAsync(CancellationToken closing) => Task.WhenAll(Enumerable.Range(0, Count).Select(async giver =>
    {
        var random = new Random(HashCode.Combine(seed, "giver", giver));
        while (!closing.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200 + random.Next(400)), CancellationToken.None);
            if (town.NewTicket(random) is { } ticket)
            {
                await OfferAsync(ticket, random);
            }

            while (!closing.IsCancellationRequested && mail.Offers.TryDequeue(out var offer) && town.PersonAt(offer.To) is { } recipient)
            {
                await AnswerAsync(recipient, offer.TransferToken!, random);
            }
        }
    }));

    private async Task OfferAsync(StormTicket ticket, Random random)
    {
        var to = town.People[random.Next(town.People.Length)];
        var started = await client.SendAsync(
            HttpMethod.Post, $"/api/tickets/{ticket.Id}/transfer", ticket.Holder, new { toEmail = town.AddressOf(to), message = "Go in my place" });
        if (started.IsWell && random.Next(6) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1_500)), CancellationToken.None);
            await client.SendAsync(HttpMethod.Post, $"/api/tickets/transfers/{started.Body.GetProperty("transferId").GetInt64()}/cancel", ticket.Holder);
        }
    }

    private async Task AnswerAsync(Buyer recipient, string transferToken, Random random)
    {
        switch (random.Next(10))
        {
            case < 3:
                await TakeAsync(await client.SendAsync(HttpMethod.Post, "/api/tickets/claim", recipient, new { transferToken }), recipient);
                break;
            case < 6:
                foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 2).Select(time =>
                    client.SendAsync(HttpMethod.Post, "/api/tickets/claim", recipient, new { transferToken }, at: time % instances))))
                {
                    await TakeAsync(answer, recipient);
                }

                break;
            case 6:
                await Task.WhenAll(
                    client.SendAsync(HttpMethod.Post, "/api/tickets/claim", recipient, new { transferToken }, at: 0),
                    client.SendAsync(HttpMethod.Post, "/api/tickets/decline", recipient, new { transferToken }, at: 1 % instances));
                break;
            case 7:
                await client.SendAsync(HttpMethod.Post, "/api/tickets/decline", recipient, new { transferToken });
                break;
            case 8:
                await client.SendAsync(HttpMethod.Post, "/api/tickets/claim", town.People[random.Next(town.People.Length)], new { transferToken });    // found somebody's mail
                break;
        }
    }

    /// <summary>The ticket is shown with its new code from now on; the old one is still tried as well.</summary>
    private async Task TakeAsync(StormAnswer claimed, Buyer holder)
    {
        if (!claimed.IsWell)
        {
            return;
        }

        var got = await client.SendAsync(HttpMethod.Get, $"/api/tickets/{claimed.Body.GetProperty("ticketId").GetInt64()}", holder);
        if (got.IsWell && got.Body.GetProperty("qrPayload").GetString() is { } code)
        {
            town.Pocket(new StormTicket(got.Id, got.Body.GetProperty("ticketNumber").GetString()!, code, holder));
        }
    }
}
