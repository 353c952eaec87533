using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Zoniq.Tests.Catalogue;

public sealed class DiscoveryTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly TimeSpan Kolkata = TimeSpan.FromMinutes(330);
    private Person administrator = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        administrator = await App.Administrator();
        await App.Execute("truncate event, venue cascade");
        await App.Advance(TimeSpan.FromSeconds(2)); // nobody remembers a list of the test before
    }

    [Fact]
    public async Task The_cheapest_events_come_first_free_ones_before_them_and_those_without_a_price_last()
    {
        await AnEvent("None", price: null);
        await AnEvent("Dear", price: 900m);
        await AnEvent("Free", price: 0m);
        var cheap = await AnEvent("Cheap", price: 800m);
        (await administrator.Post($"/api/admin/events/{cheap}/categories", new { name = "Balcony", price = 100m, totalSeats = 5 })).Succeeded(201);
        var off = await AnEvent("Also dear", price: 900m);
        var balcony = (await administrator.Post($"/api/admin/events/{off}/categories", new { name = "Balcony", price = 1m, totalSeats = 5 })).Succeeded(201).Id;
        await App.Execute("update seat_category set is_active = false where id = @balcony", new { balcony });

        Assert.Equal(["Free", "Cheap", "Dear", "Also dear", "None"], await Listed("sort=price"));
        Assert.Equal(["Dear", "Also dear"], await Listed("sort=price&page=2&page_size=2"));
        Assert.Equal(["Cheap"], await Listed("sort=price&search=cheap"));
        Assert.Equal(["None", "Dear", "Free", "Cheap", "Also dear"], await Listed("sort=date"));
        Assert.Equal(["None", "Dear", "Free", "Cheap", "Also dear"], await Listed("sort=relevance"));
    }

    [Fact]
    public async Task A_search_can_be_sorted_otherwise_than_by_relevance()
    {
        await AnEvent("Drums and a sarod", price: 300m);
        await AnEvent("Sarod", price: 500m, description: "A sarod, and once more a sarod.");

        Assert.Equal(["Sarod", "Drums and a sarod"], (await Listed("search=sarod+sarod")).OrderByDescending(title => title == "Sarod"));
        Assert.Equal(["Drums and a sarod", "Sarod"], await Listed("search=sarod&sort=date"));
        Assert.Equal(["Drums and a sarod", "Sarod"], await Listed("search=sarod&sort=price"));
        Assert.Equal(await Listed("search=sarod"), await Listed("search=sarod&sort=relevance"));
    }

    [Fact]
    public async Task Popular_is_what_was_bought_and_wished_for_within_a_week()
    {
        var (quiet, wished, bought) = (await App.AnEvent(rows: 0, title: "Quiet"), await App.AnEvent(rows: 0, title: "Wished for", starts: TimeSpan.FromDays(31)), await App.AnEvent(rows: 0, title: "Bought", starts: TimeSpan.FromDays(32)));
        foreach (var buyer in await App.NewBuyers(2))
        {
            (await buyer.Post($"/api/users/me/wishlist/{wished.Id}")).Succeeded();
        }

        await (await App.NewBuyer()).Buys(bought.Standing, 1);
        await App.RunTimer("Popularity");
        await App.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["Bought", "Wished for", "Quiet"], await Trending(""));
        Assert.Equal(["Bought"], await Trending("limit=1"));
        Assert.Equal(["Bought", "Wished for", "Quiet"], await Trending("category=CONCERT"));
        Assert.Empty(await Trending("category=sports"));
        Assert.Equal(["Bought", "Wished for", "Quiet"], await Listed("sort=popularity"));
        Assert.Equal([(bought.Id, 3L), (wished.Id, 2L)], (await App.Rows<(long, long)>("select event_id, points from event_popularity order by points desc")));

        await App.Advance(TimeSpan.FromDays(7));
        await App.RunTimer("Popularity");
        await App.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["Quiet", "Wished for", "Bought"], await Trending(""));
        await App.Execute("update event set booking_start_date = '2020-01-01', event_date = '2020-02-01' where id = @Id", new { quiet.Id });
        await App.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["Wished for", "Bought"], await Trending(""));
        (await App.Nobody.Get("/api/events/trending?limit=51")).RefusedField("limit");
        (await App.Nobody.Get("/api/events/trending?limit=few")).Refused(400, "request.invalid_parameter");
        Assert.Equal("public, max-age=5", (await App.Nobody.Get("/api/events/trending")).Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData(DayOfWeek.Wednesday, "12:00", "today", "Wed 00:00, Wed 23:30")]
    [InlineData(DayOfWeek.Wednesday, "23:50", "today", "Wed 00:00, Wed 23:30")]
    [InlineData(DayOfWeek.Thursday, "00:10", "today", "Thu 00:00")]
    [InlineData(DayOfWeek.Wednesday, "12:00", "tomorrow", "Thu 00:00")]
    [InlineData(DayOfWeek.Friday, "12:00", "tomorrow", "Sat 00:00")]
    [InlineData(DayOfWeek.Sunday, "23:45", "tomorrow", "Mon 00:00")]
    [InlineData(DayOfWeek.Monday, "00:10", "weekend", "Sat 00:00, Sun 23:30")]
    [InlineData(DayOfWeek.Friday, "23:50", "weekend", "Sat 00:00, Sun 23:30")]
    [InlineData(DayOfWeek.Saturday, "12:00", "weekend", "Sat 00:00, Sun 23:30")]
    [InlineData(DayOfWeek.Sunday, "23:45", "weekend", "Sat 00:00, Sun 23:30")]
    [InlineData(DayOfWeek.Sunday, "23:45", "upcoming", "Mon 00:00, Next Sat")]
    public async Task When_is_told_by_the_clock_on_the_wall_of_the_event(DayOfWeek day, string time, string when, string expected)
    {
        var monday = await MoveTo(day, TimeSpan.Parse(time, CultureInfo.InvariantCulture));
        foreach (var (title, after) in new[] { ("Wed 00:00", 48.0), ("Wed 23:30", 71.5), ("Thu 00:00", 72), ("Sat 00:00", 120), ("Sun 23:30", 167.5), ("Mon 00:00", 168), ("Next Sat", 288) })
        {
            await AnEvent(title, date: monday + TimeSpan.FromHours(after));
        }

        Assert.Equal(expected, string.Join(", ", await Listed($"when={when}")));
        Assert.Equal(expected.Split(", ").Length, (await App.Nobody.Get($"/api/events?when={when}")).Succeeded()["total"].GetInt32());
        Assert.Equal(expected.Split(", ")[..1], await Listed($"when={when}&search={expected.Split(',')[0].Replace(' ', '+')}"));
    }

    [Fact]
    public async Task Today_is_another_day_elsewhere()
    {
        var monday = await MoveTo(DayOfWeek.Wednesday, TimeSpan.FromHours(12));    // in Honolulu it is Tuesday, half past eight in the evening
        await AnEvent("Tuesday night in Honolulu", date: monday + TimeSpan.FromHours(63), zone: "Pacific/Honolulu");    // 23:30 there, Wednesday 15:00 here
        await AnEvent("Wednesday night in Honolulu", date: monday + TimeSpan.FromHours(87), zone: "Pacific/Honolulu");
        await AnEvent("Wednesday night here", date: monday + TimeSpan.FromHours(71.5));

        Assert.Equal(["Tuesday night in Honolulu", "Wednesday night here"], await Listed("when=today"));
        Assert.Equal(["Wednesday night in Honolulu"], await Listed("when=tomorrow"));
    }

    [Theory]
    [InlineData("sort=cheapest")]
    [InlineData("sort=1")]
    [InlineData("when=yesterday")]
    [InlineData("when=2030-05-01")]
    public async Task A_wish_nobody_knows_is_refused(string query) => (await App.Nobody.Get($"/api/events?{query}")).Refused(422, "validation.failed");

    [Fact]
    public async Task A_stadium_of_20_000_seats_is_sent_in_300_kB()
    {
        var staged = await App.AnEvent(rows: 100, seatsPerRow: 100, standing: 0);
        var categoryId = (await administrator.Post($"/api/admin/events/{staged.Id}/categories", new { name = "Circle", price = 900m, totalSeats = 10_000 })).Succeeded(201).Id;
        (await administrator.Post($"/api/admin/seats/event/{staged.Id}/bulk", new { categoryId, section = "Circle", rows = Enumerable.Range(1, 100).Select(row => $"{row}"), seatsPerRow = 100 })).Succeeded(201);
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events/{staged.Id}/seats");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        var answer = (await App.Nobody.Send(request)).Succeeded();

        Assert.Equal("gzip", Assert.Single(answer.ContentHeaders.ContentEncoding));
        Assert.InRange(answer.Bytes.Length, 1, 300_000);
        await using var whole = new GZipStream(new MemoryStream(answer.Bytes), CompressionMode.Decompress);
        using var map = await JsonDocument.ParseAsync(whole);
        Assert.Equal(20_000, map.RootElement.GetProperty("seats").GetArrayLength());
    }

    /// <summary>To the next such moment in Kolkata; returns the beginning of its week.</summary>
    private async Task<DateTimeOffset> MoveTo(DayOfWeek day, TimeSpan time)
    {
        var now = App.Now.ToOffset(Kolkata);
        var today = new DateTimeOffset(now.Date, Kolkata);
        var then = Enumerable.Range(0, 8).Select(days => today.AddDays(days) + time).First(moment => moment.DayOfWeek == day && moment > now);
        await App.Advance(then - now);
        administrator = await App.Administrator();
        return then - time - TimeSpan.FromDays(((int)day + 6) % 7);
    }

    private async Task<long> AnEvent(string title, DateTimeOffset? date = null, string zone = "Asia/Kolkata", decimal? price = 500m, string? description = null)
    {
        var venueId = (await administrator.Post("/api/admin/venues", new { name = "Hall", city = "Mumbai", timeZone = zone })).Succeeded(201).Id;
        var id = (await administrator.Post("/api/admin/events", new
        {
            title,
            description,
            venueId,
            eventDate = App.Now.AddDays(60),
            bookingStartDate = App.Now.AddDays(-60),
            bookingEndDate = App.Now.AddDays(50),
        })).Succeeded(201).Id;
        var category = (await administrator.Post($"/api/admin/events/{id}/categories", new { name = "Standing", price = price ?? 1m, totalSeats = 5 })).Succeeded(201).Id;
        (await administrator.Post($"/api/admin/events/{id}/publish")).Succeeded();
        await App.Execute("update event set event_date = coalesce(@date, '2040-05-01') where id = @id", new { date = date?.ToUniversalTime(), id });
        await App.Execute("update seat_category set is_active = false where id = @category and @hasNone", new { category, hasNone = price is null });
        return id;
    }

    private async Task<string[]> Listed(string query) => [.. (await App.Nobody.Get($"/api/events?{query}")).Succeeded()["events"].EnumerateArray().Select(Title)];

    private async Task<string[]> Trending(string query) => [.. (await App.Nobody.Get($"/api/events/trending?{query}")).Succeeded().Json.EnumerateArray().Select(Title)];

    private static string Title(JsonElement listed) => listed.GetProperty("title").GetString()!;
}
