using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>A few people who pass tickets to each other, and a gate: what they do is decided by chance, and what they are told is compared with the model.</summary>
internal sealed class TransferWalk
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly ZoniqApp app;
    private readonly Dice dice;
    private readonly StagedEvent staged;
    private readonly Person staff;
    private readonly Person[] people;
    private readonly List<ModelSale> sales = [];
    private readonly List<(ModelTicket Ticket, int Generation, string Qr)> codes = [];

    private TransferWalk(ZoniqApp app, Dice dice, StagedEvent staged, Person staff, Person[] people) =>
        (this.app, this.dice, this.staged, this.staff, this.people) = (app, dice, staged, staff, people);

    /// <summary>When an offer ends by itself.</summary>
    public IEnumerable<DateTimeOffset> Deadlines => Offers.Select(offer => offer.Expires);

    private IReadOnlyList<ModelTicket> Tickets => [.. sales.SelectMany(sale => sale.Tickets)];

    private IReadOnlyList<ModelOffer> Offers => [.. Tickets.SelectMany(ticket => ticket.Offers)];

    public static async Task<TransferWalk> Begin(ZoniqApp app, int number)
    {
        var staged = await app.AnEvent(rows: 0, standing: 500, price: 0m);
        var walk = new TransferWalk(app, Dice.For("transfers", number), staged, await app.Administrator(), await app.NewBuyers(5));
        await walk.Buys(0);
        await walk.Buys(1);
        return walk;
    }

    public async Task Step()
    {
        var who = dice.Between(0, people.Length - 1);
        await dice.Weigh(
            (4, () => Buys(who)),
            (26, () => Starts(who)),
            (24, () => Claims(who)),
            (8, () => Declines(who)),
            (10, () => CancelsOffer(who)),
            (14, Scans),
            (7, TakesBack),
            (7, (Func<Task>)(() => CancelsBooking(who))))();
        await Looks(dice.Pick(Tickets)!);
    }

    public void Note(string what) => dice.Note(what);

    /// <summary>What everybody holds, and what became of what they sent and were sent.</summary>
    public async Task Everybody()
    {
        var now = app.Now;
        for (var who = 0; who < people.Length; who++)
        {
            var held = (await people[who].Tickets()).Where(ticket => ticket.GetProperty("status").GetString() != "void").Select(ticket => ticket.GetProperty("id").GetInt64());
            dice.Expect(
                string.Join(' ', Tickets.Where(ticket => ticket.Holder == who && ticket.Status != "void").Select(ticket => ticket.Id).Order()),
                string.Join(' ', held.Order()),
                $"What {who} holds");
            var told = (await people[who].Get("/api/tickets/transfers/history?page_size=100")).Succeeded()["transfers"].EnumerateArray()
                .ToDictionary(offer => offer.GetProperty("id").GetInt64(), offer => offer.GetProperty("status").GetString());
            foreach (var offer in Offers.Where(offer => offer.From == who || offer.To == who).TakeLast(90))
            {
                dice.Expect(offer.StatusAt(now), told.GetValueOrDefault(offer.Id), $"Offer {offer.Id} as {who} sees it");
            }
        }
    }

    /// <summary>What its holder, its buyer and anybody see of a ticket; the holder also the code, which is kept and shown at the gate some day.</summary>
    private async Task Looks(ModelTicket ticket)
    {
        foreach (var who in new[] { ticket.Holder, ticket.Sale.Buyer, dice.Between(0, people.Length - 1) }.Distinct())
        {
            var answer = await people[who].Get($"/api/tickets/{ticket.Id}");
            if (who != ticket.Holder && who != ticket.Sale.Buyer)
            {
                dice.Expect("ticket.not_found", answer.Code, $"Ticket {ticket.Id} as {who} sees it");
                continue;
            }

            var qr = answer.Succeeded()["qrPayload"] is { ValueKind: JsonValueKind.String } payload ? payload.GetString()! : null;
            var isHolder = who == ticket.Holder;
            int? generation = isHolder && ticket.Status != "void" ? ticket.Generation : null;
            dice.Expect(
                (ticket.Status, isHolder, isHolder && ticket.Status == "valid" && ticket.Open(app.Now) is null, generation),
                (answer["status"].GetString()!, answer["isHolder"].GetBoolean(), answer["transferable"].GetBoolean(), qr is null ? null : int.Parse(qr.Split('.')[4])),
                $"Ticket {ticket.Id} as {who} sees it");
            if (qr is not null && !codes.Exists(code => code.Ticket == ticket && code.Generation == generation))
            {
                codes.Add((ticket, generation!.Value, qr));
            }
        }
    }

    private async Task Buys(int who)
    {
        var sale = new ModelSale(await people[who].Books(staged.Standing, 2), who);
        var issued = (await people[who].Booking(sale.Id)).Succeeded()["items"].EnumerateArray();
        sale.Tickets.AddRange(issued.Select(ticket => new ModelTicket(ticket.GetProperty("id").GetInt64(), ticket.GetProperty("ticketNumber").GetString()!, sale)));
        sales.Add(sale);
        dice.Note($"{who} buys {string.Join(',', sale.Tickets.Select(ticket => ticket.Id))}");
    }

    private Task Starts(int who)
    {
        var ticket = dice.Pick(Tickets)!;
        var from = dice.Chance(85) ? ticket.Holder : who;
        var to = dice.Between(0, people.Length - 1);
        return Does(
            $"{from} offers {ticket.Id} to {to}",
            now => ticket.Starts(from, to, () => new ModelOffer(ticket, from, to, now + Life), now),
            () => people[from].Post($"/api/tickets/{ticket.Id}/transfer", new { toEmail = people[to].Email }),
            async answer =>
            {
                var offer = ticket.Offers[^1];
                offer.Id = answer["transferId"].GetInt64();
                offer.Token = await app.Value<string>("select data->>'code' from mail where cause = @cause", new { cause = $"transfer:{offer.Id}" });
            });
    }

    private Task Claims(int who) => WithOffer(who, offer =>
    {
        var by = dice.Chance(85) ? offer.To : who;
        return Does($"{by} claims offer {offer.Id} of {offer.Ticket.Id}", now => offer.Claims(by, now), () => people[by].Claims(offer.Token));
    });

    private Task Declines(int who) => WithOffer(who, offer =>
    {
        var by = dice.Chance(85) ? offer.To : who;
        return Does($"{by} declines offer {offer.Id}", now => offer.Declines(by, now), () => people[by].Declines(offer.Token));
    });

    private Task CancelsOffer(int who) => WithOffer(who, offer =>
    {
        var by = dice.Chance(85) ? offer.From : who;
        return Does($"{by} takes offer {offer.Id} back", now => offer.Cancels(by, now), () => people[by].Post($"/api/tickets/transfers/{offer.Id}/cancel"));
    });

    /// <summary>Rather one that is new.</summary>
    private Task WithOffer(int who, Func<ModelOffer, Task> does) =>
        dice.Pick(dice.Chance(75) ? [.. Offers.Where(offer => offer.StatusAt(app.Now) == "pending")] : Offers) is { } offer ? does(offer) : Starts(who);

    private Task Scans()
    {
        if (codes.Count == 0)
        {
            return Looks(dice.Pick(Tickets)!);
        }

        var (ticket, generation, qrPayload) = dice.Pick(codes);
        return Does($"the gate scans {ticket.Id} of generation {generation}", now => ticket.Scans(generation, now), () => staff.Post("/api/tickets/mark-used", new { qrPayload }));
    }

    private Task TakesBack()
    {
        var ticket = dice.Pick([.. Tickets.Where(ticket => ticket.Status == "used")]) ?? dice.Pick(Tickets)!;
        return Does($"the gate lets {ticket.Id} out", now => ticket.TakesBack(), () => staff.Post("/api/admin/check-in/undo", new { ticketNumber = ticket.Number, reason = "Out again" }));
    }

    private Task CancelsBooking(int who)
    {
        var sale = dice.Pick(sales)!;
        var by = dice.Chance(85) ? sale.Buyer : who;
        return Does($"{by} calls off {sale.Id}", now => sale.Cancels(by, now), () => people[by].Post($"/api/bookings/{sale.Id}/cancel"));
    }

    private async Task Does(string what, Func<DateTimeOffset, Expected> expects, Func<Task<Answer>> does, Func<Answer, Task>? learns = null)
    {
        var expected = expects(app.Now);
        var answer = await does();
        var said = answer.Code ?? Expected.Success;
        dice.Note($"{what}: {said}");
        if (!expected.Allows(said))
        {
            throw dice.Wrong($"{what}: expected {expected}, but:\n{answer}");
        }

        expected.Follows(said);
        if (said == Expected.Success && learns is not null)
        {
            await learns(answer);
        }
    }
}
