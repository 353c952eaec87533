using System.Diagnostics;
using Dapper;

namespace Zoniq.Load;

/// <summary>
/// Places put into carts. In a round a thousand buyers take one place each, spread over the house; between rounds the house is
/// emptied, which is not measured.
/// </summary>
internal static class Hold
{
    private const int Round = 1_000;
    private const int Places = 5_000;

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var buyers = await bench.BuyersAsync(Round);
        var seats = await bench.HouseAsync(Places, numbered: true);
        var standing = await bench.HouseAsync(Places, numbered: false);

        var numbered = await MeasureAsync(bench, buyers, seats, cancellationToken);
        var anywhere = await MeasureAsync(bench, buyers, standing with { Seats = [] }, cancellationToken);

        async Task<double> CountAsync(House house, long? seatId)
        {
            await bench.StatementsAsync((shop, _) => shop.AddAsync(buyers[0], house, seatId, cancellationToken));
            await bench.App.ClearAsync(buyers[0], house, cancellationToken);
            return await bench.StatementsAsync((shop, _) => shop.AddAsync(buyers[1], house, seatId, cancellationToken));
        }

        return
        [
            new ReportRow("hold numbered seats", numbered.App, numbered.Limit)
            {
                Statements = await CountAsync(seats, seats.Seats[0]),
                Target = "≥ 50 % of limit",
                IsMet = numbered.App.PerSecond >= 0.5 * numbered.Limit.PerSecond,
            },
            new ReportRow("hold standing places", anywhere.App, anywhere.Limit)
            {
                Statements = await CountAsync(standing, seatId: null),
                Target = $"≥ 85 % of numbered ({anywhere.App.PerSecond / Math.Max(1, numbered.App.PerSecond):0 %})",
                IsMet = anywhere.App.PerSecond >= 0.85 * numbered.App.PerSecond,
            },
        ];
    }

    /// <summary>Rounds of the app and of the limit take turns until both have had their time.</summary>
    private static async Task<(Measurement App, Measurement Limit)> MeasureAsync(Bench bench, Buyer[] buyers, House house, CancellationToken cancellationToken)
    {
        var (app, limit) = (new Measurement(), new Measurement());
        await RoundAsync(bench, bench.App, bench.Options.Buyers, buyers, house, new Measurement(), cancellationToken);
        await RoundAsync(bench, bench.Limit, LoadOptions.LimitConnections, buyers, house, new Measurement(), cancellationToken);

        // Both measured scenarios share the time that was asked for.
        var time = TimeSpan.FromSeconds(bench.Options.Seconds / 2.0);
        var (appTime, limitTime) = (TimeSpan.Zero, TimeSpan.Zero);
        while (appTime < time || limitTime < time)
        {
            if (appTime <= limitTime)
            {
                appTime += await RoundAsync(bench, bench.App, bench.Options.Buyers, buyers, house, app, cancellationToken);
            }
            else
            {
                limitTime += await RoundAsync(bench, bench.Limit, LoadOptions.LimitConnections, buyers, house, limit, cancellationToken);
            }
        }

        return (app, limit);
    }

    private static async Task<TimeSpan> RoundAsync(
        Bench bench, IShop shop, int workers, Buyer[] buyers, House house, Measurement measurement, CancellationToken cancellationToken)
    {
        var seats = house.Seats.ToArray();
        Random.Shared.Shuffle(seats);

        var since = Stopwatch.GetTimestamp();
        await Crowd.TimesAsync(
            Round, workers, measurement,
            number => shop.AddAsync(buyers[number], house, seats.Length == 0 ? null : seats[number], cancellationToken),
            cancellationToken);
        var took = Stopwatch.GetElapsedTime(since);

        await EmptyAsync(bench);
        return took;
    }

    private static async Task EmptyAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update seat
            set    cart_id = null, locked_until = null
            where  cart_id is not null;
            delete from cart_item;
            delete from cart;
            """);
        await connection.ExecuteAsync("vacuum seat");
        await connection.ExecuteAsync("vacuum cart");
        await connection.ExecuteAsync("vacuum cart_item");
    }
}
