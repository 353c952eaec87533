using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Tests.Catalogue;

public sealed class EventEntryTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task An_event_is_entered_as_a_draft_with_the_usual_terms()
    {
        var administrator = await App.Administrator();

        var entered = (await administrator.Post("/api/admin/events", Draft("Sitar at Sunset"))).Succeeded(201);

        Assert.Equal("draft", entered["status"].GetString());
        Assert.Equal("sitar-at-sunset", entered["slug"].GetString());
        Assert.Equal("other", entered["category"].GetString());
        Assert.Equal(10, entered["maxTicketsPerBooking"].GetInt32());
        Assert.Equal(50, entered["queueBatchSize"].GetInt32());
        Assert.Equal(10, entered["queueProcessingMinutes"].GetInt32());
        Assert.False(entered["queueEnabled"].GetBoolean());
        Assert.Equal("""{"type":"full_until","hoursBeforeEvent":24,"percent":100}""", entered["refundPolicy"].GetRawText());
        Assert.Equal(administrator.Id, entered["createdBy"].GetInt64());
        Assert.Equal(JsonValueKind.Null, entered["venue"].ValueKind);
        Assert.Equal(JsonValueKind.Null, entered["minPrice"].ValueKind);
        Assert.Equal(0, entered["totalSeats"].GetInt64());
        (await administrator.Get($"/api/admin/events/{entered.Id}")).Succeeded();
        Assert.Equal("create_event", await App.Value<string>("select action from admin_log where entity_type = 'event' and entity_id = @Id", new { entered.Id }));
    }

    [Fact]
    public async Task What_is_entered_comes_back()
    {
        var administrator = await App.Administrator();
        var venue = await AVenue(administrator, "Asia/Tokyo");
        var draft = Draft("Everything");
        draft["venueId"] = venue;
        draft["category"] = "Concert";
        draft["eventDate"] = "2030-05-01T19:00";
        draft["eventEndDate"] = "2030-05-01T22:00:00+09:00";
        draft["extraData"] = new JsonObject { ["age"] = 18, ["parking"] = new JsonArray("north", "मुंबई") };
        draft["refundPolicy"] = new JsonObject { ["type"] = "none" };
        draft["bannerImageUrl"] = "https://example.in/banner.png";
        draft["thumbnailImageUrl"] = "/uploads/0f3.webp";
        draft["queueEnabled"] = true;
        draft["queueBatchSize"] = 500;

        var entered = (await administrator.Post("/api/admin/events", draft)).Succeeded(201);

        Assert.Equal("concert", entered["category"].GetString());
        Assert.Equal("Asia/Tokyo", entered["timeZone"].GetString());
        Assert.Equal("2030-05-01T10:00:00Z", entered["eventDate"].GetString());
        Assert.Equal("2030-05-01T13:00:00Z", entered["eventEndDate"].GetString());
        Assert.True(JsonNode.DeepEquals(draft["extraData"], JsonNode.Parse(entered["extraData"].GetRawText())));
        Assert.Equal("""{"type":"none","hoursBeforeEvent":24,"percent":100}""", entered["refundPolicy"].GetRawText());
        Assert.Equal(venue, entered["venueId"].GetInt64());
        Assert.Equal("Osaka", entered["venue"].GetProperty("city").GetString());
        Assert.Equal(500, entered["queueBatchSize"].GetInt32());
    }

    [Theory]
    [InlineData("title", "\"\"")]
    [InlineData("title", "null")]
    [InlineData("title", "256")]
    [InlineData("shortDescription", "501")]
    [InlineData("description", "20001")]
    [InlineData("category", "51")]
    [InlineData("venueId", "987654")]
    [InlineData("venueId", "-1")]
    [InlineData("eventDate", "\"soon\"")]
    [InlineData("eventDate", "null")]
    [InlineData("eventDate", "\"2020-01-01T10:00\"")]
    [InlineData("eventEndDate", "\"2020-01-01T10:00\"")]
    [InlineData("bookingEndDate", "\"2020-01-01T10:00\"")]
    [InlineData("bannerImageUrl", "\"javascript:alert(1)\"")]
    [InlineData("thumbnailImageUrl", "\"ftp://example.in/x.png\"")]
    [InlineData("maxTicketsPerBooking", "0")]
    [InlineData("maxTicketsPerBooking", "51")]
    [InlineData("queueBatchSize", "501")]
    [InlineData("queueProcessingMinutes", "61")]
    [InlineData("extraData", "[1]")]
    [InlineData("extraData", "{\"n\":1e400000}")]
    [InlineData("extraData", "{\"n\":1,\"n\":2}")]
    [InlineData("extraData", "{\"list\":[{\"n\":1,\"\\u006e\":2}]}")]
    [InlineData("refundPolicy.percent", "101")]
    [InlineData("refundPolicy.hoursBeforeEvent", "8761")]
    [InlineData("refundPolicy.type", "\"half\"")]
    public async Task A_field_that_breaks_its_rule_is_named(string field, string value)
    {
        var administrator = await App.Administrator();
        var draft = Draft("Wrong somewhere");
        var wrong = int.TryParse(value, out var length) && length > 200 && field is not "queueBatchSize" and not "venueId" && !field.Contains('.')
            ? JsonValue.Create(new string('x', length))
            : JsonNode.Parse(value);
        if (field.Split('.') is [var outer, var inner])
        {
            draft[outer] = new JsonObject { [inner] = wrong };
        }
        else
        {
            draft[field] = wrong;
        }

        (await administrator.Post("/api/admin/events", draft)).RefusedField(field);
    }

    [Fact]
    public async Task Additional_data_is_limited_to_32_kilobytes_in_any_script()
    {
        var administrator = await App.Administrator();
        var draft = Draft("Large");
        draft["extraData"] = new JsonObject { ["text"] = new string('x', 33_000) };
        (await administrator.Post("/api/admin/events", draft)).RefusedField("extraData");

        // Three bytes each, and eleven for {"text":""} around them.
        draft["extraData"] = new JsonObject { ["text"] = new string('म', ((32 * 1024) - 11) / 3) };
        (await administrator.Post("/api/admin/events", draft)).Succeeded(201);
        draft["extraData"] = new JsonObject { ["text"] = new string('म', (((32 * 1024) - 11) / 3) + 1) };
        (await administrator.Post("/api/admin/events", draft)).RefusedField("extraData");
    }

    [Fact]
    public async Task A_number_with_more_decimals_than_can_be_kept_is_refused()
    {
        var administrator = await App.Administrator();
        var draft = Draft("Precise");
        draft["extraData"] = JsonNode.Parse($$"""{"n":0.{{new string('1', 17_000)}}}""");
        (await administrator.Post("/api/admin/events", draft)).RefusedField("extraData");
        draft["extraData"] = JsonNode.Parse($$"""{"largest":{{double.MaxValue:F0}},"smallest":2.3e-308}""");
        (await administrator.Post("/api/admin/events", draft)).Succeeded(201);

        (await administrator.Post("/api/admin/venues", new { name = "Precise", seatMapConfig = new { n = JsonNode.Parse($"1.{new string('0', 17_000)}") } })).RefusedField("seatMapConfig");
    }

    [Theory]
    [InlineData("Café del Mar — Live!", "cafe-del-mar-live")]
    [InlineData("  Rock'n'Roll  ", "rocknroll")]
    [InlineData("2027", "event-2027")]
    [InlineData("Search", "event-search")]
    [InlineData("Trending", "event-trending")]
    [InlineData("मुंबई संगीत", "event-1")]
    public async Task The_slug_is_what_ASCII_can_say_of_the_title(string title, string slug)
    {
        var entered = (await (await App.Administrator()).Post("/api/admin/events", Draft(title))).Succeeded(201);

        Assert.Equal(slug, entered["slug"].GetString());
    }

    [Fact]
    public async Task Five_events_of_one_name_entered_at_once_get_five_slugs()
    {
        var administrator = await App.Administrator();

        var entered = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => administrator.Post("/api/admin/events", Draft("Same Name"))));

        Assert.Equal(
            ["same-name", "same-name-1", "same-name-2", "same-name-3", "same-name-4"],
            entered.Select(answer => answer.Succeeded(201)["slug"].GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_very_long_title_makes_a_shorter_slug_that_can_still_be_numbered()
    {
        var administrator = await App.Administrator();
        var title = new string('z', 255);

        (await administrator.Post("/api/admin/events", Draft(title))).Succeeded(201);
        var second = (await administrator.Post("/api/admin/events", Draft(title))).Succeeded(201);

        Assert.Equal($"{new string('z', 250)}-1", second["slug"].GetString());
    }

    [Theory]
    [InlineData("abcde")]
    [InlineData(" 2030")]
    public async Task A_title_that_begins_with_nothing_but_digits_never_makes_a_number(string end)
    {
        var entered = (await (await App.Administrator()).Post("/api/admin/events", Draft($"{new string('7', 250)}{end}"))).Succeeded(201);

        Assert.StartsWith($"event-{new string('7', 244)}", entered["slug"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_count_to_the_microsecond()
    {
        var administrator = await App.Administrator();
        var draft = Draft("In an instant");
        draft["bookingStartDate"] = "2030-01-01T10:00:00.0000001";
        draft["bookingEndDate"] = "2030-01-01T10:00:00.0000009";
        (await administrator.Post("/api/admin/events", draft)).RefusedField("bookingEndDate");
        draft["bookingEndDate"] = "2030-01-01T10:00:00.000001";
        (await administrator.Post("/api/admin/events", draft)).Succeeded(201);
    }

    [Fact]
    public async Task Only_administrators_enter_events()
    {
        (await App.Nobody.Post("/api/admin/events", Draft("Mine"))).Refused(401, "auth.token_missing");
        (await (await App.NewBuyer()).Post("/api/admin/events", Draft("Mine"))).Refused(403, "auth.admin_required");
    }

    [Theory]
    [InlineData("name", "\"\"")]
    [InlineData("timeZone", "\"India\"")]
    [InlineData("timeZone", "\"posix/Asia/Kolkata\"")]
    [InlineData("timeZone", "\"../../etc/passwd\"")]
    [InlineData("capacity", "0")]
    [InlineData("contactEmail", "\"nobody\"")]
    [InlineData("pincode", "\"123456789012345678901\"")]
    [InlineData("seatMapConfig", "\"map\"")]
    public async Task A_venue_with_a_wrong_field_is_refused(string field, string value)
    {
        var venue = new JsonObject { ["name"] = "Somewhere", [field] = JsonNode.Parse(value) };

        (await (await App.Administrator()).Post("/api/admin/venues", venue)).RefusedField(field);
    }

    [Fact]
    public async Task A_venue_is_in_India_unless_it_is_said_to_be_elsewhere()
    {
        var administrator = await App.Administrator();

        var entered = (await administrator.Post("/api/admin/venues", new { name = "Opera House", seatMapConfig = new { blocks = Enumerable.Range(1, 2) } })).Succeeded(201);

        Assert.Equal("India", entered["country"].GetString());
        Assert.Equal("Asia/Kolkata", entered["timeZone"].GetString());
        Assert.True(entered["isActive"].GetBoolean());
        Assert.Equal("""{"blocks":[1,2]}""", (await administrator.Get($"/api/admin/venues/{entered.Id}")).Succeeded()["seatMapConfig"].GetRawText().Replace(" ", ""));
        (await administrator.Get("/api/admin/venues/987654")).Refused(404, "venue.not_found");
    }

    [Fact]
    public async Task An_event_is_published_once_it_has_a_venue_and_something_to_sell()
    {
        var administrator = await App.Administrator();
        var draft = Draft("Nearly ready");
        var homeless = (await administrator.Post("/api/admin/events", draft)).Succeeded(201).Id;
        draft["venueId"] = await AVenue(administrator, "Asia/Kolkata");
        var id = (await administrator.Post("/api/admin/events", draft)).Succeeded(201).Id;

        (await administrator.Post($"/api/admin/events/{homeless}/publish")).Refused(409, "event.not_publishable");
        (await administrator.Post($"/api/admin/events/{id}/publish")).Refused(409, "event.not_publishable");
        (await App.Nobody.Get($"/api/events/{id}")).Refused(404, "event.not_found");
        (await administrator.Post($"/api/admin/events/{id}/categories", new { name = "Standing", price = 4.35m, totalSeats = 3 })).Succeeded(201);

        var published = (await administrator.Post($"/api/admin/events/{id}/publish")).Succeeded();
        var again = (await administrator.Post($"/api/admin/events/{id}/publish")).Succeeded();

        Assert.Equal("published", published["status"].GetString());
        Assert.Equal(published.Text, again.Text);
        Assert.Equal("4.35", published["minPrice"].GetRawText());
        Assert.Equal(
            ["""{"slug": "nearly-ready-1", "status": {"after": "published", "before": "draft"}}"""],
            await App.Rows<string>("select details::text from admin_log where action = 'publish_event' and entity_id = @id", new { id }));
        (await administrator.Post("/api/admin/events/987654/publish")).Refused(404, "event.not_found");
    }

    [Theory]
    [InlineData("cancelled", "event.cancelled")]
    [InlineData("completed", "event.completed")]
    public async Task An_event_that_is_off_or_over_is_not_published(string status, string code)
    {
        var staged = await App.AnEvent(published: false);
        await App.Execute(
            "update event set status = @status, published_at = now(), cancelled_at = case @status when 'cancelled' then now() end where id = @Id", new { status, staged.Id });

        (await (await App.Administrator()).Post($"/api/admin/events/{staged.Id}/publish")).Refused(409, code);
    }

    private static JsonObject Draft(string title) => new()
    {
        ["title"] = title,
        ["eventDate"] = "2030-05-01T19:00",
        ["bookingStartDate"] = "2030-01-01T10:00",
        ["bookingEndDate"] = "2030-05-01T18:00",
    };

    private static async Task<long> AVenue(Person administrator, string timeZone) =>
        (await administrator.Post("/api/admin/venues", new { name = "Hall", city = "Osaka", timeZone })).Succeeded(201).Id;
}
