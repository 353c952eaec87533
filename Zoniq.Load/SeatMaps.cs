using System.Diagnostics;

namespace Zoniq.Load;

/// <summary>
/// Maps of a large house of which twenty seats a second are taken meanwhile: whole, plain and compressed, and only what has changed; a map that nobody touches, for those who have
/// it already; how soon a change is seen; and how long the map of a very large house is.
/// </summary>
internal static class SeatMaps
{
    private const int Large = 5_000;
    private const int VeryLarge = 20_000;
    private const int Looks = 10;
    private const int LargestKilobytes = 300;

    private static readonly TimeSpan BetweenChanges = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostLag = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (house, quiet, veryLarge) = (await bench.HouseAsync(Large, numbered: true), await bench.HouseAsync(Large, numbered: true), await bench.HouseAsync(VeryLarge, numbered: true));
        var sold = new Measurement();
        Task<ReportRow> Whole(string name, string? encoding, double? least) => WhileSellingAsync(
            bench, house, sold,
            () => Readings.MeasureAsync(bench, new Reading(name, [MapOf(house)]) { Encoding = encoding, LeastPerSecond = least }, cancellationToken),
            cancellationToken);

        return
        [
            await Whole($"map of {Large:N0}, plain", encoding: null, least: null),
            await Whole($"map of {Large:N0}, compressed", encoding: "gzip", least: 1_000),
            await Whole($"map of {Large:N0}, for br or gzip", encoding: "br, gzip", least: null),
            await WhileSellingAsync(bench, house, sold, () => ChangesAsync(bench, house, cancellationToken), cancellationToken),
            new ReportRow("seats taken meanwhile", sold, null) { IsRate = false, Remark = $"{sold.Count:N0} seats" },
            await Readings.MeasureAsync(bench, new Reading($"map of {Large:N0}, not modified", [MapOf(quiet)]) { HasItAlready = true }, cancellationToken),
            await LagAsync(bench, house, cancellationToken),
            await SizeAsync(bench, veryLarge, cancellationToken),
        ];
    }

    private static string MapOf(House house) => $"/api/events/{house.EventId}/seats";

    /// <summary>Everybody asks again and again for what has changed since the answer before.</summary>
    private static async Task<ReportRow> ChangesAsync(Bench bench, House house, CancellationToken cancellationToken)
    {
        var versions = new long?[bench.Options.Buyers];
        var (whole, changed, answers) = (0, 0, 0);
        await bench.App.RunTimerAsync("SeatNews", cancellationToken);
        var (first, _) = await bench.Http.ReadAsync(MapOf(house), cancellationToken);
        long version;
        using (first)
        {
            version = first.RootElement.GetProperty("version").GetInt64();
        }

        async Task<HttpReader.Received> AskAsync(int worker)
        {
            var (answer, bytes) = await bench.Http.ReadAsync($"{MapOf(house)}?since={versions[worker] ?? version}", cancellationToken);
            using (answer)
            {
                versions[worker] = answer.RootElement.GetProperty("version").GetInt64();
                Interlocked.Increment(ref answers);
                Interlocked.Add(ref changed, answer.RootElement.GetProperty("seats").GetArrayLength());
                Interlocked.Add(ref whole, answer.RootElement.GetProperty("full").GetBoolean() ? 1 : 0);
                return new HttpReader.Received(bytes, IsUnchanged: false);
            }
        }

        var row = await Readings.MeasureAsync(bench, new Reading("what has changed since", [$"{MapOf(house)}?since={version}"]), cancellationToken, AskAsync);
        return row with { Remark = $"{row.Remark}, {(double)changed / Math.Max(1, answers):0.0} seats each, {whole} whole maps among {answers:N0} answers" };
    }

    /// <summary>Twenty seats a second go into carts meanwhile; whose turn comes again gives theirs back before.</summary>
    private static async Task<ReportRow> WhileSellingAsync(
        Bench bench, House house, Measurement sold, Func<Task<ReportRow>> measure, CancellationToken cancellationToken)
    {
        var buyers = await bench.BuyersAsync(house.Seats.Length / 8);
        var first = Random.Shared.Next(house.Seats.Length / 2);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var selling = Task.Run(
            async () =>
            {
                for (var turn = 0; !done.IsCancellationRequested; turn++)
                {
                    var (buyer, seat) = (buyers[turn % buyers.Length], house.Seats[(first + (turn % buyers.Length)) % house.Seats.Length]);
                    if (turn >= buyers.Length)
                    {
                        await bench.App.ClearAsync(buyer, house, cancellationToken);
                    }

                    await Crowd.TimesAsync(1, 1, sold, _ => bench.App.AddAsync(buyer, house, seat, cancellationToken), cancellationToken);
                    await Task.Delay(BetweenChanges, cancellationToken);
                }

                foreach (var buyer in buyers)
                {
                    await bench.App.ClearAsync(buyer, house, cancellationToken);
                }
            },
            cancellationToken);

        try
        {
            return await measure();
        }
        finally
        {
            await done.CancelAsync();
            await selling;
        }
    }

    /// <summary>From the answer to the one who holds a seat until the map shows it to somebody else.</summary>
    private static async Task<ReportRow> LagAsync(Bench bench, House house, CancellationToken cancellationToken)
    {
        var (lag, looks, buyers) = (new Measurement(), new Measurement(), await bench.BuyersAsync(Looks));
        await Crowd.TimesAsync(
            Looks, 1, looks,
            async number =>
            {
                var seat = house.Seats[^(1 + number)];
                await bench.App.AddAsync(buyers[number], house, seat, cancellationToken);
                var since = Stopwatch.GetTimestamp();
                while (await IsShownFreeAsync(bench, house, seat, cancellationToken) && Stopwatch.GetElapsedTime(since) < 10 * MostLag)
                {
                }

                lag.NewList().Add(Stopwatch.GetTimestamp() - since);
            },
            cancellationToken);
        lag.AddErrors(looks);
        return new ReportRow("until the map shows a hold", lag, null)
        {
            IsRate = false,
            Target = $"always ≤ {MostLag.TotalMilliseconds:0} ms",
            IsMet = lag.Count == Looks && lag.Percentile(1) <= MostLag.TotalMilliseconds,
            Remark = $"at most {lag.Percentile(1):0} ms",
        };
    }

    private static async Task<bool> IsShownFreeAsync(Bench bench, House house, long seat, CancellationToken cancellationToken)
    {
        using var map = await bench.Http.LookAsync(MapOf(house), cancellationToken);
        return map.RootElement.GetProperty("seats").EnumerateArray()
            .Any(shown => shown.GetProperty("id").GetInt64() == seat && shown.GetProperty("status").GetString() == "available");
    }

    private static async Task<ReportRow> SizeAsync(Bench bench, House house, CancellationToken cancellationToken)
    {
        var (measured, compressed) = (new Measurement(), new Reading("size", [MapOf(house)]));
        var bytes = 0L;
        await Crowd.TimesAsync(Looks, 1, measured, async _ => bytes = (await bench.Http.GetAsync(MapOf(house), compressed, cancellationToken)).Bytes, cancellationToken);
        var plain = (await bench.Http.GetAsync(MapOf(house), compressed with { Encoding = null }, cancellationToken)).Bytes;
        return new ReportRow($"map of {VeryLarge:N0}, compressed", measured, null)
        {
            IsRate = false,
            Target = $"≤ {LargestKilobytes} kB",
            IsMet = bytes > 0 && bytes <= LargestKilobytes * 1000,
            Statements = await bench.StatementsAsync((_, http) => http.GetAsync(MapOf(house), compressed, cancellationToken)),
            Remark = $"{bytes / 1000.0:0.0} kB, plain {plain / 1000.0:#,0} kB",
        };
    }
}
