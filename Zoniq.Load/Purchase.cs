using System.Diagnostics;

namespace Zoniq.Load;

/// <summary>Whole purchases of one standing place each, everybody at the same event.</summary>
internal static class Purchase
{
    private const int AccountsPerWorker = 20;
    private const int MostPlaces = 200_000;
    private const double Reference = 17;

    /// <summary>A third of the app's first minute under this load goes to compiling it; what that means for whoever comes first is for <see cref="Start"/>.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var workers = Math.Max(bench.Options.Buyers, LoadOptions.LimitConnections);
        var buyers = await bench.BuyersAsync(workers * AccountsPerWorker);
        var house = await bench.HouseAsync(Math.Min(MostPlaces, 20_000 + (bench.Options.Seconds * 2 * 1_500)), numbered: false);

        var (app, limit) = (new Figures(), new Figures());
        await TurnAsync(bench.App, bench.Options.Buyers, buyers, house, WarmUp, new Figures(), cancellationToken);
        await TurnAsync(bench.Limit, LoadOptions.LimitConnections, buyers, house, WarmUp, new Figures(), cancellationToken);

        var megabytes = new List<double>();
        for (var turn = 0; turn < LoadOptions.Turns; turn++)
        {
            await TurnAsync(bench.App, bench.Options.Buyers, buyers, house, bench.Options.Turn, app, cancellationToken);
            megabytes.Add(bench.AppMegabytes);
            await TurnAsync(bench.Limit, LoadOptions.LimitConnections, buyers, house, bench.Options.Turn, limit, cancellationToken);
        }

        var statements = await CountAsync(bench, house, await bench.BuyersAsync(2), cancellationToken);
        return
        [
            new ReportRow("whole purchase", app.Whole, limit.Whole)
            {
                Statements = statements.Sum(),
                Target = $"≥ {20 * Reference:0}/s, ≥ 50 % of limit",
                IsMet = app.Whole.PerSecond >= 20 * Reference && app.Whole.PerSecond >= 0.5 * limit.Whole.PerSecond,
                Remark = $"memory after each quarter: {string.Join(", ", megabytes.Select(size => $"{size:0}"))} MB",
            },
            new ReportRow("  add", app.Add, null) { IsRate = false, Statements = statements[0] },
            new ReportRow("  checkout", app.Checkout, null) { IsRate = false, Statements = statements[1] },
            new ReportRow("  create-order", app.Order, null) { IsRate = false, Statements = statements[2] },
            new ReportRow("  verify", app.Verify, null) { IsRate = false, Statements = statements[3] },
        ];
    }

    private static Task TurnAsync(
        IShop shop, int workers, Buyer[] buyers, House house, TimeSpan time, Figures figures, CancellationToken cancellationToken)
    {
        var steps = Enumerable.Range(0, workers).Select(_ => figures.NewSteps()).ToArray();
        var rounds = new int[workers];
        return Crowd.UntilAsync(
            time, workers, figures.Whole,
            async worker =>
            {
                var buyer = buyers[(worker * AccountsPerWorker) + (rounds[worker]++ % AccountsPerWorker)];
                var (add, checkout, order, verify) = steps[worker];

                var at = Stopwatch.GetTimestamp();
                await shop.AddAsync(buyer, house, seatId: null, cancellationToken);
                at = Lap(add, at);
                var booking = await shop.CheckoutAsync(buyer, house, cancellationToken);
                at = Lap(checkout, at);
                var orderId = await shop.CreateOrderAsync(buyer, booking, cancellationToken);
                Lap(order, at);
                var (payment, signature) = shop.Pay(orderId);
                at = Stopwatch.GetTimestamp();
                await shop.VerifyAsync(buyer, orderId, payment, signature, cancellationToken);
                Lap(verify, at);
            },
            cancellationToken);
    }

    /// <summary>Of add, checkout, create-order and verify: the second buyer's, when everything has been done once.</summary>
    private static async Task<double[]> CountAsync(Bench bench, House house, Buyer[] buyers, CancellationToken cancellationToken)
    {
        double[] statements = [];
        foreach (var buyer in buyers)
        {
            var (booking, orderId) = (0L, "");
            var add = await bench.StatementsAsync((shop, _) => shop.AddAsync(buyer, house, seatId: null, cancellationToken));
            var checkout = await bench.StatementsAsync(async (shop, _) => booking = await shop.CheckoutAsync(buyer, house, cancellationToken));
            var order = await bench.StatementsAsync(async (shop, _) => orderId = await shop.CreateOrderAsync(buyer, booking, cancellationToken));
            var (payment, signature) = bench.App.Pay(orderId);
            statements = [add, checkout, order, await bench.StatementsAsync((shop, _) => shop.VerifyAsync(buyer, orderId, payment, signature, cancellationToken))];
        }

        return statements;
    }

    private static long Lap(List<long> times, long since)
    {
        var now = Stopwatch.GetTimestamp();
        times.Add(now - since);
        return now;
    }

    private sealed class Figures
    {
        public Measurement Whole { get; } = new();

        public Measurement Add { get; } = new();

        public Measurement Checkout { get; } = new();

        public Measurement Order { get; } = new();

        public Measurement Verify { get; } = new();

        public (List<long> Add, List<long> Checkout, List<long> Order, List<long> Verify) NewSteps() =>
            (Add.NewList(), Checkout.NewList(), Order.NewList(), Verify.NewList());
    }
}
