
namespace Zoniq.Tests.Seating;

public sealed class SeatMapTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_map_says_who_can_have_which_seat()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 5, standing: 4);
        var seats = staged.Numbered.Seats;
        var places = await App.Rows<long>("select id from seat where category_id = @CategoryId order by id", new { staged.Standing.CategoryId });
        await using var state = await StateOfSeats.Set(
            App, staged.Id, held: [seats[0], places[0]], lapsed: [seats[1], places[1]], booked: [seats[2], places[2]], blocked: [seats[3]]);

        var map = (await App.Nobody.Get($"/api/events/{staged.Id}/seats")).Succeeded();

        Assert.Equal(["locked", "available", "booked", "blocked", "available"], map["seats"].EnumerateArray().Select(seat => seat.GetProperty("status").GetString()));
        Assert.Equal(["Floor-A1", "Floor-A2", "Floor-A3", "Floor-A4", "Floor-A5"], map["seats"].EnumerateArray().Select(seat => seat.GetProperty("seatLabel").GetString()));
        Assert.Equal(
            [("Stalls", "assigned", 5, 2), ("Standing", "general", 4, 2)],
            map["categories"].EnumerateArray().Select(category => (
                category.GetProperty("name").GetString()!, category.GetProperty("seatingType").GetString()!,
                category.GetProperty("totalSeats").GetInt32(), category.GetProperty("availableSeats").GetInt32())));
        Assert.Equal((9, 4), (map["totalSeats"].GetInt32(), map["availableSeats"].GetInt32()));
        Assert.True(map["full"].GetBoolean());
        Assert.Equal(0, map["removedSeatIds"].GetArrayLength());

        var listed = (await App.Nobody.Get($"/api/events/{staged.Slug}")).Succeeded();
        Assert.Equal((9, 4, true, false), (listed["totalSeats"].GetInt32(), listed["availableSeats"].GetInt32(), listed["isBookingOpen"].GetBoolean(), listed["isSoldOut"].GetBoolean()));
    }

    [Fact]
    public async Task An_event_is_sold_out_when_every_place_is_gone()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        await using var state = await StateOfSeats.Set(App, staged.Id, booked: [staged.Numbered.Seats[0]], held: [staged.Numbered.Seats[1]]);

        var soldOut = (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(20));
        var lapsed = (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded();

        Assert.Equal((true, false), (soldOut["isSoldOut"].GetBoolean(), soldOut["isBookingOpen"].GetBoolean()));
        Assert.Equal((false, true), (lapsed["isSoldOut"].GetBoolean(), lapsed["isBookingOpen"].GetBoolean()));
    }

    [Fact]
    public async Task Seats_come_by_section_row_and_number_with_numbers_as_numbers()
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var administrator = await App.Administrator();
        var categoryId = (await administrator.Post($"/api/admin/events/{staged.Id}/categories", new { name = "Gallery", price = 10m, totalSeats = 1 })).Succeeded(201).Id;
        foreach (var (section, row, number) in new[] { ("Block 10", "1", "1"), ("Block 2", "10", "1"), ("Block 2", "2", "10"), ("Block 2", "2", "9"), ("Block 2", "2", "9a") })
        {
            (await administrator.Post($"/api/admin/seats/event/{staged.Id}", new { categoryId, section, rowName = row, seatNumber = number })).Succeeded(201);
        }

        var map = (await App.Nobody.Get($"/api/events/{staged.Id}/seats?category_id={categoryId}")).Succeeded();

        Assert.Equal(
            ["Block 2-29", "Block 2-29a", "Block 2-210", "Block 2-101", "Block 10-11"],
            map["seats"].EnumerateArray().Select(seat => seat.GetProperty("seatLabel").GetString()));
        Assert.Equal(5, map["totalSeats"].GetInt32());
        Assert.Equal(categoryId, map["categories"].EnumerateArray().Single().GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task Categories_come_in_their_order_and_only_those_on_sale()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 1);
        var administrator = await App.Administrator();
        (await administrator.Post($"/api/admin/events/{staged.Id}/categories", new { name = "Front", price = 0.00m, totalSeats = 2, displayOrder = -1, colorCode = "#111111" })).Succeeded(201);
        await App.Execute("update seat_category set is_active = false where id = @CategoryId", new { staged.Standing.CategoryId });

        var onSale = (await App.Nobody.Get($"/api/events/{staged.Id}/categories")).Succeeded().Json.EnumerateArray().ToArray();
        var all = (await administrator.Get($"/api/admin/events/{staged.Id}/categories")).Succeeded().Json.EnumerateArray();

        Assert.Equal(["Front", "Stalls"], onSale.Select(category => category.GetProperty("name").GetString()));
        Assert.Equal(["Front", "Stalls", "Standing"], all.Select(category => category.GetProperty("name").GetString()));
        Assert.Equal("0.00", onSale[0].GetProperty("price").GetRawText());
        (await App.Nobody.Get($"/api/events/{staged.Id}/seats?category_id={staged.Standing.CategoryId}")).Refused(404, "category.not_found");
        (await App.Nobody.Get($"/api/events/{staged.Id}/seats?category_id=0")).RefusedField("category_id");
        (await App.Nobody.Get($"/api/events/{staged.Id}/seats?category_id=first")).Refused(400, "request.invalid_parameter");
    }

    [Fact]
    public async Task People_who_look_at_the_same_time_share_a_reading()
    {
        var staged = await App.AnEvent(rows: 50, seatsPerRow: 100, standing: 0);

        var statements = await App.CountStatements(() => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => App.Nobody.Get($"/api/events/{staged.Id}/seats"))));

        Assert.InRange(statements, 1, 3 * 4); // three statements a reading, and the machine may be slow enough for several
    }
}
