using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Seating;

/// <summary>What administrators do with seats that exist, also while somebody buys them.</summary>
public sealed class SeatOfficeTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Seats_are_listed_in_the_order_of_the_house_and_counted_by_state()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 12, standing: 5);
        var seats = staged.Numbered.Seats;
        var administrator = await App.Administrator();
        await using var state = await StateOfSeats.Set(App, staged.Id, held: [seats[0]], lapsed: [seats[1]], booked: [seats[2]], blocked: [seats[3], seats[4]]);

        var all = (await administrator.Get($"/api/admin/seats/event/{staged.Id}")).Succeeded().Json.EnumerateArray().ToArray();
        Assert.Equal(seats, all.Select(seat => seat.GetProperty("id").GetInt64()));
        Assert.Equal(["locked", "available", "booked", "blocked", "blocked", "available"], all[..6].Select(seat => seat.GetProperty("status").GetString()));
        Assert.Equal(
            [seats[3], seats[4]],
            (await administrator.Get($"/api/admin/seats/event/{staged.Id}?status=blocked&category_id={staged.Numbered.CategoryId}")).Succeeded().Json.EnumerateArray().Select(seat => seat.GetProperty("id").GetInt64()));
        Assert.Equal("[]", (await administrator.Get($"/api/admin/seats/event/{staged.Id}?category_id={staged.Standing.CategoryId}")).Succeeded().Text);
        Assert.Equal(
            """{"available":20,"locked":1,"booked":1,"blocked":2}""",
            (await administrator.Get($"/api/admin/seats/event/{staged.Id}/counts")).Succeeded().Text);
        (await administrator.Get($"/api/admin/seats/event/{staged.Id}?status=sold")).RefusedField("status");
        (await administrator.Get("/api/admin/seats/event/987654")).Refused(404, "event.not_found");
        (await administrator.Get("/api/admin/seats/event/987654/counts")).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task A_standing_place_is_no_seat()
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var place = await App.Value<long>("select id from seat where event_id = @Id", new { staged.Id });
        var administrator = await App.Administrator();

        (await administrator.Get($"/api/admin/seats/{place}")).Refused(404, "seat.not_found");
        (await administrator.Patch($"/api/admin/seats/{place}", new { positionX = 1 })).Refused(404, "seat.not_found");
        (await administrator.Post($"/api/admin/seats/{place}/block")).Refused(404, "seat.not_found");
        (await administrator.Post($"/api/admin/seats/{place}/unblock")).Refused(404, "seat.not_found");
        (await administrator.Post($"/api/admin/seats/{place}/release")).Refused(404, "seat.not_found");
        (await administrator.Delete($"/api/admin/seats/{place}")).Refused(404, "seat.not_found");
        (await administrator.Get($"/api/admin/seats/event/{staged.Id}/counts")).Succeeded();
    }

    [Fact]
    public async Task A_seat_without_a_position_is_put_where_its_row_and_number_say()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 3, standing: 0);
        var administrator = await App.Administrator();

        Assert.Equal((6, 1), await Add("Floor", "B", "7"));
        Assert.Equal((7, 1), await Add("Floor", "B", "Box"));
        Assert.Equal((0, 2), await Add("Floor", "C", "1"));
        Assert.Equal((4, 0), await Add("Balcony", "A", "5"));
        Assert.Equal((0, 0), await Add(null, null, "Royal"));
        await App.Execute("update seat set position_x = 2147483647 where event_id = @Id and row_name = 'C'", new { staged.Id });
        Assert.Equal((int.MaxValue, 2), await Add("Floor", "C", "Last"));

        async Task<(int, int)> Add(string? section, string? rowName, string seatNumber)
        {
            var seat = (await administrator.Post($"/api/admin/seats/event/{staged.Id}", new { staged.Numbered.CategoryId, section, rowName, seatNumber })).Succeeded(201);
            return (seat["positionX"].GetInt32(), seat["positionY"].GetInt32());
        }
    }

    [Fact]
    public async Task Seats_that_are_entered_at_once_are_put_beside_each_other()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 0);
        var administrator = await App.Administrator();
        await using var busy = await InTheMiddle.Of(App, "select from event where id = @Id for no key update", new { staged.Id });

        var adding = new[] { "Left", "Right" }
            .Select(seatNumber => administrator.Post($"/api/admin/seats/event/{staged.Id}", new { staged.Numbered.CategoryId, section = "Floor", rowName = "A", seatNumber })).ToArray();
        await busy.IsWaitedFor(others: 2);
        await busy.GivesUp();

        Assert.Equal([3, 4], (await Task.WhenAll(adding)).Select(seat => seat.Succeeded(201)["positionX"].GetInt32()).Order());
    }

    [Fact]
    public async Task A_seat_is_renamed_and_moved_on_the_map_and_the_log_says_what_was_before()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var seat = staged.Numbered.Seats[0];
        var administrator = await App.Administrator();

        var changed = (await administrator.Patch($"/api/admin/seats/{seat}", new { seatNumber = "9", rowName = "", positionX = 40, clearFields = new[] { "positionY" } })).Succeeded();
        Assert.Equal(("9", "9", 40), (changed["seatLabel"].GetString(), changed["seatNumber"].GetString(), changed["positionX"].GetInt32()));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (changed["rowName"].ValueKind, changed["positionY"].ValueKind));
        Assert.Equal(changed.Text, (await administrator.Patch($"/api/admin/seats/{seat}", new { seatNumber = "9" })).Succeeded().Text);
        Assert.Equal(changed.Text, (await administrator.Get($"/api/admin/seats/{seat}")).Succeeded().Text);
        Assert.Equal(
            ["Floor-A1 → 9"],
            await App.Rows<string>("select format('%s → %s', details->'seatLabel'->>'before', details->'seatLabel'->>'after') from admin_log where action = 'update_seat' and entity_id = @seat", new { seat }));

        (await administrator.Patch($"/api/admin/seats/{seat}", new { seatNumber = "2", rowName = "A" })).Refused(409, "seat.duplicate");
        (await administrator.Patch($"/api/admin/seats/{seat}", new { status = "booked" })).RefusedField("status");
        (await administrator.Patch($"/api/admin/seats/{seat}", new { seatNumber = "" })).RefusedField("seatNumber");
        (await administrator.Patch($"/api/admin/seats/{seat}", new { clearFields = new[] { "seatNumber" } })).RefusedField("clearFields");
        (await administrator.Patch($"/api/admin/seats/{seat}", new { categoryId = 987654 })).RefusedField("categoryId");
        (await administrator.Patch("/api/admin/seats/987654321", new { positionX = 1 })).Refused(404, "seat.not_found");
    }

    [Fact]
    public async Task A_seat_goes_to_another_category_and_both_count_right()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 3);
        var seat = staged.Numbered.Seats[0];
        var administrator = await App.Administrator();

        var moved = (await administrator.Patch($"/api/admin/seats/{seat}", new { staged.Standing.CategoryId })).Succeeded();

        Assert.Equal(staged.Standing.CategoryId, moved["categoryId"].GetInt64());
        Assert.Equal(
            ["Stalls: 0 general", "Standing: 1 assigned"],
            await App.Rows<string>("select name || ': ' || total_seats || ' ' || seating_type from seat_category where event_id = @Id order by name", new { staged.Id }));
    }

    [Fact]
    public async Task Moving_a_seat_and_adding_up_what_was_booked_take_the_categories_in_one_order()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 3);
        var (from, to) = (staged.Numbered.CategoryId, staged.Standing.CategoryId);
        Assert.True(from < to);
        var administrator = await App.Administrator();
        await using var addingUp = await InTheMiddle.Of(App, "select from seat_category where id = @from for no key update", new { from });

        var moving = administrator.Patch($"/api/admin/seats/{staged.Numbered.Seats[0]}", new { categoryId = to });
        await addingUp.IsWaitedFor();
        await addingUp.Does("select from seat_category where id = @to for no key update", new { to });
        await addingUp.Commits();

        (await moving).Succeeded();
    }

    [Fact]
    public async Task Moving_a_seat_and_buying_take_the_seats_in_one_order()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 3);
        var administrator = await App.Administrator();
        var seat = (await administrator.Post($"/api/admin/seats/event/{staged.Id}", new { staged.Numbered.CategoryId, seatNumber = "Late" })).Succeeded(201).Id;
        await using var buying = await InTheMiddle.Of(App, "select from seat where category_id = @CategoryId order by id for update", new { staged.Standing.CategoryId });

        var moving = administrator.Patch($"/api/admin/seats/{seat}", new { staged.Standing.CategoryId });
        await buying.IsWaitedFor();
        await buying.Does("select from seat where id = @seat for update", new { seat });
        await buying.GivesUp();

        (await moving).Succeeded();
    }

    [Fact]
    public async Task A_seat_that_a_live_cart_may_take_again_stays_in_its_category()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 3);
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));
        var administrator = await App.Administrator();

        (await administrator.Patch($"/api/admin/seats/{staged.Numbered.Seats[0]}", new { staged.Standing.CategoryId })).Refused(409, "seat.in_use");
        (await administrator.Patch($"/api/admin/seats/{staged.Numbered.Seats[0]}", new { positionX = 9 })).Succeeded();
        (await asha.ChecksOut()).Succeeded(201);
    }

    [Fact]
    public async Task Blocking_takes_a_seat_out_of_sale_and_unblocking_puts_it_back()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var seat = staged.Numbered.Seats[0];
        var administrator = await App.Administrator();

        Assert.Equal("blocked", (await administrator.Post($"/api/admin/seats/{seat}/block")).Succeeded()["status"].GetString());
        Assert.Equal("blocked", (await administrator.Post($"/api/admin/seats/{seat}/block")).Succeeded()["status"].GetString());
        (await (await App.NewBuyer()).Adds(staged.Numbered, seat)).Refused(409, "seat.taken");
        (await administrator.Post($"/api/admin/seats/{seat}/release")).Refused(409, "seat.blocked");
        Assert.Equal("available", (await administrator.Post($"/api/admin/seats/{seat}/unblock")).Succeeded()["status"].GetString());
        Assert.Equal("available", (await administrator.Post($"/api/admin/seats/{seat}/unblock")).Succeeded()["status"].GetString());
        Assert.Equal("blocked", (await administrator.Patch($"/api/admin/seats/{seat}", new { status = "blocked" })).Succeeded()["status"].GetString());

        Assert.Equal(
            ["block_seat: available → blocked", "unblock_seat: blocked → available", "update_seat: available → blocked"],
            await App.Rows<string>(
                "select format('%s: %s → %s', action, details->'status'->>'before', details->'status'->>'after') from admin_log where entity_type = 'seat' and entity_id = @seat order by id", new { seat }));
    }

    [Theory]
    [InlineData("held")]
    [InlineData("booked")]
    public async Task A_seat_that_is_held_or_sold_is_neither_changed_nor_removed(string how)
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var seat = staged.Numbered.Seats[0];
        var administrator = await App.Administrator();
        await using var state = await StateOfSeats.Set(App, staged.Id, held: how == "held" ? [seat] : [], booked: how == "booked" ? [seat] : []);

        (await administrator.Patch($"/api/admin/seats/{seat}", new { status = "blocked" })).Refused(409, "seat.in_use");
        (await administrator.Post($"/api/admin/seats/{seat}/block")).Refused(409, "seat.in_use");
        (await administrator.Post($"/api/admin/seats/{seat}/unblock")).Refused(409, "seat.in_use");
        (await administrator.Delete($"/api/admin/seats/{seat}")).Refused(409, "seat.in_use");
        Assert.Equal(0, await App.Value<int>("select count(*) from admin_log where entity_type = 'seat' and entity_id = @seat", new { seat }));
    }

    [Fact]
    public async Task A_lock_that_is_ended_is_a_lock_that_ran_out()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 5);
        var (first, second) = (staged.Numbered.Seats[0], staged.Numbered.Seats[1]);
        var (asha, ravi, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Numbered, first, second)).Succeeded();

        Assert.Equal("available", (await administrator.Post($"/api/admin/seats/{first}/release")).Succeeded()["status"].GetString());
        Assert.Equal("available", (await administrator.Post($"/api/admin/seats/{first}/release")).Succeeded()["status"].GetString());
        Assert.Equal(1, await App.Value<int>("select count(*) from admin_log where action = 'force_release_seat' and entity_id = @first", new { first }));
        Assert.Equal("Seat lock expired, re-locking required", (await asha.Get("/api/cart/validate")).Succeeded()["warnings"][0].GetString());

        (await ravi.Adds(staged.Numbered, first)).Succeeded();
        (await asha.Adds(staged.Standing, 1)).Succeeded();
        Assert.Empty(await App.Invariants());
        Assert.Equal("available", (await administrator.Get($"/api/admin/seats/{second}")).Succeeded()["status"].GetString());
        (await asha.ChecksOut()).Refused(409, "seat.taken");
        (await ravi.ClearsCart()).Succeeded();
        var booking = (await asha.ChecksOut()).Succeeded(201);

        (await administrator.Post($"/api/admin/seats/{first}/release")).Refused(409, "seat.booked");
        Assert.Equal(3, booking["items"].EnumerateArray().Count());
    }

    [Fact]
    public async Task A_lock_that_changes_hands_while_it_is_ended_is_ended_for_whoever_has_it_then()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var (asha, ravi, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats)).Succeeded();
        var cart = (await ravi.Post("/api/cart", new { eventId = staged.Id })).Succeeded().Id;
        await using var changing = await InTheMiddle.Of(App, "update seat set cart_id = @cart where event_id = @Id", new { cart, staged.Id });

        var releasing = administrator.Post($"/api/admin/seats/{staged.Numbered.Seats[0]}/release");
        await changing.IsWaitedFor();
        await changing.Does("update cart_item set cart_id = @cart where category_id = @CategoryId", new { cart, staged.Numbered.CategoryId });
        await changing.Commits();

        Assert.Equal("available", (await releasing).Succeeded()["status"].GetString());
        Assert.Equal(cart, await App.Value<long>("select (details->>'cartId')::bigint from admin_log where action = 'force_release_seat' and entity_id = @seat", new { seat = staged.Numbered.Seats[0] }));
    }

    [Fact]
    public async Task Locks_that_ran_out_are_cleared_once_and_live_ones_stay()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 10, standing: 10);
        var (asha, ravi, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await administrator.Post("/api/admin/seats/release-expired")).Succeeded();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..3])).Succeeded();
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[2..4])).Succeeded();

        Assert.Equal("""{"message":"Released 4 expired seat locks","count":4}""", (await administrator.Post("/api/admin/seats/release-expired")).Succeeded().Text);
        Assert.Equal(0, (await administrator.Post("/api/admin/seats/release-expired")).Succeeded()["count"].GetInt32());
        Assert.Equal(1, await App.Value<int>("select count(*) from admin_log where action = 'release_expired_locks' and (details->>'count')::int = 4"));
        Assert.Equal(2, (await ravi.Cart()).Succeeded()["itemCount"].GetInt32());
        (await ravi.ChecksOut()).Succeeded(201);
    }

    [Fact]
    public async Task With_its_last_seat_a_category_becomes_one_for_standing_places_again()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var administrator = await App.Administrator();

        foreach (var seat in staged.Numbered.Seats)
        {
            Assert.Equal("""{"success":true,"message":"Seat deleted successfully"}""", (await administrator.Delete($"/api/admin/seats/{seat}")).Succeeded().Text);
            (await administrator.Get($"/api/admin/seats/{seat}")).Refused(404, "seat.not_found");
        }

        var category = (await administrator.Get($"/api/admin/events/{staged.Id}/categories")).Succeeded().Json[0];
        Assert.Equal(("general", 0), (category.GetProperty("seatingType").GetString(), category.GetProperty("totalSeats").GetInt32()));
        (await administrator.Patch($"/api/admin/events/categories/{staged.Numbered.CategoryId}", new { totalSeats = 7 })).Succeeded();
        (await (await App.NewBuyer()).Adds(staged.Id, staged.Numbered.CategoryId, quantity: 7)).Succeeded();
    }

    [Fact]
    public async Task A_seat_that_was_once_sold_leaves_the_house_and_its_old_ticket_keeps_its_name()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Books(staged.Numbered, staged.Numbered.Seats[0]);
        await App.Advance(TimeSpan.FromMinutes(20));
        await App.RunTimer("BookingExpiry");

        (await administrator.Delete($"/api/admin/seats/{staged.Numbered.Seats[0]}")).Succeeded();

        (await administrator.Get($"/api/admin/seats/{staged.Numbered.Seats[0]}")).Refused(404, "seat.not_found");
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Refused(404, "seat.not_found");
        Assert.Contains("Floor-A1", (await asha.Booking(booking)).Succeeded().Text, StringComparison.Ordinal);
        Assert.Equal(1, (await administrator.Get($"/api/admin/seats/event/{staged.Id}/counts")).Succeeded()["available"].GetInt32());
        var again = (await administrator.Post($"/api/admin/seats/event/{staged.Id}", new { staged.Numbered.CategoryId, section = "Floor", rowName = "A", seatNumber = "1" })).Succeeded(201);
        (await asha.Buys(staged.Numbered, again.Id)).Succeeded();
    }

    [Fact]
    public async Task Of_a_buyer_and_an_administrator_who_blocks_or_removes_the_same_seat_one_is_first()
    {
        var staged = await App.AnEvent(rows: 4, seatsPerRow: 10, standing: 0);
        var seats = staged.Numbered.Seats;
        var (buyers, administrator) = (await App.NewBuyers(seats.Length), await App.Administrator());

        var holding = seats.Select((seat, at) => buyers[at].Adds(staged.Numbered, seat)).ToArray();
        var meddling = seats.Select((seat, at) => at % 2 == 0 ? administrator.Post($"/api/admin/seats/{seat}/block") : administrator.Delete($"/api/admin/seats/{seat}")).ToArray();
        var (held, meddled) = (await Task.WhenAll(holding), await Task.WhenAll(meddling));

        for (var at = 0; at < seats.Length; at++)
        {
            Assert.True(held[at].Status == 200 ^ meddled[at].Status == 200, $"{held[at]}\n{meddled[at]}");
            Assert.Contains(held[at].Code, new[] { null, "seat.taken", "seat.not_found" });
            Assert.Contains(meddled[at].Code, new[] { null, "seat.in_use" });
        }
    }

    [Fact]
    public async Task Administrators_who_change_different_fields_of_a_seat_at_once_all_have_their_way()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0);
        var (seat, administrator) = (staged.Numbered.Seats[0], await App.Administrator());
        await using var busy = await InTheMiddle.Of(App, "select from seat where id = @seat for update", new { seat });

        var changing = new object[] { new { rowName = "Z" }, new { positionX = 77 }, new { status = "blocked" } }
            .Select(change => administrator.Patch($"/api/admin/seats/{seat}", change)).ToArray();
        await busy.IsWaitedFor(others: 3);
        await busy.GivesUp();

        Assert.All(await Task.WhenAll(changing), answer => answer.Succeeded());
        var changed = (await administrator.Get($"/api/admin/seats/{seat}")).Succeeded();
        Assert.Equal(("Floor-Z1", 77, "blocked"), (changed["seatLabel"].GetString(), changed["positionX"].GetInt32(), changed["status"].GetString()));
    }

    /// <summary>Both wait for the same seat, the buyer in front.</summary>
    [Fact]
    public async Task A_seat_that_a_buyer_gets_first_is_not_changed_under_them()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0);
        var (seat, asha, administrator) = (staged.Numbered.Seats[0], await App.NewBuyer(), await App.Administrator());
        await using var busy = await InTheMiddle.Of(App, "select from seat where id = @seat for update", new { seat });

        var adding = asha.Adds(staged.Numbered, seat);
        await busy.IsWaitedFor();
        var blocking = administrator.Patch($"/api/admin/seats/{seat}", new { status = "blocked" });
        await busy.IsWaitedFor(others: 2);
        await busy.GivesUp();

        (await adding).Succeeded();
        (await blocking).Refused(409, "seat.in_use");
        (await asha.ChecksOut()).Succeeded(201);
    }

    [Fact]
    public async Task A_checkout_and_the_end_of_its_lock_do_not_hurt_each_other()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 10, standing: 0);
        var seats = staged.Numbered.Seats;
        var (buyers, administrator) = (await App.NewBuyers(seats.Length), await App.Administrator());
        await Task.WhenAll(seats.Select((seat, at) => buyers[at].Adds(staged.Numbered, seat)));

        var checkouts = buyers.Select(buyer => buyer.ChecksOut()).ToArray();
        var releases = seats.Select(seat => administrator.Post($"/api/admin/seats/{seat}/release")).ToArray();

        Assert.All(await Task.WhenAll(checkouts), answer => answer.Succeeded(201));
        Assert.All(await Task.WhenAll(releases), answer => Assert.Contains(answer.Code, new[] { null, "seat.booked" }));
        Assert.Equal(seats.Length, await App.Value<int>("select count(*) from seat where event_id = @Id and booking_id is not null", new { staged.Id }));
    }

    [Fact]
    public async Task Twenty_thousand_seats_are_listed_at_once()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0, published: false);
        var administrator = await App.Administrator();
        foreach (var section in new[] { "East", "West" })
        {
            (await administrator.Post($"/api/admin/seats/event/{staged.Id}/bulk", new { staged.Numbered.CategoryId, section, rows = Enumerable.Range(1, 100).Select(row => $"{row}"), seatsPerRow = 100 })).Succeeded(201);
        }

        var all = (await administrator.Get($"/api/admin/seats/event/{staged.Id}")).Succeeded().Json;

        Assert.Equal(20_001, all.GetArrayLength());
        Assert.Equal("West-100100", all[20_000].GetProperty("seatLabel").GetString());
    }
}
