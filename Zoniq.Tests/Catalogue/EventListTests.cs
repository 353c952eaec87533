using System.Text.Json;

namespace Zoniq.Tests.Catalogue;

public sealed class EventListTests(ZoniqApp app) : DatabaseTest(app)
{
    private Person administrator = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        administrator = await App.Administrator();
        await App.Execute("truncate event, venue cascade");
        await App.Advance(TimeSpan.FromSeconds(2)); // nobody remembers a list of the test before
    }

    [Fact]
    public async Task Events_are_listed_by_date_a_page_at_a_time()
    {
        await AnEvent("Third", date: "2030-05-03T19:00");
        await AnEvent("First", date: "2030-05-01T19:00");
        await AnEvent("Second", date: "2030-05-02T19:00");

        var first = (await App.Nobody.Get("/api/events?page_size=2")).Succeeded();

        Assert.Equal(["First", "Second"], Titles(first.Json));
        Assert.Equal((3, 1, 2), (first["total"].GetInt32(), first["page"].GetInt32(), first["pageSize"].GetInt32()));
        Assert.Equal(["Third"], await Listed("page_size=2&page=2"));
        Assert.Empty(await Listed("page_size=2&page=3"));
        Assert.Empty(await Listed("page=2000000000&page_size=100"));
    }

    [Fact]
    public async Task Drafts_and_cancelled_events_do_not_exist_for_the_public()
    {
        var draft = await AnEvent("Draft", publish: false);
        var over = await AnEvent("Over");
        var cancelled = await AnEvent("Off");
        await App.Execute("update event set status = 'completed' where id = @over", new { over });
        await App.Execute("update event set status = 'cancelled', cancelled_at = now() where id = @cancelled", new { cancelled });

        Assert.Equal(["Over"], await Listed(""));
        foreach (var path in new[] { $"{draft}", "draft", $"{cancelled}", "off", $"{draft}/categories", $"{draft}/seats", "987654", "99999999999999999999999", "no-such-slug" })
        {
            (await App.Nobody.Get($"/api/events/{path}")).Refused(404, "event.not_found");
        }

        Assert.Equal(over, (await App.Nobody.Get("/api/events/over")).Succeeded().Id);
        Assert.Equal(over, (await App.Nobody.Get($"/api/events/{over}")).Succeeded().Id);
    }

    [Theory]
    [InlineData("sitar", "An Evening of Sitar")]
    [InlineData("evening sitar", "An Evening of Sitar")]
    [InlineData("tabl", "Zakir's Tablas")]
    [InlineData("ABLA", "Zakir's Tablas")]
    [InlineData("100%", "100% Comedy")]
    [InlineData("%", "100% Comedy")]
    [InlineData("_", "")]
    [InlineData("\\", "")]
    [InlineData("'", "Zakir's Tablas")]
    [InlineData("& | ! ( ) :* <->", "")]
    [InlineData("laughing", "100% Comedy")]
    [InlineData("मुंबई", "मुंबई")]
    [InlineData("the", "")]
    public async Task Search_finds_words_beginnings_of_words_and_parts_of_titles(string search, string found)
    {
        await AnEvent("An Evening of Sitar");
        await AnEvent("Zakir's Tablas");
        await AnEvent("100% Comedy", description: "You will laugh a lot.");
        await AnEvent("मुंबई");

        string[] expected = found.Length == 0 ? [] : [found];
        Assert.Equal(expected, await Listed($"search={Uri.EscapeDataString(search)}"));
        Assert.Equal(expected, Titles((await App.Nobody.Get($"/api/events/search?q={Uri.EscapeDataString(search)}")).Succeeded().Json));
    }

    [Theory]
    [InlineData("jazz festiva")]
    [InlineData("festival jazz")]
    [InlineData("festivals")]
    [InlineData("saxophonis")]
    [InlineData("the saxophone")]
    [InlineData("seasid")]
    [InlineData("Rhythm Hous")]
    [InlineData("hythm hou")]
    [InlineData("महोत्सव मुंबई")]
    [InlineData("महो")]
    [InlineData("jaz fest mumb")]
    public async Task Every_word_counts_wherever_it_stands_and_as_soon_as_it_is_begun(string search)
    {
        await AnEvent("International Festival of Jazz मुंबई महोत्सव", description: "Saxophonists from everywhere play at Mumbai's seaside.", organizer: "Rhythm House");
        await AnEvent("Hamlet");

        Assert.Equal(["International Festival of Jazz मुंबई महोत्सव"], await Listed($"search={Uri.EscapeDataString(search)}"));
    }

    [Theory]
    [InlineData("sittar", "Evening of Sitar")]
    [InlineData("zakri husain", "Zakir Hussain Live")]
    [InlineData("comdy", "Comedy Nights")]
    [InlineData("lafter factri", "Comedy Nights")]
    [InlineData("xyzzy", "")]
    [InlineData("??", "")]
    public async Task A_misspelt_title_or_organizer_is_found_if_nothing_is_spelt_like_that(string search, string found)
    {
        await AnEvent("Evening of Sitar");
        await AnEvent("Zakir Hussain Live");
        await AnEvent("Comedy Nights", organizer: "Laughter Factory");

        string[] expected = found.Length == 0 ? [] : [found];
        Assert.Equal(expected, await Listed($"search={Uri.EscapeDataString(search)}"));
    }

    [Fact]
    public async Task What_is_spelt_right_is_not_mixed_with_what_only_looks_like_it()
    {
        await AnEvent("Guitar", date: "2030-05-01T19:00", category: "concert");
        await AnEvent("Sitar", date: "2030-05-02T19:00", category: "workshop");

        Assert.Equal(["Sitar"], await Listed("search=sitar"));
        Assert.Empty(await Listed("search=sitar&category=concert"));
        Assert.Equal(["Guitar"], await Listed("search=guitr&category=concert"));
    }

    [Fact]
    public async Task Equally_relevant_events_come_by_date_a_page_at_a_time()
    {
        await AnEvent("Sitar Four", date: "2030-05-04T19:00");
        await AnEvent("Sitar Two", date: "2030-05-02T19:00");
        await AnEvent("Sitar One", date: "2030-05-01T19:00");
        await AnEvent("Sitar Three", date: "2030-05-02T19:00");
        await AnEvent("Tabla", date: "2030-04-01T19:00", description: "And a sitar.");

        var second = (await App.Nobody.Get("/api/events/search?q=sitar&page=2&page_size=2")).Succeeded();

        Assert.Equal(["Sitar One", "Sitar Two"], await Listed("search=sitar&page_size=2"));
        Assert.Equal(["Sitar Three", "Sitar Four"], Titles(second.Json));
        Assert.Equal((5, 2, 2), (second["total"].GetInt32(), second["page"].GetInt32(), second["pageSize"].GetInt32()));
        var beyond = (await App.Nobody.Get("/api/events/search?q=sitar&page=9")).Succeeded();
        Assert.Equal((5, 0), (beyond["total"].GetInt32(), Titles(beyond.Json).Length));
        Assert.Equal(["Tabla"], await Listed("search=sitar&page=5&page_size=1"));
    }

    [Fact]
    public async Task Filters_and_a_search_narrow_the_list_together()
    {
        await AnEvent("Jazz by the Sea", category: "concert", city: "Mumbai", date: "2030-05-01T23:59", price: 700m);
        await AnEvent("Jazz in May", category: "concert", city: "Mumbai", date: "2030-05-02T00:00", price: 700m);
        await AnEvent("Jazz in Pune", category: "concert", city: "Pune", date: "2030-05-01T12:00", price: 700m);
        await AnEvent("Jazz for Beginners", category: "workshop", city: "Mumbai", date: "2030-05-01T12:00", price: 700m);
        await AnEvent("Jazz for the Few", category: "concert", city: "Mumbai", date: "2030-05-01T12:00", price: 7000m);

        const string narrow = "category=Concert&city=mumb&date_from=2030-05-01&date_to=2030-05-01&min_price=500&max_price=999.99";
        Assert.Equal(["Jazz by the Sea"], await Listed(narrow));
        Assert.Equal(["Jazz by the Sea"], await Listed($"{narrow}&search=jazz"));
        Assert.Equal(1, (await App.Nobody.Get($"/api/events?{narrow}&search=jazz")).Succeeded()["total"].GetInt32());
        Assert.Equal(1, (await App.Nobody.Get($"/api/events?{narrow}&page=3")).Succeeded()["total"].GetInt32());
        Assert.Empty(await Listed($"{narrow}&search=blues"));
    }

    [Fact]
    public async Task A_price_counts_only_in_a_category_that_is_on_sale()
    {
        var id = await AnEvent("Jazz", price: 700m);
        var off = (await administrator.Post($"/api/admin/events/{id}/categories", new { name = "Balcony", price = 100m, totalSeats = 5 })).Succeeded(201).Id;
        await App.Execute("update seat_category set is_active = false where id = @off", new { off });

        Assert.Empty(await Listed("max_price=100"));
        Assert.Equal(["Jazz"], await Listed("max_price=700"));
    }

    [Fact]
    public async Task People_who_ask_for_the_same_list_share_one_reading_for_a_second_and_no_longer()
    {
        await AnEvent("First", date: "2030-05-01T19:00");
        await App.Nobody.Get("/api/events");
        await AnEvent("Second", date: "2030-05-02T19:00");

        var statements = await App.CountStatements(() => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => App.Nobody.Get("/api/events?city=mumbai"))));
        Assert.InRange(statements, 2, 3);    // how many, which, and their figures if those are not known yet
        await App.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["First", "Second"], await Listed(""));
    }

    [Fact]
    public async Task A_title_counts_more_than_a_description()
    {
        await AnEvent("Drums", description: "With a guest on the sarod.", date: "2030-05-01T19:00");
        await AnEvent("Sarod", date: "2030-05-02T19:00");

        Assert.Equal(["Sarod", "Drums"], await Listed("search=sarod"));
    }

    [Fact]
    public async Task The_list_is_narrowed_by_category_and_city()
    {
        await AnEvent("Jazz", category: "concert", city: "Mumbai");
        await AnEvent("Cricket", category: "sports", city: "Navi Mumbai");
        await AnEvent("Hamlet", category: "theater", city: "Pune");

        Assert.Equal(["Jazz"], await Listed("category=concert"));
        Assert.Equal(["Jazz", "Cricket"], await Listed("city=MUMBAI"));
        Assert.Empty(await Listed("city=%25"));
        Assert.Equal(3, (await Listed("city=&category=&search=&date_from=")).Length);
    }

    [Fact]
    public async Task A_range_of_dates_holds_both_days_in_the_zone_of_each_event()
    {
        await AnEvent("Auckland", date: "2030-05-01T00:30", zone: "Pacific/Auckland"); // in UTC it is the day before
        await AnEvent("Kolkata", date: "2030-05-01T12:00", zone: "Asia/Kolkata");
        await AnEvent("Honolulu", date: "2030-05-01T23:30", zone: "Pacific/Honolulu"); // in UTC it is the day after

        Assert.Equal(["Auckland", "Kolkata", "Honolulu"], await Listed("date_from=2030-05-01&date_to=2030-05-01"));
        Assert.Empty(await Listed("date_to=2030-04-30"));
        Assert.Empty(await Listed("date_from=2030-05-02"));
        Assert.Equal(["Kolkata", "Honolulu"], await Listed("date_from=2030-05-01T06:30:00Z"));
        Assert.Equal(["Auckland", "Kolkata"], await Listed("date_to=2030-05-01T12:00"));

        // A moment and a clock on the wall: in one zone the wrong way round, in another not.
        Assert.Equal(["Honolulu"], await Listed("date_from=2030-05-02T09:00:00Z&date_to=2030-05-01"));
        Assert.Equal(["Auckland"], await Listed("date_from=2030-05-01T00:30&date_to=2030-04-30T12:30:00Z"));
    }

    [Fact]
    public async Task A_range_of_prices_wants_a_category_within_it()
    {
        await AnEvent("Cheap", price: 19.99m);
        await AnEvent("Dear", price: 1234567.89m);
        await AnEvent("Free", price: 0m);

        Assert.Equal(["Cheap", "Free"], (await Listed("max_price=19.99")).Order());
        Assert.Equal(["Dear"], await Listed("min_price=20"));
        Assert.Equal(["Cheap"], await Listed("min_price=0.01&max_price=100"));
    }

    [Theory]
    [InlineData("date_from=2030-05-02&date_to=2030-05-01", 422, "validation.failed")]
    [InlineData("date_from=2030-05-01T00:00:01Z&date_to=2030-05-01T00:00:00Z", 422, "validation.failed")]
    [InlineData("date_from=2030-05-01T12:01&date_to=2030-05-01T12:00", 422, "validation.failed")]
    [InlineData("date_from=2030-05-02T15:00:00Z&date_to=2030-05-01", 422, "validation.failed")]
    [InlineData("min_price=2&max_price=1", 422, "validation.failed")]
    [InlineData("min_price=-1", 422, "validation.failed")]
    [InlineData("page=0", 422, "validation.failed")]
    [InlineData("page_size=101", 422, "validation.failed")]
    [InlineData("date_from=yesterday", 400, "request.invalid_parameter")]
    [InlineData("date_from=2030-02-30", 400, "request.invalid_parameter")]
    [InlineData("min_price=cheap", 400, "request.invalid_parameter")]
    [InlineData("page=one", 400, "request.invalid_parameter")]
    public async Task A_filter_that_makes_no_sense_is_refused(string query, int status, string code) =>
        (await App.Nobody.Get($"/api/events?{query}")).Refused(status, code);

    [Fact]
    public async Task Too_long_a_search_is_refused()
    {
        (await App.Nobody.Get($"/api/events?search={new string('x', 101)}")).RefusedField("search");
        (await App.Nobody.Get("/api/events/search")).RefusedField("q");
    }

    [Fact]
    public async Task Upcoming_events_lie_ahead_soonest_first()
    {
        await AnEvent("Later", date: "2031-05-01T19:00", category: "sports");
        await AnEvent("Sooner", date: "2030-05-01T19:00");
        var past = await AnEvent("Past", date: "2030-05-01T19:00");
        await App.Execute("update event set booking_start_date = '2020-01-01', event_date = '2020-02-01' where id = @past", new { past });

        Assert.Equal(["Sooner", "Later"], (await App.Nobody.Get("/api/events/upcoming")).Succeeded().Json.EnumerateArray().Select(Title));
        Assert.Equal(["Sooner"], (await App.Nobody.Get("/api/events/upcoming?limit=1")).Succeeded().Json.EnumerateArray().Select(Title));
        Assert.Equal(["Later"], (await App.Nobody.Get("/api/events/upcoming?category=sports")).Succeeded().Json.EnumerateArray().Select(Title));
        (await App.Nobody.Get("/api/events/upcoming?limit=51")).RefusedField("limit");
    }

    [Fact]
    public async Task The_sorts_of_event_are_fixed_and_labelled()
    {
        var categories = (await App.Nobody.Get("/api/events/categories")).Succeeded().Json;

        Assert.Equal(9, categories.GetArrayLength());
        Assert.Equal("""{"value":"concert","label":"Concert"}""", categories[0].GetRawText());
    }

    [Fact]
    public async Task A_list_costs_the_same_number_of_statements_for_any_number_of_events()
    {
        await AnEvent("One");
        var forOne = await App.CountStatements(() => App.Nobody.Get("/api/events"));
        await AnEvent("Two");
        await AnEvent("Three");
        await App.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(forOne, await App.CountStatements(() => App.Nobody.Get("/api/events")));
    }

    private async Task<long> AnEvent(
        string title, string date = "2030-05-01T19:00", string category = "other", string city = "Mumbai", string zone = "Asia/Kolkata", decimal price = 500m, string? description = null, string? organizer = null, bool publish = true)
    {
        var venueId = (await administrator.Post("/api/admin/venues", new { name = "Hall", city, timeZone = zone })).Succeeded(201).Id;
        var id = (await administrator.Post("/api/admin/events", new
        {
            title,
            description,
            organizerName = organizer,
            category,
            venueId,
            eventDate = date,
            bookingStartDate = "2026-01-01T10:00",
            bookingEndDate = "2030-04-01T18:00",
        })).Succeeded(201).Id;
        (await administrator.Post($"/api/admin/events/{id}/categories", new { name = "Standing", price, totalSeats = 5 })).Succeeded(201);
        if (publish)
        {
            (await administrator.Post($"/api/admin/events/{id}/publish")).Succeeded();
        }

        return id;
    }

    private async Task<string[]> Listed(string query) => Titles((await App.Nobody.Get($"/api/events?{query}")).Succeeded().Json);

    private static string[] Titles(JsonElement page) => [.. page.GetProperty("events").EnumerateArray().Select(Title)];

    private static string Title(JsonElement listed) => listed.GetProperty("title").GetString()!;
}
