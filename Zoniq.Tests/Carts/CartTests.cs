using System.Text.Json;

namespace Zoniq.Tests.Carts;

/// <summary>What a cart allows, and for how long it holds.</summary>
public sealed class CartTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_cart_holds_what_was_added_and_knows_what_it_costs()
    {
        var staged = await App.AnEvent(price: 499.50m);
        var asha = await App.NewBuyer();

        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        var cart = (await asha.Adds(staged.Standing, 3)).Succeeded();

        Assert.Equal("active", cart["status"].GetString());
        Assert.Equal(5, cart["itemCount"].GetInt32());
        Assert.Equal("2497.50", cart["total"].GetRawText());
        Assert.Equal(staged.Numbered.Seats[..2], cart["items"][0].GetProperty("seatIds").EnumerateArray().Select(id => id.GetInt64()));
        Assert.Equal(JsonValueKind.Null, cart["items"][1].GetProperty("seatIds").ValueKind);
        Assert.Equal(5, (await asha.Get("/api/cart/count")).Succeeded()["count"].GetInt32());
    }

    [Fact]
    public async Task A_seat_of_another_category_or_event_twice_or_unknown_is_refused_and_nothing_is_held()
    {
        var (ours, other) = (await App.AnEvent(), await App.AnEvent());
        var asha = await App.NewBuyer();
        var seat = ours.Numbered.Seats[0];

        (await asha.Adds(ours.Numbered, seat, other.Numbered.Seats[0])).Refused(404, "seat.not_found");
        (await asha.Adds(ours.Numbered, seat, 999_999_999)).Refused(404, "seat.not_found");
        (await asha.Adds(ours.Numbered, seat, seat)).RefusedField("seatIds");
        (await asha.Post("/api/cart/items", new { eventId = ours.Id, seatCategoryId = ours.Standing.CategoryId, quantity = 0 })).RefusedField("quantity");
        (await asha.Adds(ours.Id, other.Numbered.CategoryId, seat)).Refused(404, "category.not_found");
        (await asha.Adds(ours.Id, ours.Numbered.CategoryId, 1)).Refused(422, "cart.seats_required");
        (await asha.Adds(ours.Id, ours.Standing.CategoryId, seat)).Refused(422, "cart.seats_not_allowed");
        (await asha.Adds(999_999_999, ours.Numbered.CategoryId, seat)).Refused(404, "event.not_found");

        Assert.Equal(0, await App.Value<long>("select count(*) from seat where cart_id is not null and event_id in (@Ours, @Other)", new { Ours = ours.Id, Other = other.Id }));
    }

    [Fact]
    public async Task The_ticket_limit_counts_the_whole_cart_also_chosen_seats()
    {
        var staged = await App.AnEvent(maxTicketsPerBooking: 4);
        var asha = await App.NewBuyer();

        Assert.Equal(4, (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..5])).Refused(409, "cart.ticket_limit")["limit"].GetInt32());
        var item = (await asha.Adds(staged.Standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..3])).Refused(409, "cart.ticket_limit");
        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 5 })).Refused(409, "cart.ticket_limit");
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        (await asha.Adds(staged.Standing, 1)).Refused(409, "cart.category_already_added");
    }

    [Theory]
    [InlineData(false, -1, 20, 404, "event.not_found")]
    [InlineData(true, 1, 20, 409, "event.booking_closed")]
    [InlineData(true, -20, -1, 409, "event.booking_closed")]
    public async Task What_is_not_on_sale_cannot_be_held(bool published, int opensInDays, int closesInDays, int status, string code)
    {
        var staged = await App.AnEvent(published: published, opens: TimeSpan.FromDays(opensInDays), closes: TimeSpan.FromDays(closesInDays));
        var asha = await App.NewBuyer();

        (await asha.Adds(staged.Standing)).Refused(status, code);
        (await asha.Post("/api/cart", new { eventId = staged.Id })).Refused(status, code);
    }

    [Fact]
    public async Task A_hold_that_ran_out_is_free_for_the_very_next_person_without_any_timer()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        (await asha.Adds(staged.Standing, 2)).Succeeded();

        await App.Advance(TimeSpan.FromMinutes(7));
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[1])).Succeeded();

        var refused = (await asha.ChecksOut()).Refused(409, "seat.taken");
        Assert.Equal(staged.Numbered.Seats[1], refused["seats"].EnumerateArray().Single().GetProperty("seatId").GetInt64());
        Assert.Equal(4, (await asha.Cart()).Succeeded()["itemCount"].GetInt32());
        var check = (await asha.Get("/api/cart/validate")).Succeeded();
        Assert.Equal(["Seat has been taken by another user"], check["errors"].EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(["Seat lock expired, re-locking required"], check["warnings"].EnumerateArray().Select(text => text.GetString()));    // of the standing places

        (await ravi.ClearsCart()).Succeeded();
        (await asha.ChecksOut()).Succeeded(201);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(51)]
    public async Task How_many_is_not_looked_at_when_seats_are_chosen(int quantity)
    {
        var seats = (await App.AnEvent()).Numbered;
        var asha = await App.NewBuyer();

        var cart = (await asha.Post("/api/cart/items", new { eventId = seats.EventId, seatCategoryId = seats.CategoryId, seatIds = seats.Seats[..2], quantity })).Succeeded(200);

        Assert.Equal(2, cart["itemCount"].GetInt32());
    }

    [Fact]
    public async Task A_hold_that_ran_out_and_nobody_wanted_is_simply_booked()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));

        Assert.Equal(["Seat lock expired, re-locking required"], (await asha.Get("/api/cart/validate")).Succeeded()["warnings"].EnumerateArray().Select(text => text.GetString()));
        (await asha.ChecksOut()).Succeeded(201);
    }

    [Fact]
    public async Task Standing_places_that_were_lost_are_replaced_by_others_at_checkout()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 5)).Standing;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(standing, 3)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));
        (await ravi.Adds(standing, 2)).Succeeded();
        (await asha.ChecksOut()).Succeeded(201);

        var meera = await App.NewBuyer();
        var refused = (await meera.Adds(standing, 1)).Refused(409, "category.sold_out");
        Assert.Equal(0, refused["available"].GetInt32());
    }

    [Fact]
    public async Task Standing_places_that_nobody_can_replace_are_refused_at_checkout_with_what_is_left()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 4)).Standing;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(standing, 3)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));
        (await ravi.Adds(standing, 2)).Succeeded();

        var category = (await asha.ChecksOut()).Refused(409, "category.sold_out")["categories"].EnumerateArray().Single();

        Assert.Equal(3, category.GetProperty("requested").GetInt32());
        Assert.Equal(2, category.GetProperty("available").GetInt32());
    }

    [Fact]
    public async Task Clearing_or_sweeping_a_cart_that_ran_out_never_frees_what_somebody_else_holds()
    {
        var staged = await App.AnEvent();
        var (asha, ravi, meera) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(16));
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();

        await App.RunTimer("HoldSweep");
        (await meera.Adds(staged.Numbered, staged.Numbered.Seats[0])).Refused(409, "seat.taken");
        (await ravi.ClearsCart()).Succeeded();

        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(8));
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        (await asha.ClearsCart(staged.Id)).Succeeded();
        (await meera.Adds(staged.Numbered, staged.Numbered.Seats[0])).Refused(409, "seat.taken");
        (await ravi.ChecksOut()).Succeeded(201);
    }

    [Fact]
    public async Task The_sweep_leaves_nothing_behind_of_carts_that_ran_out()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(16));
        (await asha.Adds(staged.Standing, 1)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(16));

        await App.RunTimer("HoldSweep");

        Assert.Equal(0, await App.Value<long>("select count(*) from seat where cart_id is not null and event_id = @Id", new { staged.Id }));
        (await asha.ChecksOut(staged.Id)).Refused(410, "cart.expired");
        Assert.Equal(JsonValueKind.Null, (await asha.Cart()).Succeeded().Json.ValueKind);
    }

    [Fact]
    public async Task A_line_that_lapsed_and_was_swept_grows_by_other_places_than_its_own()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 3)).Standing;
        var asha = await App.NewBuyer();
        var item = (await asha.Adds(standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        await App.Advance(TimeSpan.FromMinutes(8));
        await App.RunTimer("HoldSweep");
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where cart_id is not null and category_id = @CategoryId", new { standing.CategoryId }));

        Assert.Equal(3, (await asha.Patch($"/api/cart/items/{item}", new { quantity = 3 })).Succeeded()["itemCount"].GetInt32());
        Assert.Equal(3, await App.Value<long>("select count(*) from seat where cart_id is not null and category_id = @CategoryId", new { standing.CategoryId }));
        (await asha.ChecksOut()).Succeeded(201);
    }

    [Fact]
    public async Task Each_add_lifts_every_hold_of_the_cart_and_its_life()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(6));

        var cart = (await asha.Adds(staged.Standing, 1)).Succeeded();

        Assert.Single(cart["items"].EnumerateArray().Select(item => item.GetProperty("lockedUntil").GetDateTimeOffset()).Distinct());
        var ravi = await App.NewBuyer();
        await App.Advance(TimeSpan.FromMinutes(6));
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[0])).Refused(409, "seat.taken");
    }

    [Fact]
    public async Task A_quantity_goes_up_and_down_and_its_places_with_it()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 6)).Standing;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var item = (await asha.Adds(standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();

        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 6 })).Succeeded();
        (await ravi.Adds(standing, 1)).Refused(409, "category.sold_out");
        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 1 })).Succeeded();
        (await ravi.Adds(standing, 5)).Succeeded();
        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 2 })).Refused(409, "category.sold_out");

        await App.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(1, (await asha.Patch($"/api/cart/items/{item}", new { quantity = 1 })).Succeeded()["itemCount"].GetInt32());
        (await asha.Delete($"/api/cart/items/{item}")).Succeeded();
        (await asha.ChecksOut()).Refused(409, "cart.empty");
        (await asha.Delete($"/api/cart/items/{item}")).Refused(404, "cart.item_not_found");
    }

    [Fact]
    public async Task Of_a_category_that_was_taken_off_sale_a_cart_keeps_what_it_has_and_gets_no_more()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 6)).Standing;
        var asha = await App.NewBuyer();
        var item = (await asha.Adds(standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        var administrator = await App.Administrator();
        (await administrator.Patch($"/api/admin/events/categories/{standing.CategoryId}", new { isActive = false })).Succeeded();

        var refused = (await asha.Patch($"/api/cart/items/{item}", new { quantity = 3 })).Refused(409, "category.sold_out");

        Assert.Equal(0, refused["available"].GetInt32());
        Assert.Equal(1, (await asha.Patch($"/api/cart/items/{item}", new { quantity = 1 })).Succeeded()["itemCount"].GetInt32());
    }

    [Fact]
    public async Task Who_wants_more_than_is_left_is_told_how_many_there_are()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 6)).Standing;
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var item = (await asha.Adds(standing, 3)).Succeeded()["items"][0].GetProperty("id").GetInt64();

        Assert.Equal(3, (await ravi.Adds(standing, 4)).Refused(409, "category.sold_out")["available"].GetInt32());
        Assert.Equal(3, (await asha.Patch($"/api/cart/items/{item}", new { quantity = 7 })).Refused(409, "category.sold_out")["available"].GetInt32());
        (await ravi.Adds(standing, 3)).Succeeded();
    }

    [Fact]
    public async Task Lapsed_places_that_turn_out_to_be_free_are_kept_and_no_others_in_their_stead()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 6)).Standing;
        var asha = await App.NewBuyer();
        var item = (await asha.Adds(standing, 3)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        await App.Advance(TimeSpan.FromMinutes(8));
        (await (await App.Administrator()).Post("/api/admin/seats/release-expired")).Succeeded();

        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 3 })).Succeeded();

        (await (await App.NewBuyer()).Adds(standing, 3)).Succeeded();
    }

    [Fact]
    public async Task A_cart_that_ran_out_unnoticed_does_not_stand_before_one_that_lives()
    {
        var (first, second) = (await App.AnEvent(), await App.AnEvent());
        var asha = await App.NewBuyer();
        var line = (await asha.Adds(first.Standing, 1)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        await App.Advance(TimeSpan.FromMinutes(8));
        (await asha.Adds(second.Standing, 2)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(6));
        (await asha.Delete($"/api/cart/items/{line}")).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(second.Id, (await asha.ChecksOut()).Succeeded(201)["eventId"].GetInt64());
    }

    [Fact]
    public async Task After_a_cart_was_cleared_there_is_none_to_check_out()
    {
        var (first, second) = (await App.AnEvent(), await App.AnEvent());
        var asha = await App.NewBuyer();
        await asha.Books(first.Standing, 1);
        await App.Advance(TimeSpan.FromMinutes(1));
        (await asha.Adds(second.Standing, 1)).Succeeded();
        (await asha.ClearsCart()).Succeeded();

        (await asha.ChecksOut()).Refused(404, "cart.not_found");
    }

    [Fact]
    public async Task Numbered_seats_are_changed_by_removing_them()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var item = (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded()["items"][0].GetProperty("id").GetInt64();

        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 1 })).Refused(409, "cart.assigned_quantity");
        (await ravi.Delete($"/api/cart/items/{item}")).Refused(404, "cart.item_not_found");
        (await asha.Delete($"/api/cart/items/{item}")).Succeeded();
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
    }

    [Fact]
    public async Task A_cart_that_ran_out_is_gone_and_the_next_add_starts_another()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var first = (await asha.Adds(staged.Standing, 2)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(15));

        (await asha.Patch($"/api/cart/items/{first["items"][0].GetProperty("id").GetInt64()}", new { quantity = 1 })).Refused(410, "cart.expired");
        (await asha.ChecksOut()).Refused(410, "cart.expired");
        Assert.Equal("Cart has expired", (await asha.Get("/api/cart/validate")).Succeeded()["errors"][0].GetString());

        Assert.NotEqual(first.Id, (await asha.Adds(staged.Standing, 1)).Succeeded().Id);
    }

    [Fact]
    public async Task An_event_with_a_waiting_room_lets_nobody_in_who_was_not_admitted()
    {
        var staged = await App.AnEvent();
        await App.Execute("update event set queue_enabled = true where id = @Id", new { staged.Id });

        (await (await App.NewBuyer()).Adds(staged.Standing)).Refused(403, "queue.not_admitted");
    }
}
