using System.Text.Json.Nodes;

namespace Zoniq.Tests.Seating;

public sealed class SeatEntryTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Five_thousand_seats_are_one_statement()
    {
        var (eventId, categoryId, administrator) = await ACategory(totalSeats: 100);
        var rows = Rows(50);
        (await administrator.Get("/api/users/me")).Succeeded();

        var small = await App.StatementsOf(async () => (await administrator.Post($"/api/admin/seats/event/{eventId}/bulk", new { categoryId, section = "East", rows = Rows(1), seatsPerRow = 1 })).Succeeded(201));
        var large = await App.StatementsOf(async () =>
        {
            var answer = (await administrator.Post($"/api/admin/seats/event/{eventId}/bulk", new { categoryId, section = "West", rows, seatsPerRow = 100 })).Succeeded(201);
            Assert.Equal("""{"message":"5000 seats created successfully","count":5000}""", answer.Text);
        });

        Assert.Single(large, statement => statement.Contains("insert into seat ", StringComparison.Ordinal));
        Assert.True(large.Count <= small.Count);
        Assert.Equal(
            "West-R3777 at 76, 36",
            await App.Value<string>("select format('%s at %s, %s', label, position_x, position_y) from seat where category_id = @categoryId and row_name = 'R37' and seat_number = '77'", new { categoryId }));
        Assert.Equal(5001, await App.Value<int>("select total_seats from seat_category where id = @categoryId", new { categoryId }));
        Assert.Equal(
            "50 of 100, from R1 to R50", await App.Value<string>("select format('%s of %s, from %s to %s', jsonb_array_length(details->'rows'), details->>'seatsPerRow', details->'rows'->>0, details->'rows'->>49) from admin_log where action = 'bulk_create_seats' and (details->>'count')::int = 5000"));
    }

    [Fact]
    public async Task The_first_numbered_seat_turns_standing_places_into_none()
    {
        var (eventId, categoryId, administrator) = await ACategory(totalSeats: 50);

        (await administrator.Post($"/api/admin/seats/event/{eventId}", new { categoryId, seatNumber = "7" })).Succeeded(201);

        var category = (await administrator.Get($"/api/admin/events/{eventId}/categories")).Succeeded().Json[0];
        Assert.Equal(("assigned", 1, 1), (category.GetProperty("seatingType").GetString(), category.GetProperty("totalSeats").GetInt32(), category.GetProperty("availableSeats").GetInt32()));
    }

    [Theory]
    [InlineData("Floor", "A", "1", "Floor-A1")]
    [InlineData(null, "A", "1", "A1")]
    [InlineData("Floor", null, "1", "1")]
    [InlineData(null, null, "Box 3", "Box 3")]
    public async Task The_label_is_made_of_section_row_and_number(string? section, string? rowName, string seatNumber, string label)
    {
        var (eventId, categoryId, administrator) = await ACategory();

        var seat = (await administrator.Post($"/api/admin/seats/event/{eventId}", new { categoryId, section, rowName, seatNumber, positionX = -3, positionY = 4 })).Succeeded(201);

        Assert.Equal((label, "available", -3, 4), (seat["seatLabel"].GetString(), seat["status"].GetString(), seat["positionX"].GetInt32(), seat["positionY"].GetInt32()));
    }

    [Fact]
    public async Task A_block_with_one_seat_that_exists_adds_nothing()
    {
        var (eventId, categoryId, administrator) = await ACategory();
        (await administrator.Post($"/api/admin/seats/event/{eventId}", new { categoryId, rowName = "B", seatNumber = "2" })).Succeeded(201);

        (await administrator.Post($"/api/admin/seats/event/{eventId}/bulk", new { categoryId, rows = "AB".Select(row => $"{row}"), seatsPerRow = 3 })).Refused(409, "seat.duplicate");
        (await administrator.Post($"/api/admin/seats/event/{eventId}", new { categoryId, rowName = "B", seatNumber = "2" })).Refused(409, "seat.duplicate");

        Assert.Equal(1, await App.Value<int>("select count(*) from seat where event_id = @eventId", new { eventId }));
        Assert.Equal(1, await App.Value<int>("select total_seats from seat_category where id = @categoryId", new { categoryId }));
    }

    [Fact]
    public async Task Overlapping_blocks_entered_at_once_end_with_one_winner()
    {
        var (eventId, categoryId, administrator) = await ACategory();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(turn =>
            administrator.Post($"/api/admin/seats/event/{eventId}/bulk", new { categoryId, rows = turn % 2 == 0 ? Rows(20) : [.. Rows(20).Reverse()], seatsPerRow = 20 })));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.Refused(409, "seat.duplicate"));
        Assert.Equal(400, await App.Value<int>("select count(*) from seat where event_id = @eventId", new { eventId }));
    }

    [Theory]
    [InlineData("held")]
    [InlineData("booked")]
    public async Task Standing_places_that_are_held_or_sold_keep_their_category_as_it_is(string how)
    {
        var staged = await App.AnEvent(rows: 0, standing: 3);
        var place = await App.Value<long>("select min(id) from seat where event_id = @Id", new { staged.Id });
        await using var state = await StateOfSeats.Set(App, staged.Id, held: how == "held" ? [place] : [], booked: how == "booked" ? [place] : []);

        (await (await App.Administrator()).Post($"/api/admin/seats/event/{staged.Id}", new { staged.Standing.CategoryId, seatNumber = "1" })).Refused(409, "category.has_sales");

        Assert.Equal(3, await App.Value<int>("select count(*) from seat where event_id = @Id", new { staged.Id }));
    }

    [Theory]
    [InlineData("rows", "[]")]
    [InlineData("rows", "[\"A\",\"A\"]")]
    [InlineData("rows", "[\"A\",\" A \"]")]
    [InlineData("rows", "[\"\"]")]
    [InlineData("rows", "[\"ABCDEFGHIJK\"]")]
    [InlineData("rows[0]", "[null]")]
    [InlineData("rows", "null")]
    [InlineData("seatsPerRow", "0")]
    [InlineData("seatsPerRow", "101")]
    [InlineData("categoryId", "0")]
    [InlineData("section", "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"")]
    public async Task A_block_with_a_wrong_field_is_refused(string field, string value)
    {
        var (eventId, categoryId, administrator) = await ACategory();
        var block = new JsonObject { ["categoryId"] = categoryId, ["rows"] = new JsonArray("A"), ["seatsPerRow"] = 1, [field.Split('[')[0]] = JsonNode.Parse(value) };

        (await administrator.Post($"/api/admin/seats/event/{eventId}/bulk", block)).RefusedField(field);
    }

    [Fact]
    public async Task Seats_belong_to_a_category_of_their_event()
    {
        var (eventId, _, administrator) = await ACategory();
        var (_, elsewhere, _) = await ACategory();

        (await administrator.Post($"/api/admin/seats/event/{eventId}", new { categoryId = elsewhere, seatNumber = "1" })).Refused(404, "category.not_found");
        (await administrator.Post("/api/admin/seats/event/987654", new { categoryId = elsewhere, seatNumber = "1" })).Refused(404, "event.not_found");
        (await administrator.Post("/api/admin/events/987654/categories", new { name = "A", price = 1m, totalSeats = 1 })).Refused(404, "event.not_found");
        (await administrator.Get("/api/admin/events/987654/categories")).Refused(404, "event.not_found");
        (await (await App.NewBuyer()).Post($"/api/admin/seats/event/{eventId}", new { categoryId = elsewhere, seatNumber = "1" })).Refused(403, "auth.admin_required");
    }

    [Theory]
    [InlineData("4.35")]
    [InlineData("1.15")]
    [InlineData("19.99")]
    [InlineData("1234567.89")]
    [InlineData("0.00")]
    public async Task A_price_is_exact(string price)
    {
        var (eventId, _, administrator) = await ACategory();

        var category = (await administrator.SendText(HttpMethod.Post, $"/api/admin/events/{eventId}/categories", $$"""{"name":"Exact","price":{{price}},"totalSeats":1}""")).Succeeded(201);

        Assert.Equal(price, category["price"].GetRawText());
        Assert.Equal("#3B82F6", category["colorCode"].GetString());
    }

    [Theory]
    [InlineData("price", "0.29")]
    [InlineData("price", "1.001")]
    [InlineData("price", "-1")]
    [InlineData("price", "1e30")]
    [InlineData("price", "\"free\"")]
    [InlineData("totalSeats", "0")]
    [InlineData("totalSeats", "200001")]
    [InlineData("name", "\" \"")]
    [InlineData("colorCode", "\"#3B82F6FFFFF\"")]
    public async Task A_category_with_a_wrong_field_is_refused(string field, string value)
    {
        var (eventId, _, administrator) = await ACategory();
        var category = new JsonObject { ["name"] = "Wrong", ["price"] = 1, ["totalSeats"] = 1, [field] = JsonNode.Parse(value) };

        (await administrator.Post($"/api/admin/events/{eventId}/categories", category)).RefusedField(field);
    }

    [Fact]
    public async Task Two_categories_of_an_event_have_different_names_in_any_case()
    {
        var (eventId, _, administrator) = await ACategory();

        (await administrator.Post($"/api/admin/events/{eventId}/categories", new { name = "GALLERY", price = 1m, totalSeats = 1 })).Refused(409, "category.name_taken");

        Assert.Equal(1, await App.Value<int>("select count(*) from seat_category where event_id = @eventId", new { eventId }));
    }

    private async Task<(long EventId, long CategoryId, Person Administrator)> ACategory(int totalSeats = 1)
    {
        var staged = await App.AnEvent(rows: 0, standing: 0, published: false);
        var administrator = await App.Administrator();
        var category = (await administrator.Post($"/api/admin/events/{staged.Id}/categories", new { name = "Gallery", price = 250m, totalSeats })).Succeeded(201);
        return (staged.Id, category.Id, administrator);
    }

    private static string[] Rows(int count) => [.. Enumerable.Range(1, count).Select(row => $"R{row}")];
}
