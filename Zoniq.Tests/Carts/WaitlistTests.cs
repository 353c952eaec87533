using System.Text.Json;

namespace Zoniq.Tests.Carts;

/// <summary>Who waits for what, what is offered, and what becomes of an offer.</summary>
public sealed class WaitlistTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync() => App.NobodyWaits();

    [Fact]
    public async Task Whoever_waits_longest_is_offered_what_becomes_free_and_hears_of_it()
    {
        var staged = await App.AnEvent(rows: 0, standing: 2);
        var ravi = await App.NewBuyer();
        (await ravi.Adds(staged.Standing, 2)).Succeeded();
        var (asha, meera) = (await App.NewBuyer(), await App.NewBuyer());
        var joined = (await asha.WaitsFor(staged.Standing, 2)).Succeeded(201);
        Assert.Equal(("waiting", 1, "Standing", 2), (joined["status"].GetString(), joined["position"].GetInt32(), joined["categoryName"].GetString(), joined["quantity"].GetInt32()));
        Assert.Equal(2, (await meera.WaitsFor(staged.Standing)).Succeeded(201)["position"].GetInt32());

        Assert.Equal(0, await App.Offers());
        (await ravi.ClearsCart()).Succeeded();
        await App.RunTimer("WaitlistOffers");

        var entry = await asha.Entry(staged.Id);
        Assert.Equal("offered", entry.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("position").ValueKind);
        var cart = (await asha.Cart()).Succeeded();
        Assert.Equal(entry.GetProperty("cartId").GetInt64(), cart.Id);
        Assert.True(cart["isWaitlistOffer"].GetBoolean());
        Assert.Equal(2, cart["itemCount"].GetInt32());
        Assert.Equal(entry.GetProperty("offerExpiresAt").GetString(), cart["expiresAt"].GetString());
        Assert.Equal(cart["expiresAt"].GetString(), cart["items"][0].GetProperty("lockedUntil").GetString());
        Assert.InRange(cart["expiresAt"].GetDateTimeOffset() - App.Now, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        Assert.Equal(("waiting", 1), ((await meera.Entry(staged.Id)).GetProperty("status").GetString(), (await meera.Entry(staged.Id)).GetProperty("position").GetInt32()));

        await App.RunTimer("MailOutbox");
        var mail = App.Inbox.MailsTo(asha.Email).Single().Message;
        Assert.Equal("Tickets available - An Evening of Sitar | ZONIQ", mail.Subject);
        Assert.All([mail.TextBody, mail.HtmlBody], body =>
        {
            Assert.Contains("30 minutes", body, StringComparison.Ordinal);
            Assert.Contains($"http://localhost:3000/cart?event_id={staged.Id}", body, StringComparison.Ordinal);
            Assert.Contains("Standing: 2 places", body, StringComparison.Ordinal);
            Assert.Contains("Shanmukhananda Hall", body, StringComparison.Ordinal);
            Assert.DoesNotContain("/settings/notifications", body, StringComparison.Ordinal);
        });
        Assert.Empty(App.Inbox.MailsTo(meera.Email));

        await App.Advance(TimeSpan.FromMinutes(29));
        (await asha.ChecksOut()).Succeeded(201);
        Assert.Equal("fulfilled", await asha.Standing(staged.Id));
    }

    [Fact]
    public async Task Whoever_let_an_offer_go_keeps_what_they_put_into_its_cart_instead()
    {
        await App.NobodyWaits();
        var staged = await App.AnEvent(rows: 1, standing: 1);
        var (holder, asha) = (await App.NewBuyer(), await App.NewBuyer());
        (await holder.Adds(staged.Standing)).Succeeded();
        (await asha.WaitsFor(staged.Standing)).Succeeded(201);
        (await holder.ClearsCart()).Succeeded();
        Assert.Equal(1, await App.Offers());
        var offered = (await asha.Cart())["items"][0].GetProperty("id");
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        (await asha.Delete($"/api/cart/items/{offered}")).Succeeded();
        await App.Offers();

        (await asha.GivesUpWaiting(staged.Id)).Refused(404, "waitlist.not_found");

        Assert.Equal(1, (await asha.Cart()).Succeeded()["itemCount"].GetInt32());
    }

    [Fact]
    public async Task An_offer_that_is_not_used_is_not_made_again_and_passes_on()
    {
        var standing = await SoldOut(1);
        var people = await App.LineUp(standing.Places, 1, 1);
        (await standing.Holder.ClearsCart()).Succeeded();
        Assert.Equal(1, await App.Offers());

        await App.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(["expired", "waiting"], await people.Standing(standing.Places.EventId));
        (await people[0].ChecksOut()).Refused(410, "cart.expired");
        Assert.Equal(1, await App.Offers());
        Assert.Equal(0, await App.Offers());

        Assert.Equal(["expired", "offered"], await people.Standing(standing.Places.EventId));
        (await people[1].ChecksOut()).Succeeded(201);
        Assert.Equal(1, await App.Value<long>("select count(*) from mail where template = 'waitlist_offered' and recipient = @Email", new { people[0].Email }));
    }

    [Theory]
    [InlineData("cleared")]
    [InlineData("line removed")]
    [InlineData("left")]
    public async Task An_offer_that_is_given_back_passes_on_at_once(string how)
    {
        var standing = await SoldOut(2);
        var people = await App.LineUp(standing.Places, 2, 2);
        (await standing.Holder.ClearsCart()).Succeeded();
        await App.Offers();

        var item = (await people[0].Cart())["items"][0].GetProperty("id").GetInt64();
        (await (how switch
        {
            "cleared" => people[0].ClearsCart(),
            "line removed" => people[0].Delete($"/api/cart/items/{item}"),
            _ => people[0].GivesUpWaiting(standing.Places.EventId),
        })).Succeeded();
        Assert.Equal(1, await App.Offers());

        Assert.Equal([how == "left" ? "left" : "expired", "offered"], await people.Standing(standing.Places.EventId));
        (await people[0].WaitsFor(standing.Places)).Succeeded(201);
    }

    [Theory]
    [InlineData("cart runs out")]
    [InlineData("booking is not paid")]
    [InlineData("booking is cancelled")]
    [InlineData("everything is refunded")]
    [InlineData("more places are built")]
    public async Task However_a_place_becomes_free_it_goes_to_whoever_waits(string how)
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var (ravi, asha, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await ravi.Adds(staged.Standing)).Succeeded();
        var booking = how == "cart runs out" ? 0 : (await ravi.ChecksOut()).Succeeded(201).Id;
        if (how is "booking is cancelled" or "everything is refunded")
        {
            await ravi.PaysFor(booking);
        }

        (await asha.WaitsFor(staged.Standing)).Succeeded(201);
        switch (how)
        {
            case "cart runs out":
                await App.Advance(TimeSpan.FromMinutes(7));
                break;
            case "booking is not paid":
                await App.Advance(TimeSpan.FromMinutes(16));
                await App.RunTimer("BookingExpiry");
                break;
            case "booking is cancelled":
                (await ravi.Post($"/api/bookings/{booking}/cancel", new { })).Succeeded();
                break;
            case "everything is refunded":
                var payment = await App.Value<long>("select id from payment where booking_id = @booking", new { booking });
                (await office.Post($"/api/admin/payments/{payment}/refund", new { reason = "Ill" })).Succeeded(201);
                break;
            default:
                (await office.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { totalSeats = 2 })).Succeeded();
                break;
        }

        (await (await App.NewBuyer()).Adds(staged.Standing)).Refused(409, "category.sold_out");
        Assert.Equal(1, await App.Offers());
        Assert.Equal("offered", await asha.Standing(staged.Id));
    }

    [Fact]
    public async Task Numbered_seats_are_offered_side_by_side_and_shown_as_locked_until_then()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 5, standing: 0);
        var (ravi, asha, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        var seats = staged.Numbered.Seats;
        foreach (var seat in seats)
        {
            (await office.Post($"/api/admin/seats/{seat}/block")).Succeeded();
        }

        (await asha.WaitsFor(staged.Numbered, 3)).Succeeded(201);
        foreach (var seat in new[] { seats[0], seats[2], seats[6], seats[7], seats[8] })
        {
            (await office.Post($"/api/admin/seats/{seat}/unblock")).Succeeded();
        }

        // Two of the five can be bought, and nobody can say which.
        Assert.Equal(2, await App.OnSale(staged.Numbered.CategoryId));
        (await ravi.Adds(staged.Numbered, seats[0], seats[2], seats[6])).Refused(409, "seat.taken");
        (await ravi.Adds(staged.Numbered, seats[0], seats[2])).Succeeded();

        var map = (await App.Nobody.Get($"/api/events/{staged.Id}/seats")).Succeeded();
        Assert.Equal(0, map["availableSeats"].GetInt64());
        Assert.Equal(0, map["categories"][0].GetProperty("availableSeats").GetInt64());
        Assert.DoesNotContain("available", map["seats"].EnumerateArray().Select(seat => seat.GetProperty("status").GetString()));
        await App.Advance(TimeSpan.FromSeconds(2));
        var shown = (await App.Nobody.Get($"/api/events/{staged.Id}")).Succeeded();
        Assert.Equal((0, true, false), (shown["availableSeats"].GetInt64(), shown["isSoldOut"].GetBoolean(), shown["isBookingOpen"].GetBoolean()));
        Assert.Equal([seats[6], seats[7], seats[8]], (await (await App.NewBuyer()).Adds(staged.Numbered, seats[6..9])).Refused(409, "seat.taken")["seats"].EnumerateArray().Select(seat => seat.GetProperty("seatId").GetInt64()));

        Assert.Equal(1, await App.Offers());
        Assert.Equal(seats[6..9], (await asha.Cart())["items"][0].GetProperty("seatIds").EnumerateArray().Select(seat => seat.GetInt64()));
        await App.RunTimer("MailOutbox");
        Assert.Contains("Stalls: Floor-B2, Floor-B3, Floor-B4", App.Inbox.MailsTo(asha.Email).Single().Message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_a_map_hears_when_seats_are_kept_and_when_they_are_on_sale_again()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 0);
        var (ravi, asha) = (await App.NewBuyer(), await App.NewBuyer());
        var path = $"/api/events/{staged.Id}/seats";
        (await ravi.Adds(staged.Numbered, staged.Numbered.Seats)).Succeeded();
        (await asha.WaitsFor(staged.Numbered, 2)).Succeeded(201);
        await App.RunTimer("SeatNews");
        await App.Advance(TimeSpan.FromSeconds(1));
        var full = (await App.Nobody.Get(path)).Succeeded();

        (await ravi.ClearsCart()).Succeeded();
        await App.RunTimer("SeatNews");
        await App.Advance(TimeSpan.FromSeconds(1));
        var kept = (await App.Nobody.Get($"{path}?since={full["version"]}")).Succeeded();
        Assert.Equal(["locked", "locked"], kept["seats"].EnumerateArray().Select(seat => seat.GetProperty("status").GetString()));

        (await asha.GivesUpWaiting(staged.Id)).Succeeded();
        await App.RunTimer("SeatNews");
        await App.Advance(TimeSpan.FromSeconds(1));
        var free = (await App.Nobody.Get($"{path}?since={kept["version"]}")).Succeeded();
        Assert.False(free["full"].GetBoolean());
        Assert.Equal(["available", "available"], free["seats"].EnumerateArray().Select(seat => seat.GetProperty("status").GetString()));
        Assert.Equal(2, free["availableSeats"].GetInt64());
    }

    [Fact]
    public async Task An_offer_needs_no_turn_in_the_queue_but_what_is_added_to_it_does()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 2);
        var (ravi, asha, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await ravi.Adds(staged.Standing, 2)).Succeeded();
        (await asha.WaitsFor(staged.Standing, 2)).Succeeded(201);
        (await office.Patch($"/api/admin/events/{staged.Id}", new { queueEnabled = true })).Succeeded();
        (await ravi.ClearsCart()).Succeeded();
        await App.Offers();

        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Refused(403, "queue.not_admitted");
        (await asha.ChecksOut()).Succeeded(201);
        Assert.Equal("fulfilled", await asha.Standing(staged.Id));
    }

    [Fact]
    public async Task What_is_added_to_an_offer_neither_lengthens_nor_shortens_it()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 2);
        var (ravi, asha) = (await App.NewBuyer(), await App.NewBuyer());
        (await ravi.Adds(staged.Standing, 2)).Succeeded();
        (await asha.WaitsFor(staged.Standing, 2)).Succeeded(201);
        (await ravi.ClearsCart()).Succeeded();
        await App.Offers();
        var ends = (await asha.Cart())["expiresAt"].GetDateTimeOffset();

        await App.Advance(TimeSpan.FromMinutes(20));
        var cart = (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        Assert.Equal(ends, cart["expiresAt"].GetDateTimeOffset());
        Assert.Equal(ends, cart["items"][0].GetProperty("lockedUntil").GetDateTimeOffset());
        Assert.InRange(cart["items"][1].GetProperty("lockedUntil").GetDateTimeOffset() - App.Now, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(7));

        // One fewer is no other offer, and goes on to others.
        var fewer = (await asha.Patch($"/api/cart/items/{cart["items"][0].GetProperty("id")}", new { quantity = 1 })).Succeeded();
        Assert.Equal(ends, fewer["expiresAt"].GetDateTimeOffset());
        await App.Advance(TimeSpan.FromMinutes(9));
        (await asha.ChecksOut()).Succeeded(201);
        Assert.Equal("fulfilled", await asha.Standing(staged.Id));
        Assert.Equal(1, await App.OnSale(staged.Standing.CategoryId));
    }

    [Fact]
    public async Task Whoever_has_a_cart_for_the_event_is_passed_over_and_keeps_their_place()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 1);
        var ravi = await App.NewBuyer();
        (await ravi.Adds(staged.Standing)).Succeeded();
        var people = await App.LineUp(staged.Standing, 1, 1);
        (await people[0].Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        (await ravi.ClearsCart()).Succeeded();

        Assert.Equal(1, await App.Offers());
        Assert.Equal(["waiting", "offered"], await people.Standing(staged.Id));

        (await people[0].ClearsCart()).Succeeded();
        (await people[1].ClearsCart()).Succeeded();
        Assert.Equal(1, await App.Offers());
        Assert.Equal(["offered", "expired"], await people.Standing(staged.Id));
    }

    [Fact]
    public async Task Joining_is_for_what_is_sold_out_and_once()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 3, maxTicketsPerBooking: 4);
        var (other, hidden) = (await App.AnEvent(), await App.AnEvent(published: false));
        var (early, late) = (await App.AnEvent(opens: TimeSpan.FromDays(1)), await App.AnEvent(opens: TimeSpan.FromDays(-3), closes: TimeSpan.FromDays(-1)));
        var (ravi, asha) = (await App.NewBuyer(), await App.NewBuyer());

        (await asha.WaitsFor(staged.Standing, 3)).Refused(409, "waitlist.not_sold_out");
        (await ravi.Adds(staged.Standing, 1)).Succeeded();
        (await asha.WaitsFor(staged.Standing, 2)).Refused(409, "waitlist.not_sold_out");
        Assert.Equal(1, (await asha.WaitsFor(staged.Standing, 3)).Succeeded(201)["position"].GetInt32());
        (await asha.WaitsFor(staged.Standing, 4)).Refused(409, "waitlist.already_joined");
        (await asha.WaitsFor(staged.Standing, 5)).RefusedField("quantity");
        (await asha.WaitsFor(staged.Standing, 0)).RefusedField("quantity");
        (await asha.WaitsFor(staged.Id, other.Standing.CategoryId, 1)).Refused(404, "category.not_found");
        (await asha.WaitsFor(hidden.Standing)).Refused(404, "event.not_found");
        (await asha.WaitsFor(early.Standing)).Refused(409, "event.booking_closed");
        (await asha.WaitsFor(late.Standing)).Refused(409, "event.booking_closed");
        (await asha.Get($"/api/events/{hidden.Id}/waitlist")).Refused(404, "event.not_found");
        Assert.Empty((await ravi.Get($"/api/events/{staged.Id}/waitlist")).Succeeded()["entries"].EnumerateArray());
        (await ravi.GivesUpWaiting(staged.Id)).Refused(404, "waitlist.not_found");

        // What is free does not fit whoever waits, so it can be bought.
        (await ravi.Patch($"/api/cart/items/{(await ravi.Cart())["items"][0].GetProperty("id")}", new { quantity = 3 })).Succeeded();
        (await asha.GivesUpWaiting(staged.Id, staged.Standing.CategoryId)).Succeeded();
        (await asha.GivesUpWaiting(staged.Id)).Refused(404, "waitlist.not_found");
        Assert.Equal("left", await asha.Standing(staged.Id));
        (await asha.WaitsFor(staged.Standing, 1)).Succeeded(201);
    }

    [Fact]
    public async Task A_buyer_gets_what_is_left_over_also_when_a_quantity_is_raised_and_no_more()
    {
        var staged = await App.AnEvent(rows: 0, standing: 6);
        var (ravi, meera) = (await App.NewBuyer(), await App.NewBuyer());
        (await ravi.Adds(staged.Standing, 6)).Succeeded();
        await App.LineUp(staged.Standing, 2);
        var mine = (await ravi.Cart())["items"][0].GetProperty("id").GetInt64();
        (await ravi.Patch($"/api/cart/items/{mine}", new { quantity = 1 })).Succeeded();

        // Five are free, two of them kept.
        Assert.Equal(3, (await meera.Adds(staged.Standing, 4)).Refused(409, "category.sold_out")["available"].GetInt32());
        var item = (await meera.Adds(staged.Standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        Assert.Equal(1, (await meera.Patch($"/api/cart/items/{item}", new { quantity = 4 })).Refused(409, "category.sold_out")["available"].GetInt32());
        (await meera.Patch($"/api/cart/items/{item}", new { quantity = 3 })).Succeeded();
        Assert.Equal(0, await App.OnSale(staged.Standing.CategoryId));
        Assert.Equal(1, await App.Offers());
    }

    [Fact]
    public async Task A_lapsed_lock_is_taken_back_until_it_was_offered_to_somebody()
    {
        var standing = await SoldOut(2);
        var people = await App.LineUp(standing.Places, 1);
        await App.Advance(TimeSpan.FromMinutes(8));
        await App.Offers();

        Assert.Equal("offered", await people[0].Standing(standing.Places.EventId));
        Assert.Equal(1, (await standing.Holder.ChecksOut()).Refused(409, "category.sold_out")["categories"][0].GetProperty("available").GetInt32());

        var other = await SoldOut(2);
        await App.LineUp(other.Places, 1);
        await App.Advance(TimeSpan.FromMinutes(8));
        (await other.Holder.ChecksOut()).Succeeded(201);
        Assert.Equal(0, await App.Offers());
    }

    [Fact]
    public async Task A_standing_place_that_was_lost_is_replaced_at_checkout_by_one_that_nobody_waits_for()
    {
        var staged = await App.AnEvent(rows: 0, standing: 4);
        var (ravi, kavi, office) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        (await kavi.Adds(staged.Standing, 2)).Succeeded();
        (await ravi.Adds(staged.Standing, 2)).Succeeded();
        var people = await App.LineUp(staged.Standing, 3, 3);
        await App.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(1, await App.Offers());
        (await ravi.ChecksOut()).Refused(409, "category.sold_out");

        // Enough for the next who waits, and two more.
        (await office.Patch($"/api/admin/events/categories/{staged.Standing.CategoryId}", new { totalSeats = 8 })).Succeeded();
        (await ravi.ChecksOut()).Succeeded(201);
        Assert.Equal(1, await App.Offers());
        Assert.Equal(["offered", "offered"], await people.Standing(staged.Id));
    }

    [Fact]
    public async Task When_an_event_is_called_off_nobody_waits_for_it_any_more()
    {
        var standing = await SoldOut(2);
        var people = await App.LineUp(standing.Places, 1, 2);
        (await standing.Holder.Patch($"/api/cart/items/{(await standing.Holder.Cart())["items"][0].GetProperty("id")}", new { quantity = 1 })).Succeeded();
        await App.Offers();
        Assert.Equal(["offered", "waiting"], await people.Standing(standing.Places.EventId));

        (await (await App.Administrator()).Post($"/api/admin/events/{standing.Places.EventId}/cancel", new { reason = "Rain" })).Succeeded();

        Assert.Equal(["expired", "expired"], await App.Rows<string>("select status from waitlist_entry where category_id = @CategoryId order by id", new { standing.Places.CategoryId }));
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and cart_id is not null", new { standing.Places.CategoryId }));
        Assert.Equal(0, await App.Offers());
    }

    [Fact]
    public async Task Whoever_is_blocked_waits_no_more_and_their_offer_passes_on()
    {
        var standing = await SoldOut(1);
        var people = await App.LineUp(standing.Places, 1, 1, 1);
        (await standing.Holder.ClearsCart()).Succeeded();
        await App.Offers();
        var office = await App.Administrator();
        (await office.Post($"/api/admin/users/{people[0].Id}/block", new { reason = "Fraud" })).Succeeded();
        (await office.Post($"/api/admin/users/{people[1].Id}/block", new { reason = "Fraud" })).Succeeded();

        Assert.Equal(1, await App.Offers());

        Assert.Equal(["expired", "expired", "offered"], await App.Rows<string>("select status from waitlist_entry where category_id = @CategoryId order by id", new { standing.Places.CategoryId }));
    }

    [Fact]
    public async Task A_category_that_is_not_on_sale_offers_nothing_and_one_that_is_deleted_takes_its_list_with_it()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2);
        var (asha, office) = (await App.NewBuyer(), await App.Administrator());
        var path = $"/api/admin/events/categories/{staged.Numbered.CategoryId}";
        foreach (var seat in staged.Numbered.Seats)
        {
            (await office.Post($"/api/admin/seats/{seat}/block")).Succeeded();
        }

        (await asha.WaitsFor(staged.Numbered)).Succeeded(201);
        (await office.Patch(path, new { isActive = false })).Succeeded();
        (await office.Post($"/api/admin/seats/{staged.Numbered.Seats[0]}/unblock")).Succeeded();
        Assert.Equal(0, await App.Offers());
        Assert.Equal("waiting", await asha.Standing(staged.Id));
        (await (await App.NewBuyer()).WaitsFor(staged.Numbered)).Refused(404, "category.not_found");

        (await office.Delete(path)).Succeeded();
        Assert.Empty((await asha.Get($"/api/events/{staged.Id}/waitlist")).Succeeded()["entries"].EnumerateArray());
    }

    [Fact]
    public async Task When_booking_is_over_nobody_waits_and_an_offer_ends_with_it()
    {
        var staged = await App.AnEvent(rows: 0, standing: 2, closes: TimeSpan.FromMinutes(20));
        var ravi = await App.NewBuyer();
        (await ravi.Adds(staged.Standing, 2)).Succeeded();
        var people = await App.LineUp(staged.Standing, 1, 2);
        (await ravi.Patch($"/api/cart/items/{(await ravi.Cart())["items"][0].GetProperty("id")}", new { quantity = 1 })).Succeeded();
        await App.Offers();
        Assert.InRange((await people[0].Cart())["expiresAt"].GetDateTimeOffset() - App.Now, TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(20));

        await App.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal(0, await App.Offers());
        Assert.Equal(["expired", "expired"], await people.Standing(staged.Id));
    }

    [Fact]
    public async Task A_category_nobody_waits_for_pays_nothing_for_those_that_have_a_list()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Post("/api/cart", new { eventId = staged.Id })).Succeeded();
        (await ravi.Post("/api/cart", new { eventId = staged.Id })).Succeeded();

        var statements = await App.StatementsOf(async () =>
        {
            (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
            (await ravi.Adds(staged.Standing, 2)).Succeeded();
        });
        Assert.Equal(2, statements.Count(statement => statement.Contains("waitlist_entry", StringComparison.Ordinal)));
        Assert.DoesNotContain(statements, statement => statement.Contains("advisory", StringComparison.Ordinal) || statement.Contains("seats_kept", StringComparison.Ordinal));
    }

    private async Task<(StandingPlaces Places, Person Holder)> SoldOut(int places)
    {
        var standing = (await App.AnEvent(rows: 0, standing: places)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing, places)).Succeeded();
        return (standing, holder);
    }
}
