using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>What many buyers do at once to the same places.</summary>
public sealed class HoldRaceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string LockOfCart = "select from cart where account_id = @Id for update";

    [Fact]
    public async Task Of_two_hundred_buyers_of_one_seat_exactly_one_gets_it_and_the_others_are_told_which()
    {
        var seats = (await App.AnEvent(rows: 1, seatsPerRow: 5)).Numbered;
        var buyers = await App.NewBuyers(200);

        var answers = await Task.WhenAll(buyers.Select(buyer => buyer.Adds(seats, seats.Seats[2])));

        Assert.Single(answers, answer => answer.Status == 200);
        var losers = answers.Where(answer => answer.Status != 200).ToArray();
        Assert.All(losers, answer => answer.Refused(409, "seat.taken"));
        Assert.All(losers, answer =>
        {
            var named = answer["seats"].EnumerateArray().Single();
            Assert.Equal(seats.Seats[2], named.GetProperty("seatId").GetInt64());
            Assert.Equal("Floor-A3", named.GetProperty("seatLabel").GetString());
        });
    }

    [Fact]
    public async Task What_somebody_has_in_a_cart_stays_there_while_the_office_looks_at_one_of_the_seats()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..3])).Succeeded();
        await using var office = await InTheMiddle.Of(App, "select from seat where id = @seat for update", new { seat = staged.Numbered.Seats[1] });

        (await asha.Adds(staged.Standing, 1)).Succeeded();

        Assert.Equal(3, await App.Value<long>("select count(*) from seat join cart on cart.id = seat.cart_id where account_id = @Id and label is not null", new { asha.Id }));
    }

    [Fact]
    public async Task A_standing_place_that_is_given_back_is_in_nobodys_cart_also_when_another_was_being_looked_at()
    {
        var standing = (await App.AnEvent()).Standing;
        var asha = await App.NewBuyer();
        var item = (await asha.Adds(standing, 3)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        await using var somebody = await InTheMiddle.Of(
            App, "select from seat where id = (select min(seat.id) from seat join cart on cart.id = seat.cart_id where account_id = @Id) for update", new { asha.Id });

        var change = asha.Patch($"/api/cart/items/{item}", new { quantity = 2 });
        await somebody.IsWaitedFor();
        await somebody.GivesUp();

        Assert.Equal(2, (await change).Succeeded()["itemCount"].GetInt32());
        Assert.Equal(2, await App.Value<long>("select count(*) from seat join cart on cart.id = seat.cart_id where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Five_hundred_buyers_of_a_hundred_standing_places_take_every_one_of_them_and_no_more()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 100)).Standing;
        var buyers = await App.NewBuyers(500);

        // Every fourth wants a single place, so that there is a buyer for whatever is left at the end.
        var answers = await Task.WhenAll(buyers.Select((buyer, at) => buyer.Adds(standing, 1 + (at % 4))));

        Assert.Equal(100, answers.Where(answer => answer.Status == 200).Sum(answer => answer["itemCount"].GetInt32()));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "category.sold_out"));
        Assert.Equal(100, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and cart_id is not null", new { standing.CategoryId }));
    }

    /// <summary>Whoever decides about the last places is stood in for by a transaction of the test, so that nothing is left to chance.</summary>
    [Fact]
    public async Task A_place_that_somebody_only_thinks_about_is_not_sold_out()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 3)).Standing;
        var asha = await App.NewBuyer();
        await using var thinking = await InTheMiddle.Of(App, "select from seat where category_id = @CategoryId for update", new { standing.CategoryId });

        var adding = asha.Adds(standing, 1);
        await thinking.IsWaitedFor();
        await thinking.GivesUp();

        (await adding).Succeeded();
    }

    [Fact]
    public async Task Buyers_of_overlapping_seats_in_any_order_never_lock_each_other_up_and_never_all_lose()
    {
        var seats = (await App.AnEvent(rows: 1, seatsPerRow: 12)).Numbered;
        var buyers = await App.NewBuyers(120);
        var random = new Random(7);
        var wishes = buyers.Select(_ => random.GetItems(seats.Seats, 6).Distinct().ToArray()).ToArray();

        var answers = await Task.WhenAll(buyers.Select((buyer, at) => buyer.Adds(seats, wishes[at])));

        Assert.Contains(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "seat.taken"));
        var held = answers.Where(answer => answer.Status == 200).SelectMany(Held).ToArray();
        Assert.Equal(held.Length, held.Distinct().Count());

        // Whoever lost, lost to somebody: each refused wish has a seat that is really held.
        var taken = held.ToHashSet();
        Assert.All(answers.Zip(wishes).Where(pair => pair.First.Status != 200), pair => Assert.Contains(pair.Second, taken.Contains));
    }

    [Fact]
    public async Task A_person_in_two_tabs_cannot_take_more_than_one_booking_may_have()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 10, standing: 50, maxTicketsPerBooking: 4);
        var asha = (await App.NewBuyers(1))[0];

        await Task.WhenAll(
            asha.Adds(staged.Numbered, staged.Numbered.Seats[..3]),
            asha.Adds(staged.Standing, 3),
            asha.Adds(staged.Numbered, staged.Numbered.Seats[3..6]),
            asha.Adds(staged.Standing, 2));

        Assert.InRange((await asha.Cart()).Succeeded()["itemCount"].GetInt32(), 1, 4);
        Assert.InRange(await App.Value<long>("select count(*) from seat where cart_id is not null and event_id = @Id", new { staged.Id }), 1, 4);
    }

    [Fact]
    public async Task Six_checkouts_of_one_cart_at_once_make_one_booking()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 10);
        var asha = (await App.NewBuyers(1))[0];
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..4])).Succeeded();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => asha.ChecksOut()));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.Refused(409, "cart.not_active"));
        Assert.Equal(1, (await asha.Get("/api/users/me/bookings")).Succeeded()["total"].GetInt32());
        Assert.Equal(4, await App.Value<long>("select count(*) from ticket where holder_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Two_changes_of_a_quantity_at_once_leave_no_place_without_a_line()
    {
        var (asha, item) = await SomebodyWith(standingPlaces: 2);

        var answers = await App.InTurn(
            LockOfCart, new { asha.Id }, [() => asha.Patch($"/api/cart/items/{item}", new { quantity = 3 }), () => asha.Patch($"/api/cart/items/{item}", new { quantity = 4 })]);

        Assert.Equal([3, 4], answers.Select(answer => answer.Succeeded()["itemCount"].GetInt32()));
        Assert.Equal(4, await HeldBy(asha));
    }

    [Fact]
    public async Task A_line_that_grows_while_it_is_taken_out_is_taken_out_whole()
    {
        var (asha, item) = await SomebodyWith(standingPlaces: 2);

        var answers = await App.InTurn(
            LockOfCart, new { asha.Id }, [() => asha.Patch($"/api/cart/items/{item}", new { quantity = 6 }), () => asha.Delete($"/api/cart/items/{item}")]);

        Assert.All(answers, answer => answer.Succeeded());
        Assert.Equal(0, await HeldBy(asha));
    }

    [Fact]
    public async Task A_line_that_has_just_been_taken_out_cannot_grow()
    {
        var (asha, item) = await SomebodyWith(standingPlaces: 2);

        var answers = await App.InTurn(
            LockOfCart, new { asha.Id }, [() => asha.Delete($"/api/cart/items/{item}"), () => asha.Patch($"/api/cart/items/{item}", new { quantity = 6 })]);

        answers[0].Succeeded();
        answers[1].Refused(404, "cart.item_not_found");
        Assert.Equal(0, await HeldBy(asha));
    }

    [Fact]
    public async Task What_is_added_while_the_cart_is_cleared_is_freed_as_well()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();

        var answers = await App.InTurn(LockOfCart, new { asha.Id }, [() => asha.Adds(staged.Standing, 3), () => asha.ClearsCart()]);

        Assert.All(answers, answer => answer.Succeeded());
        Assert.Equal(0, await HeldBy(asha));
    }

    [Fact]
    public async Task Checkout_books_the_cart_it_waited_for_though_another_was_changed_meanwhile()
    {
        var (first, second) = (await App.AnEvent(), await App.AnEvent(price: 900.00m));
        var asha = await App.NewBuyer();
        (await asha.Adds(second.Standing, 2)).Succeeded();
        (await asha.Adds(first.Standing, 1)).Succeeded();
        var booking = (await App.InTurn(
            "select from cart where account_id = @Asha and event_id = @Event for update",
            new { Asha = asha.Id, Event = first.Id },
            [() => asha.ChecksOut()],
            meanwhile: async () => (await asha.Adds(second.Numbered, second.Numbered.Seats[0])).Succeeded()))[0].Succeeded(201);

        Assert.Equal(first.Id, booking["eventId"].GetInt64());
        Assert.Equal([first.Standing.CategoryId], booking["items"].EnumerateArray().Select(item => item.GetProperty("categoryId").GetInt64()));
        Assert.Equal(3, (await asha.Cart()).Succeeded()["itemCount"].GetInt32());
    }

    /// <summary>Somebody keeps the buyer's cart busy, so that the seat goes to another category after the buyer has seen it and before it is held.</summary>
    [Fact]
    public async Task A_seat_that_goes_to_another_category_meanwhile_is_not_sold_at_the_price_of_the_old_one()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 3);
        var (seats, asha, administrator) = (staged.Numbered, await App.NewBuyer(), await App.Administrator());
        (await asha.Post("/api/cart", new { eventId = staged.Id })).Succeeded();
        await using var busy = await InTheMiddle.Of(App, "select from cart where account_id = @Id for update", new { asha.Id });

        var adding = asha.Adds(seats, seats.Seats);
        await busy.IsWaitedFor();
        (await administrator.Patch($"/api/admin/seats/{seats.Seats[1]}", new { staged.Standing.CategoryId })).Succeeded();
        await busy.GivesUp();

        (await adding).Refused(404, "seat.not_found");
        Assert.Equal(0, await App.Value<long>("select count(*) from seat where event_id = @Id and cart_id is not null", new { staged.Id }));
        (await asha.Adds(staged.Id, staged.Standing.CategoryId, seats.Seats[1])).Succeeded();
    }

    /// <summary>The same crowd with a hold that reads first and writes afterwards: the tests above would notice.</summary>
    [Fact]
    public async Task A_hold_that_looks_first_and_takes_afterwards_would_be_caught()
    {
        var seats = (await App.AnEvent(rows: 1, seatsPerRow: 1)).Numbered;
        var asha = (await App.NewBuyers(1))[0];
        var cart = (await asha.Post("/api/cart", new { seats.EventId })).Succeeded().Id;
        using var everybodyHasLooked = new Barrier(8);

        var believed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var isFree = await App.Value<bool>("select cart_id is null from seat where id = @seat", new { seat = seats.Seats[0] });
            everybodyHasLooked.SignalAndWait();
            return isFree
                ? await App.Value<long?>("update seat set cart_id = @cart, locked_until = now() + interval '1 minute' where id = @seat returning id", new { cart, seat = seats.Seats[0] })
                : null;
        })));

        Assert.Equal(8, believed.Count(seat => seat is not null));
        Assert.NotEmpty(await App.Invariants());
        await App.Value<long>("update seat set cart_id = null, locked_until = null where id = @seat returning id", new { seat = seats.Seats[0] });
    }

    private async Task<(Person Somebody, long Item)> SomebodyWith(int standingPlaces)
    {
        var asha = await App.NewBuyer();
        return (asha, (await asha.Adds((await App.AnEvent(rows: 0, standing: 20)).Standing, standingPlaces)).Succeeded()["items"][0].GetProperty("id").GetInt64());
    }

    private Task<long> HeldBy(Person somebody) =>
        App.Value<long>("select count(*) from seat where cart_id in (select id from cart where account_id = @Id)", new { somebody.Id });

    private static IEnumerable<long> Held(Answer cart) =>
        cart["items"].EnumerateArray().SelectMany(item => item.GetProperty("seatIds").EnumerateArray()).Select(seat => seat.GetInt64());
}
