using System.Text.Json;
using System.Text.Json.Nodes;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Catalogue;

/// <summary>What administrators do with venues that exist.</summary>
public sealed class VenueOfficeTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Venues_are_listed_by_name_and_found_by_any_part_of_name_city_and_address()
    {
        var administrator = await App.Administrator();
        var (rang, blue, akash) = (
            await AVenue(administrator, "rang Mandir 100%", city: "Ujjain Camp"), await AVenue(administrator, "Blue Frog"), await AVenue(administrator, "Akash", address: "Ujjain Road", city: "Nashik"));
        (await administrator.Delete($"/api/admin/venues/{blue}")).Succeeded();

        Assert.Equal(new[] { akash, blue, rang }, await Listed("?page_size=100"));
        Assert.Equal(new[] { akash, rang }, await Listed("?search=ujjain"));
        Assert.Equal(new[] { rang }, await Listed("?city=UJJAIN"));
        Assert.Equal(new[] { rang }, await Listed("?search=0%25"));
        Assert.Equal(new[] { blue }, await Listed("?is_active=false"));
        Assert.Equal(new[] { rang }, await Listed("?page=2&page_size=1&search=ujjain"));
        Assert.Empty(await Listed("?page=9&search=ujjain"));
        Assert.Equal(2, (await administrator.Get("/api/admin/venues?page=9&search=ujjain")).Succeeded()["total"].GetInt32());
        Assert.Equal(new[] { akash, rang }, Ours((await administrator.Get("/api/admin/venues/all")).Succeeded().Json));
        (await administrator.Get("/api/admin/venues?is_active=perhaps")).Refused(400, "request.invalid_parameter");

        async Task<long[]> Listed(string query) =>
            Ours((await administrator.Get($"/api/admin/venues{query}")).Succeeded()["venues"]);
        long[] Ours(JsonElement venues) =>
            [.. venues.EnumerateArray().Select(venue => venue.GetProperty("id").GetInt64()).Where(id => id == rang || id == blue || id == akash)];
    }

    [Fact]
    public async Task A_venue_is_changed_field_by_field_and_the_log_says_what_was_before()
    {
        var administrator = await App.Administrator();
        var id = (await administrator.Post("/api/admin/venues", new { name = "Hall", capacity = 500, contactEmail = "hall@example.in", seatMapConfig = new { rows = 3 } })).Succeeded(201).Id;

        var changed = (await administrator.Patch($"/api/admin/venues/{id}", new { name = "Great Hall", contactEmail = "", city = "Pune", clearFields = new[] { "capacity", "seatMapConfig" } })).Succeeded();
        Assert.Equal(("Great Hall", "Pune", "India"), (changed["name"].GetString(), changed["city"].GetString(), changed["country"].GetString()));
        Assert.All(new[] { "capacity", "contactEmail", "seatMapConfig" }, field => Assert.Equal(JsonValueKind.Null, changed[field].ValueKind));
        Assert.Equal(changed.Text, (await administrator.Patch($"/api/admin/venues/{id}", new { name = "Great Hall" })).Succeeded().Text);
        Assert.Equal("""{"a":[1]}""", (await administrator.Patch($"/api/admin/venues/{id}", new { seatMapConfig = new { a = new[] { 1 } } })).Succeeded()["seatMapConfig"].GetRawText().Replace(" ", ""));

        var logged = await App.Rows<string>("select details::text from admin_log where action = 'update_venue' and entity_id = @id order by id", new { id });
        Assert.Equal(2, logged.Length);
        Assert.Equal(["capacity", "city", "contactEmail", "name", "seatMapConfig"], JsonNode.Parse(logged[0])!.AsObject().Select(change => change.Key).Order());

        (await administrator.Patch($"/api/admin/venues/{id}", new { name = "" })).RefusedField("name");
        (await administrator.Patch($"/api/admin/venues/{id}", new { timeZone = "India" })).RefusedField("timeZone");
        (await administrator.Patch($"/api/admin/venues/{id}", new { contactEmail = "nobody" })).RefusedField("contactEmail");
        (await administrator.Patch($"/api/admin/venues/{id}", new { clearFields = new[] { "name" } })).RefusedField("clearFields");
        (await administrator.Patch("/api/admin/venues/987654", new { name = "X" })).Refused(404, "venue.not_found");
    }

    [Fact]
    public async Task Another_zone_moves_what_the_clock_shows_and_not_the_event()
    {
        var staged = await App.AnEvent();
        var administrator = await App.Administrator();

        var statements = await App.StatementsOf(async () => (await administrator.Patch($"/api/admin/venues/{staged.VenueId}", new { capacity = 2_500, timeZone = "Asia/Kolkata" })).Succeeded());
        Assert.DoesNotContain(statements, statement => statement.Contains("pg_timezone_names", StringComparison.Ordinal) || statement.Contains("update event", StringComparison.Ordinal));
        (await administrator.Patch($"/api/admin/venues/{staged.VenueId}", new { timeZone = "Asia/Tokyo" })).Succeeded();

        var found = (await administrator.Get($"/api/admin/events/{staged.Id}")).Succeeded();
        Assert.Equal("Asia/Tokyo", found["timeZone"].GetString());
        Assert.Equal(staged.Date.ToUnixTimeMilliseconds(), found["eventDate"].GetDateTimeOffset().ToUnixTimeMilliseconds());
        Assert.Equal(
            $$$"""{"events": 1, "eventIds": [{{{staged.Id}}}], "timeZone": {"after": "Asia/Tokyo", "before": "Asia/Kolkata"}}""",
            await App.Value<string>("select details::text from admin_log where action = 'update_venue' and entity_id = @VenueId and details ? 'timeZone'", new { staged.VenueId }));
    }

    [Fact]
    public async Task Out_of_use_means_for_new_events()
    {
        var staged = await App.AnEvent();
        var administrator = await App.Administrator();

        for (var turn = 0; turn < 2; turn++)
        {
            Assert.Equal("""{"success":true,"message":"Venue deactivated successfully"}""", (await administrator.Delete($"/api/admin/venues/{staged.VenueId}")).Succeeded().Text);
        }

        Assert.Equal(1, await App.Value<int>("select count(*) from admin_log where action = 'soft_delete_venue' and entity_id = @VenueId", new { staged.VenueId }));
        Assert.Equal("Shanmukhananda Hall", (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded()["venue"].GetProperty("name").GetString());
        (await administrator.Post("/api/admin/events", new { title = "Late", staged.VenueId, eventDate = "2030-05-01T19:00", bookingStartDate = "2030-01-01T10:00", bookingEndDate = "2030-05-01T18:00" }))
            .RefusedField("venueId");
        Assert.True((await administrator.Patch($"/api/admin/venues/{staged.VenueId}", new { isActive = true })).Succeeded()["isActive"].GetBoolean());
        (await administrator.Delete("/api/admin/venues/987654")).Refused(404, "venue.not_found");
        (await administrator.Delete("/api/admin/venues/987654?permanent=true")).Refused(404, "venue.not_found");
    }

    [Fact]
    public async Task A_venue_goes_for_good_when_nothing_published_is_still_to_come_there()
    {
        var staged = await App.AnEvent(starts: TimeSpan.FromDays(2));
        var administrator = await App.Administrator();
        (await administrator.Delete($"/api/admin/venues/{staged.VenueId}?permanent=true")).Refused(409, "venue.in_use");
        await App.Advance(TimeSpan.FromDays(2) + TimeSpan.FromHours(7));

        Assert.Equal("""{"success":true,"message":"Venue deleted permanently"}""", (await administrator.Delete($"/api/admin/venues/{staged.VenueId}?permanent=true")).Succeeded().Text);

        (await administrator.Get($"/api/admin/venues/{staged.VenueId}")).Refused(404, "venue.not_found");
        var found = (await administrator.Get($"/api/admin/events/{staged.Id}")).Succeeded();
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, "Asia/Kolkata"), (found["venueId"].ValueKind, found["venue"].ValueKind, found["timeZone"].GetString()));
        Assert.Equal(
            $"1: [{staged.Id}]", await App.Value<string>("select format('%s: %s', details->'events', details->'eventIds') from admin_log where action = 'hard_delete_venue' and entity_id = @VenueId", new { staged.VenueId }));
    }

    [Fact]
    public async Task An_event_that_loses_its_venue_is_read_in_the_usual_zone_again()
    {
        var administrator = await App.Administrator();
        var tokyo = (await administrator.Post("/api/admin/venues", new { name = "Budokan", timeZone = "Asia/Tokyo" })).Succeeded(201).Id;
        var draft = (await administrator.Post(
            "/api/admin/events", new { title = "Enka", venueId = tokyo, eventDate = "2030-05-01T19:00", bookingStartDate = "2030-01-01T10:00", bookingEndDate = "2030-05-01T18:00" })).Succeeded(201);

        (await administrator.Delete($"/api/admin/venues/{tokyo}?permanent=true")).Succeeded();

        var changed = (await administrator.Patch($"/api/admin/events/{draft.Id}", new { eventEndDate = "2030-05-01T22:00" })).Succeeded();
        Assert.Equal(
            ("Asia/Kolkata", "2030-05-01T10:00:00Z", "2030-05-01T16:30:00Z"), (changed["timeZone"].GetString(), changed["eventDate"].GetString(), changed["eventEndDate"].GetString()));
    }

    [Fact]
    public async Task Administrators_who_change_different_fields_of_a_venue_at_once_all_have_their_way()
    {
        var administrator = await App.Administrator();
        var id = await AVenue(administrator, "Hall");
        await using var busy = await InTheMiddle.Of(App, "select from venue where id = @id for no key update", new { id });

        var changing = new object[] { new { city = "Pune" }, new { capacity = 900 }, new { timeZone = "Asia/Tokyo" } }.Select(change => administrator.Patch($"/api/admin/venues/{id}", change)).ToArray();
        await busy.IsWaitedFor(others: 3);
        await busy.GivesUp();

        Assert.All(await Task.WhenAll(changing), answer => answer.Succeeded());
        var changed = (await administrator.Get($"/api/admin/venues/{id}")).Succeeded();
        Assert.Equal(("Pune", 900, "Asia/Tokyo"), (changed["city"].GetString(), changed["capacity"].GetInt32(), changed["timeZone"].GetString()));
    }

    /// <summary>Both wait for the event, one in front of the other.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_is_published_while_its_venue_goes_either_keeps_it_or_stays_a_draft(bool publishesFirst)
    {
        var staged = await App.AnEvent(rows: 0, standing: 1, published: false);
        var administrator = await App.Administrator();
        await using var busy = await InTheMiddle.Of(App, "select from event where id = @Id for no key update", new { staged.Id });

        var publishing = publishesFirst ? Publishes() : null;
        await busy.IsWaitedFor(publishesFirst ? 1 : 0);
        var removing = administrator.Delete($"/api/admin/venues/{staged.VenueId}?permanent=true");
        await busy.IsWaitedFor(publishesFirst ? 2 : 1);
        publishing ??= Publishes();
        await busy.IsWaitedFor(others: 2);
        await busy.GivesUp();

        Assert.Equal((publishesFirst ? null : "event.not_publishable", publishesFirst ? "venue.in_use" : null), ((await publishing).Code, (await removing).Code));

        Task<Answer> Publishes() => administrator.Post($"/api/admin/events/{staged.Id}/publish");
    }

    private static async Task<long> AVenue(Person administrator, string name, string? city = null, string? address = null) =>
        (await administrator.Post("/api/admin/venues", new { name, city, address })).Succeeded(201).Id;
}
