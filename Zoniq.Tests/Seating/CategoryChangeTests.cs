using System.Text.Json;
using System.Text.Json.Nodes;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Seating;

/// <summary>What administrators do with categories that exist, also while people buy.</summary>
public sealed class CategoryChangeTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_category_is_changed_and_the_log_says_what_was_before()
    {
        var staged = await App.AnEvent(rows: 0, standing: 10, price: 500m);
        var administrator = await App.Administrator();
        var path = $"/api/admin/events/categories/{staged.Standing.CategoryId}";

        var changed = (await administrator.Patch(path, new { name = "Pit", price = 650.50m, description = "In front", displayOrder = 3, colorCode = "#000000", isActive = false })).Succeeded();
        Assert.Equal(("Pit", "650.50", "In front", 3, "#000000"), (changed["name"].GetString(), changed["price"].GetRawText(), changed["description"].GetString(), changed["displayOrder"].GetInt32(), changed["colorCode"].GetString()));
        Assert.False(changed["isActive"].GetBoolean());
        Assert.Equal(changed.Text, (await administrator.Patch(path, new { name = "Pit" })).Succeeded().Text);
        Assert.Equal(changed.Text, (await administrator.Patch(path, new { })).Succeeded().Text);
        Assert.Equal(JsonValueKind.Null, (await administrator.Patch(path, new { description = "" })).Succeeded()["description"].ValueKind);

        var logged = await App.Rows<string>("select details::text from admin_log where action = 'update_seat_category' and entity_id = @CategoryId order by id", new { staged.Standing.CategoryId });
        Assert.Equal(2, logged.Length);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"before":500.00,"after":650.50}"""), JsonNode.Parse(logged[0])!["price"]));
        (await (await App.NewBuyer()).Adds(staged.Standing)).Refused(404, "category.not_found");
    }

    [Fact]
    public async Task A_name_is_taken_in_any_case_and_of_many_who_want_it_one_gets_it()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 1);
        var administrator = await App.Administrator();
        (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { name = "STALLS" })).Refused(409, "category.name_taken");
        (await administrator.Patch("/api/admin/events/categories/987654", new { name = "X" })).Refused(404, "category.not_found");
        (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { name = "" })).RefusedField("name");
        (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { price = 0.5m })).RefusedField("price");
        (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { totalSeats = 200_001 })).RefusedField("totalSeats");
        var others = await Task.WhenAll(Enumerable.Range(1, 6).Select(number => administrator.Post($"/api/admin/events/{staged.Id}/categories", new { name = $"Tier {number}", price = 1m, totalSeats = 1 })));

        var renamed = await Task.WhenAll(others.Select((other, at) => at < 4
            ? administrator.Patch($"/api/admin/events/categories/{other.Succeeded(201).Id}", new { name = at % 2 == 0 ? "Golden Circle" : "golden circle" })
            : administrator.Post($"/api/admin/events/{staged.Id}/categories", new { name = "Golden Circle", price = 1m, totalSeats = 1 })));

        Assert.Single(renamed, answer => answer.Status < 300);
        Assert.All(renamed.Where(answer => answer.Status >= 300), answer => answer.Refused(409, "category.name_taken"));
    }

    [Fact]
    public async Task Numbered_seats_are_their_own_capacity()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 0);
        var administrator = await App.Administrator();

        (await administrator.Patch($"/api/admin/events/categories/{staged.Numbered.CategoryId}", new { totalSeats = 5 })).Refused(409, "category.seats_assigned");
        (await administrator.Patch($"/api/admin/events/categories/{staged.Numbered.CategoryId}", new { totalSeats = 4, price = 9m })).Succeeded();
    }

    [Fact]
    public async Task Capacity_never_goes_below_what_is_sold_and_held_and_prices_in_carts_stay()
    {
        var staged = await App.AnEvent(rows: 0, standing: 20, price: 100m);
        var (asha, ravi, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        var path = $"/api/admin/events/categories/{staged.Standing.CategoryId}";
        (await asha.Buys(staged.Standing, 3)).Succeeded();
        (await ravi.Adds(staged.Standing, 4)).Succeeded();

        var refused = (await administrator.Patch(path, new { totalSeats = 6, price = 200m })).Refused(409, "category.below_sold");
        Assert.Equal(7, refused["minimum"].GetInt32());
        Assert.Equal("100.00", (await administrator.Get($"/api/admin/events/{staged.Id}/categories")).Succeeded().Json[0].GetProperty("price").GetRawText());
        var tight = (await administrator.Patch(path, new { totalSeats = 7, price = 200m })).Succeeded();
        Assert.Equal((7, 0), (tight["totalSeats"].GetInt32(), tight["availableSeats"].GetInt32()));
        (await (await App.NewBuyer()).Adds(staged.Standing)).Refused(409, "category.sold_out");
        Assert.Equal("400.00", (await ravi.ChecksOut()).Succeeded(201)["totalAmount"].GetRawText());
        Assert.Equal(8, (await administrator.Patch(path, new { totalSeats = 8 })).Succeeded()["totalSeats"].GetInt32());
        (await (await App.NewBuyer()).Adds(staged.Standing)).Succeeded();
    }

    [Fact]
    public async Task Places_that_were_sold_and_came_back_can_go_and_the_count_stays_exact()
    {
        var staged = await App.AnEvent(rows: 0, standing: 5);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Books(staged.Standing, 5);
        await App.Advance(TimeSpan.FromMinutes(20));
        await App.RunTimer("BookingExpiry");

        var fewer = (await administrator.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { totalSeats = 2 })).Succeeded();

        Assert.Equal((2, 2), (fewer["totalSeats"].GetInt32(), fewer["availableSeats"].GetInt32()));
        Assert.Empty(await App.Invariants());
        Assert.Equal("expired", (await asha.Booking(booking)).Succeeded()["status"].GetString());
        (await asha.Adds(staged.Standing, 3)).Refused(409, "category.sold_out");
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        (await administrator.Delete($"/api/admin/events/categories/{staged.Standing.CategoryId}")).Refused(409, "category.has_sales");
    }

    [Fact]
    public async Task Ten_administrators_change_one_category_while_fifty_people_buy_and_everything_adds_up()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 60, price: 0m)).Standing;
        var (buyers, administrator) = (await App.NewBuyers(50), await App.Administrator());

        var buying = buyers.Select(async (buyer, at) =>
        {
            var added = await buyer.Adds(standing, 1 + (at % 3));
            return added.Status == 200 ? await buyer.ChecksOut() : added;
        }).ToArray();
        var changing = Enumerable.Range(0, 10).Select(async at =>
        {
            var answers = new List<Answer>();
            for (var turn = 0; turn < 6; turn++)
            {
                answers.Add(await administrator.Patch(
                    $"/api/admin/events/categories/{standing.CategoryId}", new { totalSeats = 40 + (((at * 17) + (turn * 29)) % 60), price = at % 2 == 0 ? 0m : 10m + at }));
            }

            return answers;
        }).ToArray();
        var (bought, changed) = (await Task.WhenAll(buying), (await Task.WhenAll(changing)).SelectMany(answers => answers).ToArray());

        Assert.All(bought, answer => Assert.True(answer.Status == 201 || answer.Code == "category.sold_out", answer.ToString()));
        Assert.All(changed, answer => Assert.True(answer.Status == 200 || answer.Code == "category.below_sold", answer.ToString()));
        Assert.Equal(
            await App.Value<long>("select count(*) from seat where category_id = @CategoryId", new { standing.CategoryId }),
            await App.Value<long>("select total_seats from seat_category where id = @CategoryId", new { standing.CategoryId }));

        // The log is one story: each change begins where the one before ended.
        var story = await App.Rows<(int Before, int After)>(
            """
            select (details->'totalSeats'->>'before')::int, (details->'totalSeats'->>'after')::int
            from   admin_log
            where  action = 'update_seat_category'
            and    entity_id = @CategoryId
            and    details ? 'totalSeats'
            order by id
            """,
            new { standing.CategoryId });
        Assert.NotEmpty(story);
        Assert.Equal([60, .. story[..^1].Select(change => change.After)], story.Select(change => change.Before));
    }

    [Fact]
    public async Task Two_hundred_thousand_places_come_in_one_statement()
    {
        var staged = await App.AnEvent(rows: 0, standing: 100);
        var administrator = await App.Administrator();
        var path = $"/api/admin/events/categories/{staged.Standing.CategoryId}";

        var statements = await App.StatementsOf(async () => (await administrator.Patch(path, new { totalSeats = 200_000 })).Succeeded());
        Assert.Single(statements, statement => statement.Contains("insert into seat ", StringComparison.Ordinal));
        Assert.Equal(50, (await administrator.Patch(path, new { totalSeats = 50 })).Succeeded()["totalSeats"].GetInt32());
    }

    [Fact]
    public async Task A_category_goes_with_its_places_and_with_lines_whose_lock_ran_out()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 2, standing: 5);
        var (asha, ravi, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        (await ravi.Adds(staged.Standing, 1)).Succeeded();

        (await administrator.Delete($"/api/admin/events/categories/{staged.Standing.CategoryId}")).Refused(409, "category.has_sales");
        (await ravi.ClearsCart()).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(
            """{"success":true,"message":"Category deleted successfully"}""", (await administrator.Delete($"/api/admin/events/categories/{staged.Standing.CategoryId}")).Succeeded().Text);

        (await administrator.Delete($"/api/admin/events/categories/{staged.Standing.CategoryId}")).Refused(404, "category.not_found");
        Assert.Equal(1, (await asha.Cart()).Succeeded()["itemCount"].GetInt32());
        (await asha.ChecksOut()).Succeeded(201);
        (await administrator.Delete($"/api/admin/events/categories/{staged.Numbered.CategoryId}")).Refused(409, "category.has_sales");
        Assert.Equal(1, await App.Value<int>("select count(*) from admin_log where action = 'delete_seat_category' and entity_id = @CategoryId", new { staged.Standing.CategoryId }));
    }

    [Fact]
    public async Task A_category_that_was_sold_is_refused_without_waiting_for_those_who_add_up_what_was_booked()
    {
        var staged = await App.AnEvent(rows: 0, standing: 2);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        await asha.Books(staged.Standing, 1);
        await App.Advance(TimeSpan.FromMinutes(20));
        await App.RunTimer("BookingExpiry");
        await using var addingUp = await InTheMiddle.Of(App, "delete from stock_change where category_id = @CategoryId", new { staged.Standing.CategoryId });

        (await administrator.Delete($"/api/admin/events/categories/{staged.Standing.CategoryId}")).Refused(409, "category.has_sales");
        await addingUp.GivesUp();
    }

    [Fact]
    public async Task A_category_that_goes_while_people_add_from_it_ends_in_plain_refusals()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 20, standing: 20);
        var (buyers, administrator) = (await App.NewBuyers(40), await App.Administrator());

        var adding = buyers.Select((buyer, at) => at % 2 == 0 ? buyer.Adds(staged.Standing, 1) : buyer.Adds(staged.Numbered, staged.Numbered.Seats[at / 2])).ToArray();
        var removing = new[] { staged.Standing.CategoryId, staged.Numbered.CategoryId }.Select(id => administrator.Delete($"/api/admin/events/categories/{id}")).ToArray();

        Assert.All(await Task.WhenAll(adding), answer => Assert.Contains(answer.Code, new[] { null, "category.sold_out", "category.not_found", "seat.taken", "seat.not_found" }));
        Assert.All(await Task.WhenAll(removing), answer => Assert.Contains(answer.Code, new[] { null, "category.has_sales" }));
    }
}
