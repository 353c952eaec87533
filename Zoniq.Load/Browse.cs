using Dapper;

namespace Zoniq.Load;

/// <summary>What people do before they buy: pages of the list, searches and event pages.</summary>
internal static class Browse
{
    private const int Variety = 400;

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var known = await Catalogue.ReadAsync(bench);
        var pages = Lists(known);

        return
        [
            await Readings.MeasureAsync(bench, new Reading("list of 20", pages) { LeastPerSecond = 2_000 }, cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("list, not modified", [.. pages.Take(20)]) { HasItAlready = true, LeastPerSecond = 6_000 }, cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("search", Searches(known)) { LeastPerSecond = 1_000 }, cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("event page", Details(known)), cancellationToken),
            await Readings.MeasureAsync(bench, new Reading("upcoming", Upcoming()), cancellationToken),
        ];
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
