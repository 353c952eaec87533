using Dapper;

namespace Zoniq.Load;

/// <summary>What must not cost more for many seats than for one, and what must be done at once: one at a time, on an app with nothing else to do.</summary>
internal static class Steps
{
    private const int Many = 50;
    private const int LargeHouse = 5_000;
    private const int WarmUpRounds = 20;
    private const int Rounds = 60;
    private const int Creations = 10;
    private const int Drawings = 200;
    private const double MostTimes = 3;
    private const double MostStatements = 8;
    private const double MostMillisecondsToCreate = 500;
    private const double MostMillisecondsToDraw = 10;

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken) =>
    [
        .. await SeatsAsync(bench, cancellationToken),
        await CreationAsync(bench, cancellationToken),
        await DrawingAsync(bench, cancellationToken),
    ];

    /// <summary>One seat and fifty by turns, into a cart, checked out, paid and called off.</summary>
    private static async Task<IEnumerable<ReportRow>> SeatsAsync(Bench bench, CancellationToken cancellationToken)
    {
        var buyer = (await bench.BuyersAsync(1))[0];
        var house = await bench.HouseAsync(LargeHouse, numbered: true);
        await using (var connection = await bench.Database.OpenConnectionAsync(cancellationToken))
        {
            await connection.ExecuteAsync("update event set max_tickets_per_booking = @Many where id = @EventId", new { Many, house.EventId });
        }

        var (one, many) = (new Visit(), new Visit());
        for (var round = 0; round < WarmUpRounds + Rounds; round++)
        {
            var at = round * Many % LargeHouse;
            await BuyAndCancelAsync(bench.App, buyer, house, house.Seats[at..(at + 1)], round < WarmUpRounds ? new Visit() : one, cancellationToken);
            await BuyAndCancelAsync(bench.App, buyer, house, house.Seats[at..(at + Many)], round < WarmUpRounds ? new Visit() : many, cancellationToken);
        }

        // The first time some statements are only about to be prepared.
        await CountAsync(bench, buyer, house, house.Seats[..1], cancellationToken);
        var ofOne = await CountAsync(bench, buyer, house, house.Seats[..1], cancellationToken);
        var ofMany = await CountAsync(bench, buyer, house, house.Seats[..Many], cancellationToken);

        return new (string Name, Measurement One, Measurement Many, double OfOne, double OfMany)[]
        {
            ("add", one.Add, many.Add, ofOne.Add, ofMany.Add),
            ("checkout", one.Checkout, many.Checkout, ofOne.Checkout, ofMany.Checkout),
            ("cancel", one.Cancel, many.Cancel, ofOne.Cancel, ofMany.Cancel),
        }.SelectMany(step => Compare(step.Name, step.One, step.Many, step.OfOne, step.OfMany));
    }

    private static IEnumerable<ReportRow> Compare(string step, Measurement one, Measurement many, double ofOne, double ofMany)
    {
        var times = many.Percentile(0.5) / Math.Max(0.001, one.Percentile(0.5));
        return
        [
            new ReportRow($"{step}, 1 seat", one, null) { IsRate = false, Statements = ofOne },
            new ReportRow($"{step}, {Many} seats", many, null)
            {
                IsRate = false,
                Statements = ofMany,
                Target = $"as many statements as for 1, ≤ {MostStatements}; ≤ {MostTimes} × the time (p50)",
                IsMet = ofOne == ofMany && ofMany <= MostStatements && times <= MostTimes,
                Remark = $"{times:0.00} × the time",
            },
        ];
    }

    private static async Task BuyAndCancelAsync(HttpShop shop, Buyer buyer, House house, long[] seats, Visit visit, CancellationToken cancellationToken)
    {
        await Once(visit.Add, () => AddAsync(shop, buyer, house, seats, cancellationToken));
        var booking = 0L;
        await Once(visit.Checkout, async () => booking = await shop.CheckoutAsync(buyer, house, cancellationToken));
        await PayAsync(shop, buyer, booking, cancellationToken);
        await Once(visit.Cancel, () => CancelAsync(shop, buyer, booking, cancellationToken));
        Task Once(Measurement step, Func<Task> once) => Crowd.TimesAsync(1, 1, step, _ => once(), cancellationToken);
    }

    private static async Task<(double Add, double Checkout, double Cancel)> CountAsync(Bench bench, Buyer buyer, House house, long[] seats, CancellationToken cancellationToken)
    {
        var booking = 0L;
        var add = await bench.StatementsAsync((shop, _) => AddAsync(shop, buyer, house, seats, cancellationToken));
        var checkout = await bench.StatementsAsync(async (shop, _) => booking = await shop.CheckoutAsync(buyer, house, cancellationToken));
        await PayAsync(bench.App, buyer, booking, cancellationToken);
        return (add, checkout, await bench.StatementsAsync((shop, _) => CancelAsync(shop, buyer, booking, cancellationToken)));
    }

    private static async Task AddAsync(HttpShop shop, Buyer buyer, House house, long[] seats, CancellationToken cancellationToken) =>
        (await shop.AskAsync(
            buyer, HttpMethod.Post, "/api/cart/items", $$"""{"eventId":{{house.EventId}},"seatCategoryId":{{house.CategoryId}},"seatIds":[{{string.Join(',', seats)}}]}""",
            cancellationToken)).Dispose();

    private static async Task CancelAsync(HttpShop shop, Buyer buyer, long bookingId, CancellationToken cancellationToken) =>
        (await shop.AskAsync(buyer, HttpMethod.Post, $"/api/bookings/{bookingId}/cancel", "{}", cancellationToken)).Dispose();

    private static async Task PayAsync(HttpShop shop, Buyer buyer, long bookingId, CancellationToken cancellationToken)
    {
        var order = await shop.CreateOrderAsync(buyer, bookingId, cancellationToken);
        var (payment, signature) = shop.Pay(order);
        await shop.VerifyAsync(buyer, order, payment, signature, cancellationToken);
    }

    /// <summary>All seats of a house by one request of the office.</summary>
    private static async Task<ReportRow> CreationAsync(Bench bench, CancellationToken cancellationToken)
    {
        var office = (await bench.BuyersAsync(1))[0];
        await bench.AppointAsync(office);
        var rows = string.Join(',', Enumerable.Range(1, LargeHouse / Many).Select(row => $"\"R{row}\""));
        var houses = new List<House>();
        for (var house = 0; house < Creations + 2; house++)
        {
            houses.Add(await EmptyHouseAsync(bench));
        }

        async Task CreateAsync(HttpShop shop, House house) =>
            (await shop.AskAsync(
                office, HttpMethod.Post, $"/api/admin/seats/event/{house.EventId}/bulk", $$"""{"categoryId":{{house.CategoryId}},"rows":[{{rows}}],"seatsPerRow":{{Many}}}""",
                cancellationToken)).Dispose();

        var measured = new Measurement();
        await CreateAsync(bench.App, houses[^1]);
        await Crowd.TimesAsync(Creations, 1, measured, at => CreateAsync(bench.App, houses[at]), cancellationToken);
        return new ReportRow($"{LargeHouse:N0} seats created", measured, null)
        {
            IsRate = false,
            Statements = await bench.StatementsAsync((shop, _) => CreateAsync(shop, houses[^2])),
            Target = $"p95 ≤ {MostMillisecondsToCreate:0} ms",
            IsMet = measured.Percentile(0.95) <= MostMillisecondsToCreate,
        };
    }

    /// <summary>A draft with a category that has no seats yet.</summary>
    private static async Task<House> EmptyHouseAsync(Bench bench)
    {
        var house = await bench.HouseAsync(places: 0, numbered: true);
        await using var connection = await bench.Database.OpenConnectionAsync();
        await connection.ExecuteAsync("update event set status = 'draft', published_at = null where id = @EventId", new { house.EventId });
        return house;
    }

    /// <summary>A ticket whose event, venue and holder have Hindi names, drawn for each who asks.</summary>
    private static async Task<ReportRow> DrawingAsync(Bench bench, CancellationToken cancellationToken)
    {
        var holder = (await bench.BuyersAsync(1))[0];
        var house = await bench.HouseAsync(places: Many, numbered: true);
        await using (var connection = await bench.Database.OpenConnectionAsync(cancellationToken))
        {
            await connection.ExecuteAsync(
                """
                update event set title = 'शास्त्रीय संगीत की एक संध्या' where id = @EventId;
                update venue set name = 'रवीन्द्र भवन', city = 'मुंबई' where id = (select venue_id from event where id = @EventId);
                update account set full_name = 'आशा देशपांडे' where id = @Id;
                """,
                new { house.EventId, holder.Id });
        }

        await AddAsync(bench.App, holder, house, house.Seats[..10], cancellationToken);
        await PayAsync(bench.App, holder, await bench.App.CheckoutAsync(holder, house, cancellationToken), cancellationToken);
        using var mine = await bench.App.AskAsync(holder, HttpMethod.Get, "/api/users/me/tickets", null, cancellationToken);
        var tickets = mine.RootElement.GetProperty("tickets").EnumerateArray().Select(ticket => ticket.GetProperty("id").GetInt64()).ToArray();
        var (measured, bytes) = (new Measurement(), 0L);

        async Task DrawAsync(HttpReader http, int at) => bytes = (await http.DownloadAsync($"/api/tickets/{tickets[at % tickets.Length]}/download", holder, cancellationToken)).Bytes;

        await Crowd.TimesAsync(Drawings / 4, 1, new Measurement(), at => DrawAsync(bench.Http, at), cancellationToken);
        await Crowd.TimesAsync(Drawings, 1, measured, at => DrawAsync(bench.Http, at), cancellationToken);
        return new ReportRow("ticket as PDF, in Devanagari", measured, null)
        {
            IsRate = false,
            Statements = await bench.StatementsAsync((_, http) => DrawAsync(http, 0)),
            Target = $"p95 ≤ {MostMillisecondsToDraw:0} ms",
            IsMet = measured.Percentile(0.95) <= MostMillisecondsToDraw,
            Remark = $"{bytes / 1024.0:0.0} kB, over HTTP",
        };
    }

    private sealed class Visit
    {
        public Measurement Add { get; } = new();

        public Measurement Checkout { get; } = new();

        public Measurement Cancel { get; } = new();
    }
}
