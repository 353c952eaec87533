using Zoniq.Tests.Support;

namespace Zoniq.Tests.Carts;

/// <summary>Buyers, those who wait and several runs of the offers, all at once: nobody jumps the list, nothing is offered twice, and nothing is sold twice.</summary>
public sealed class WaitlistRaceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string TheList = "select pg_advisory_xact_lock(1463896404, hashint8(@CategoryId))";

    public override Task InitializeAsync() => App.NobodyWaits();

    [Fact]
    public async Task Fifty_buyers_get_none_of_what_becomes_free_for_those_who_wait()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 20)).Standing;
        var holders = await App.NewBuyers(10);
        foreach (var holder in holders)
        {
            (await holder.Adds(standing, 2)).Succeeded();
        }

        var people = await App.LineUp(standing, [.. Enumerable.Repeat(2, 10)]);
        var buyers = await App.NewBuyers(50);
        await using var another = await App.StartAnother();

        var bought = buyers.Select(buyer => Busy.Retried(() => buyer.Adds(standing))).ToArray();
        await Task.WhenAll(
            Task.WhenAll(holders.Select(holder => holder.ClearsCart())),
            Task.WhenAll(Enumerable.Range(0, 6).Select(at => Task.Run((at % 2 == 0 ? App : another).Offers))),
            Task.WhenAll(bought));
        await App.Offers();

        Assert.All(bought, buying => buying.Result.Refused(409, "category.sold_out"));
        Assert.All(await people.Standing(standing.EventId), status => Assert.Equal("offered", status));
        Assert.Equal(20, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and cart_id is not null", new { standing.CategoryId }));
        Assert.Equal(10, await App.Value<long>("select count(*) from mail where template = 'waitlist_offered' and recipient = any(@emails)", new { emails = people.Select(person => person.Email).ToArray() }));
    }

    [Fact]
    public async Task What_is_left_over_is_bought_by_exactly_as_many_as_there_are_places()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 12)).Standing;
        var (holder, buyers) = (await App.NewBuyer(), await App.NewBuyers(50));
        (await holder.Adds(standing, 10)).Succeeded();
        (await (await App.NewBuyer()).Adds(standing, 2)).Succeeded();
        var people = await App.LineUp(standing, 3, 2);
        (await holder.ClearsCart()).Succeeded();

        var answers = await Task.WhenAll(buyers.Select(buyer => Busy.Retried(() => buyer.Adds(standing))));

        Assert.Equal(5, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "category.sold_out"));
        Assert.Equal(2, await App.Offers());
        Assert.Equal(["offered", "offered"], await people.Standing(standing.EventId));
    }

    [Fact]
    public async Task Of_numbered_seats_too_only_what_is_left_over_is_bought()
    {
        var seats = (await App.AnEvent(rows: 1, seatsPerRow: 8, standing: 0)).Numbered;
        var (holder, buyers, asha) = (await App.NewBuyer(), await App.NewBuyers(40), await App.NewBuyer());
        (await holder.Adds(seats, seats.Seats)).Succeeded();
        (await asha.WaitsFor(seats, 5)).Succeeded(201);
        (await holder.ClearsCart()).Succeeded();

        var answers = await Task.WhenAll(buyers.Select((buyer, at) => Busy.Retried(() => buyer.Adds(seats, seats.Seats[at % 8]))));

        Assert.Equal(3, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "seat.taken"));
        Assert.Equal(1, await App.Offers());
        Assert.Equal(5, (await asha.Cart())["itemCount"].GetInt32());
    }

    /// <summary>Both have seen that three places are free and two are kept; the second sees again with the lock.</summary>
    [Fact]
    public async Task Two_buyers_of_the_last_place_that_is_left_over()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 3)).Standing;
        var (holder, buyers) = (await App.NewBuyer(), await App.NewBuyers(2));
        (await holder.Adds(standing, 3)).Succeeded();
        var people = await App.LineUp(standing, 2);
        (await holder.ClearsCart()).Succeeded();

        var answers = await App.InTurn(TheList, new { standing.CategoryId }, [() => buyers[0].Adds(standing), () => buyers[1].Adds(standing)]);

        answers[0].Succeeded();
        answers[1].Refused(409, "category.sold_out");
        Assert.Equal(1, await App.Offers());
        Assert.Equal("offered", await people[0].Standing(standing.EventId));
    }

    [Fact]
    public async Task Many_runs_at_once_make_one_offer_to_each_and_in_order()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 5)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing, 5)).Succeeded();
        var people = await App.LineUp(standing, 2, 1, 2, 1, 1);
        (await holder.ClearsCart()).Succeeded();
        await using var another = await App.StartAnother();

        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(at => Task.Run((at % 2 == 0 ? App : another).Offers)));

        Assert.Equal(3, made.Sum());
        Assert.Equal(["offered", "offered", "offered", "waiting", "waiting"], await people.Standing(standing.EventId));
        Assert.DoesNotContain(App.Logs, line => line.Text.Contains("could not be offered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_runs_that_have_found_the_same_next_offer_it_once()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 2)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing, 2)).Succeeded();
        var people = await App.LineUp(standing, 1, 2);
        (await holder.ClearsCart()).Succeeded();
        await using var busy = await InTheMiddle.Of(App, TheList, new { standing.CategoryId });

        // The second finds the first's cart in its way, and the first waits for the list.
        var runs = Enumerable.Range(0, 2).Select(_ => Task.Run(App.Offers)).ToArray();
        await busy.IsWaitedFor(2);
        await busy.Commits();

        Assert.Equal(1, (await Task.WhenAll(runs)).Sum());
        Assert.Equal(["offered", "waiting"], await people.Standing(standing.EventId));
        Assert.Equal(1, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and cart_id is not null", new { standing.CategoryId }));
    }

    /// <summary>Somebody older's cart ends while an offer to somebody younger is being made.</summary>
    [Fact]
    public async Task Who_is_next_is_decided_with_the_list_locked()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 2, standing: 1);
        var (standing, holder) = (staged.Standing, await App.NewBuyer());
        (await holder.Adds(standing)).Succeeded();
        var people = await App.LineUp(standing, 1, 1);
        (await people[0].Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        (await holder.ClearsCart()).Succeeded();
        await using var busy = await InTheMiddle.Of(App, TheList, new { standing.CategoryId });

        var run = Task.Run(App.Offers);
        await busy.IsWaitedFor();
        (await people[0].ClearsCart()).Succeeded();
        await busy.Commits();

        Assert.Equal(1, await run);
        Assert.Equal(["offered", "waiting"], await people.Standing(standing.EventId));
    }

    [Fact]
    public async Task Leaving_while_the_offer_is_made_releases_it_or_prevents_it()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 1)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing)).Succeeded();
        var people = await App.LineUp(standing, 1, 1);
        (await holder.ClearsCart()).Succeeded();

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(App.Offers))),
            Task.Run(async () => (await people[0].GivesUpWaiting(standing.EventId)).Succeeded()));
        await App.Offers();

        Assert.Equal(["left", "offered"], await people.Standing(standing.EventId));
        Assert.Equal(1, await App.Value<long>("select count(*) from seat where category_id = @CategoryId and cart_id is not null", new { standing.CategoryId }));
    }

    [Fact]
    public async Task Whoever_has_just_left_is_offered_nothing_by_a_run_that_had_chosen_them()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 1)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing)).Succeeded();
        var people = await App.LineUp(standing, 1);
        (await holder.ClearsCart()).Succeeded();
        await using var leaving = await InTheMiddle.Of(App, "update waitlist_entry set status = 'left' where account_id = @Id", new { people[0].Id });

        var run = Task.Run(App.Offers);
        await leaving.IsWaitedFor();
        await leaving.Commits();

        Assert.Equal(0, await run);
        Assert.Equal("left", await people[0].Standing(standing.EventId));
        Assert.Equal(0, await App.Value<long>("select count(*) from cart where account_id = @Id", new { people[0].Id }));
    }

    [Fact]
    public async Task A_checkout_in_time_is_not_taken_for_an_offer_that_ran_out()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 1)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing)).Succeeded();
        var people = await App.LineUp(standing, 1, 1);
        (await holder.ClearsCart()).Succeeded();
        await App.Offers();

        // The checkout has its cart and waits for the place; by the clock, the offer is over when the run comes.
        var answers = await App.InTurn(
            "select from seat where category_id = @CategoryId for update",
            new { standing.CategoryId },
            [() => people[0].ChecksOut()],
            meanwhile: async () =>
            {
                await App.Advance(TimeSpan.FromMinutes(30));
                await Task.WhenAny(Task.Run(App.Offers), Task.Delay(TimeSpan.FromSeconds(1)));
            });
        await App.Offers();

        answers[0].Succeeded(201);
        Assert.Equal("fulfilled", await people[0].Standing(standing.EventId));
    }

    [Fact]
    public async Task Nobody_is_offered_anything_of_an_event_that_was_called_off_meanwhile()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 1)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing)).Succeeded();
        var people = await App.LineUp(standing, 1);
        (await holder.ClearsCart()).Succeeded();
        await using var busy = await InTheMiddle.Of(App, TheList, new { standing.CategoryId });

        var cancelling = (await App.Administrator()).Post($"/api/admin/events/{standing.EventId}/cancel", new { reason = "Rain" });
        await busy.IsWaitedFor();
        var run = Task.Run(App.Offers);
        await busy.IsWaitedFor(2);
        await busy.Commits();

        (await cancelling).Succeeded();
        Assert.Equal(0, await run);
        Assert.Equal("expired", await App.Value<string>("select status from waitlist_entry where account_id = @Id", new { people[0].Id }));
        Assert.Equal(0, await App.Value<long>("select count(*) from mail where template = 'waitlist_offered' and recipient = @Email", new { people[0].Email }));
    }

    /// <summary>The office frees what a cart holds that ran out, and a run offers the same seat: each needs the list and the seat.</summary>
    [Fact]
    public async Task Calling_off_and_offering_never_lock_each_other_up()
    {
        var seats = (await App.AnEvent(rows: 1, seatsPerRow: 1, standing: 0)).Numbered;
        var (holder, asha, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        var code = await App.ACode(new { kind = "percent", value = 10 });
        (await holder.Adds(seats, seats.Seats[0])).Succeeded();
        (await holder.Applies(code.Name)).Succeeded();
        (await asha.WaitsFor(seats)).Succeeded(201);
        await App.Advance(TimeSpan.FromMinutes(30));
        await using var selling = await InTheMiddle.Of(App, "select from promo_code where id = @Id for update", new { code.Id });

        var cancelling = administrator.Post($"/api/admin/events/{seats.EventId}/cancel", new { });
        await selling.IsWaitedFor();
        var offering = Task.Run(App.Offers);
        await selling.IsWaitedFor(2);
        await selling.Commits();

        (await cancelling).Succeeded();
        Assert.Equal(0, await offering);
        Assert.DoesNotContain(App.Logs, line => line.Text.Contains("could not be offered", StringComparison.Ordinal));
        Assert.Equal("expired", await App.Value<string>("select status from waitlist_entry where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Whoever_joins_in_ten_windows_waits_once()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 1)).Standing;
        (await (await App.NewBuyer()).Adds(standing)).Succeeded();
        var asha = await App.NewBuyer();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Busy.Retried(() => asha.WaitsFor(standing))));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.Refused(409, "waitlist.already_joined"));
    }

    /// <summary>Everything at once, with the clock moving: what the invariants say afterwards is what counts.</summary>
    [Fact]
    public async Task A_crowd_that_buys_waits_leaves_and_lets_offers_run_out_never_has_more_than_there_is()
    {
        var standing = (await App.AnEvent(rows: 0, standing: 30, price: 0m)).Standing;
        var people = await App.NewBuyers(60);
        var random = new Random(11);
        await using var another = await App.StartAnother();

        for (var round = 0; round < 6; round++)
        {
            var doing = people.Select((person, at) => (random.Next(6), random.Next(1, 5)) switch
            {
                (0 or 1, var quantity) => Busy.Retried(() => person.Adds(standing, quantity)),
                (2, var quantity) => Busy.Retried(() => person.WaitsFor(standing, quantity)),
                (3, _) => Busy.Retried(() => person.ClearsCart()),
                (4, _) => Busy.Retried(() => person.GivesUpWaiting(standing.EventId)),
                _ => Busy.Retried(() => person.ChecksOut(standing.EventId)),
            }).ToArray();
            await Task.WhenAll(
                Task.WhenAll(doing),
                Task.WhenAll(Enumerable.Range(0, 3).Select(at => Task.Run((at % 2 == 0 ? App : another).Offers))));
            Assert.DoesNotContain(doing, one => one.Result.Status >= 500);
            Assert.Empty(await App.Invariants());
            await App.Advance(TimeSpan.FromMinutes(round % 2 == 0 ? 4 : 27));
        }

        Assert.InRange(await App.Value<long>("select count(*) from ticket join seat on seat.id = ticket.seat_id where ticket.category_id = @CategoryId and ticket.status <> 'void'", new { standing.CategoryId }), 1, 30);
        Assert.DoesNotContain(App.Logs, line => line.Text.Contains("could not be offered", StringComparison.Ordinal));
    }
}
