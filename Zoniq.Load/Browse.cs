using System.Diagnostics;
using Dapper;

namespace Zoniq.Load;

/// <summary>What people do before they buy: pages of the list, searches, event pages, and one seat map that is being sold.</summary>
internal static class Browse
{
    private const int Variety = 400;
    private const int LookBacks = 10;

    private static readonly TimeSpan BetweenChanges = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostLag = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var known = await Catalogue.ReadAsync(bench);
        var house = await OnSaleAsync(bench);
        var pages = Lists(known);

        var rows = new List<ReportRow>
        {
            await Readings.MeasureAsync(bench, new Reading("list of 20", pages) { LeastPerSecond = 2_000 }, cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("list, not modified", [.. pages.Take(20)]) { HasItAlready = true, LeastPerSecond = 6_000 }, cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("search", Searches(known)) { LeastPerSecond = 1_000 }, cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("event page", Details(known)), cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("upcoming", Upcoming()), cancellationToken),
        };

        rows.AddRange(await WhileSellingAsync(
            bench, house,
            () => Readings.MeasureAsync(
                bench, new Reading("seat map of 5,000", [$"/api/events/{house.EventId}/seats"]) { LeastPerSecond = 1_000 }, cancellationToken),
            cancellationToken));
        rows.Add(await LagAsync(bench, house, cancellationToken));
        return rows;
    }

    private static string[] Lists(Catalogue known)
    {
        var random = new Random(1);
        string Filter() => random.Next(10) switch
        {
            0 or 1 => $"&category={known.Categories[random.Next(known.Categories.Length)]}",
            2 or 3 => $"&city={known.Cities[random.Next(known.Cities.Length)]}",
            4 => $"&date_from={known.Today.AddDays(random.Next(-100, 30)):yyyy-MM-dd}",
            5 => $"&date_from={known.Today:yyyy-MM-dd}&date_to={known.Today.AddDays(random.Next(1, 30)):yyyy-MM-dd}",
            6 => $"&min_price={random.Next(1, 10) * 100}&max_price={random.Next(10, 60) * 100}",
            _ => "",
        };
        return [.. Enumerable.Range(0, Variety).Select(_ => $"/api/events?page={1 + random.Next(random.Next(1, 40))}{Filter()}")];
    }

    private static string[] Searches(Catalogue known)
    {
        var random = new Random(2);
        string Word() => known.Words[random.Next(known.Words.Length)];
        string Typed() => random.Next(10) switch
        {
            < 5 => Word(),
            < 7 => Word() is var begun && begun.Length > 4 ? begun[..random.Next(3, begun.Length)] : begun,
            7 => Swap(Word(), random),
            _ => $"{Word()} {Word()}",
        };
        return [.. Enumerable.Range(0, Variety).Select(_ => $"/api/events/search?q={Uri.EscapeDataString(Typed())}")];
    }

    private static string Swap(string word, Random random)
    {
        var letters = word.ToCharArray();
        if (letters.Length > 3)
        {
            var at = random.Next(1, letters.Length - 2);
            (letters[at], letters[at + 1]) = (letters[at + 1], letters[at]);
        }

        return new string(letters);
    }

    private static string[] Details(Catalogue known) => [.. known.Slugs.Select((slug, at) => $"/api/events/{(at % 4 == 0 ? known.Ids[at].ToString() : slug)}")];

    private static string[] Upcoming() =>
        [.. Enumerable.Range(0, 20).Select(number => $"/api/events/upcoming?limit={5 * (1 + (number % 4))}{(number % 2 == 0 ? "" : $"&category={(number % 3 == 0 ? "comedy" : "concert")}")}")];

    /// <summary>One of the large houses, and its free seats in no order.</summary>
    private static async Task<House> OnSaleAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        var (eventId, categoryId) = await connection.QueryFirstAsync<(long, long)>(
            """
            select   event.id, seat_category.id
            from     event
            join     seat_category on seat_category.event_id = event.id
            where    event.status = 'published'
            and      zoniq_now() between event.booking_start_date and event.booking_end_date
            and      seat_category.seating_type = 'assigned'
            order by (select sum(total_seats) from seat_category other where other.event_id = event.id) desc, event.id, seat_category.total_seats desc
            limit    1
            """);
        var seats = await connection.QueryAsync<long>(
            """
            select   id
            from     seat
            where    category_id = @categoryId
            and      booking_id is null
            and      (cart_id is null or locked_until < zoniq_now())
            order by random()
            """,
            new { categoryId });
        return new House(eventId, categoryId, [.. seats]);
    }

    /// <summary>Twenty seats a second go into carts meanwhile; whose turn comes again gives theirs back before.</summary>
    private static async Task<ReportRow[]> WhileSellingAsync(Bench bench, House house, Func<Task<ReportRow>> measure, CancellationToken cancellationToken)
    {
        var (sold, buyers) = (new Measurement(), await bench.BuyersAsync(house.Seats.Length / 2));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var selling = Task.Run(
            async () =>
            {
                for (var turn = 0; !done.IsCancellationRequested; turn++)
                {
                    var (buyer, seat) = (buyers[turn % buyers.Length], house.Seats[turn % buyers.Length]);
                    if (turn >= buyers.Length)
                    {
                        await bench.App.ClearAsync(buyer, house, cancellationToken);
                    }

                    await Crowd.TimesAsync(1, 1, sold, _ => bench.App.AddAsync(buyer, house, seat, cancellationToken), cancellationToken);
                    await Task.Delay(BetweenChanges, cancellationToken);
                }
            },
            cancellationToken);

        try
        {
            return [await measure(), new ReportRow("  seats held meanwhile", sold, null) { IsRate = false, Remark = $"{sold.Count} seats" }];
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
        var (lag, looks, buyers) = (new Measurement(), new Measurement(), await bench.BuyersAsync(LookBacks));
        await Crowd.TimesAsync(
            LookBacks, 1, looks,
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
        return new ReportRow("seat map shows a hold", lag, null)
        {
            IsRate = false,
            Target = $"always ≤ {MostLag.TotalMilliseconds:0} ms",
            IsMet = lag.Count == LookBacks && lag.Percentile(1) <= MostLag.TotalMilliseconds,
        };
    }

    private static async Task<bool> IsShownFreeAsync(Bench bench, House house, long seat, CancellationToken cancellationToken)
    {
        using var map = await bench.Http.LookAsync($"/api/events/{house.EventId}/seats", cancellationToken);
        return map.RootElement.GetProperty("seats").EnumerateArray()
            .Any(shown => shown.GetProperty("id").GetInt64() == seat && shown.GetProperty("status").GetString() == "available");
    }

    /// <summary>What there is to ask for.</summary>
    private sealed record Catalogue(long[] Ids, string[] Slugs, string[] Words, string[] Categories, string[] Cities, DateOnly Today)
    {
        public static async Task<Catalogue> ReadAsync(Bench bench)
        {
            await using var connection = await bench.Database.OpenConnectionAsync();
            var events = (await connection.QueryAsync<(long Id, string Slug)>(
                "select id, slug from event where status in ('published', 'completed') order by md5(id::text) limit @Variety", new { Variety })).AsList();
            var words = await connection.QueryAsync<string>(
                """
                select   word
                from     (select distinct lower(unnest(regexp_split_to_array(title || ' ' || coalesce(organizer_name, ''), '[^[:alpha:]]+'))) as word from event) as words
                where    length(word) > 2
                order by md5(word)
                """);
            var categories = await connection.QueryAsync<string>("select distinct category from event order by category");
            var cities = await connection.QueryAsync<string>("select distinct city from venue order by city");
            var today = await connection.ExecuteScalarAsync<DateTime>("select zoniq_now()");
            return new Catalogue(
                [.. events.Select(listed => listed.Id)], [.. events.Select(listed => listed.Slug)], [.. words], [.. categories], [.. cities], DateOnly.FromDateTime(today));
        }
    }
}
