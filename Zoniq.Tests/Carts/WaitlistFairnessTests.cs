namespace Zoniq.Tests.Carts;

/// <summary>Larger groups: they are passed over while there is too little for them, keep their place, and are not passed over for ever.</summary>
public sealed class WaitlistFairnessTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync() => App.NobodyWaits();

    [Fact]
    public async Task A_group_that_does_not_fit_keeps_its_place_and_comes_first_when_it_does()
    {
        var (standing, holder) = await SoldOut(4);
        var people = await App.LineUp(standing, 3, 1, 3, 1);
        await Keeps(holder, 3);

        Assert.Equal(1, await App.Offers());
        Assert.Equal(["waiting", "offered", "waiting", "waiting"], await people.Standing(standing.EventId));

        (await holder.ClearsCart()).Succeeded();
        Assert.Equal(1, await App.Offers());
        Assert.Equal(["offered", "offered", "waiting", "waiting"], await people.Standing(standing.EventId));
    }

    [Fact]
    public async Task What_fits_nobody_who_waits_is_on_sale()
    {
        var (standing, holder) = await SoldOut(4);
        var people = await App.LineUp(standing, 3, 2);
        await Keeps(holder, 3);

        Assert.Equal(0, await App.Offers());
        Assert.Equal(1, await App.OnSale(standing.CategoryId));
        (await (await App.NewBuyer()).Adds(standing)).Succeeded();
        Assert.Equal(["waiting", "waiting"], await people.Standing(standing.EventId));
    }

    [Fact]
    public async Task After_three_who_came_later_places_are_saved_up_for_a_group()
    {
        var (standing, holder) = await SoldOut(6);
        var people = await App.LineUp(standing, 2, 1, 1, 1, 1);
        foreach (var left in new[] { 5, 4, 3 })
        {
            await Keeps(holder, left);
            Assert.Equal(1, await App.Offers());
        }

        Assert.Equal(["waiting", "offered", "offered", "offered", "waiting"], await people.Standing(standing.EventId));

        // The fourth is not offered to whoever came later, and nobody can buy it.
        await Keeps(holder, 2);
        Assert.Equal(0, await App.Offers());
        Assert.Equal(0, await App.OnSale(standing.CategoryId));
        (await (await App.NewBuyer()).Adds(standing)).Refused(409, "category.sold_out");

        await Keeps(holder, 1);
        Assert.Equal(1, await App.Offers());
        Assert.Equal("offered", await people[0].Standing(standing.EventId));
        Assert.Equal("waiting", await people[4].Standing(standing.EventId));
    }

    [Fact]
    public async Task Saving_lasts_two_hours_at_most_and_then_three_more_may_pass()
    {
        var (standing, holder) = await SoldOut(7);
        var people = await App.LineUp(standing, 5, 1, 1, 1, 1, 1);
        foreach (var left in new[] { 6, 5, 4 })
        {
            await Keeps(holder, left);
            await App.Offers();
        }

        foreach (var person in people[1..4])
        {
            (await person.ChecksOut()).Succeeded(201);
        }

        var booking = (await holder.ChecksOut()).Succeeded(201).Id;
        await holder.PaysFor(booking);
        await Builds(standing, 8);
        Assert.Equal(0, await App.Offers());
        await App.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal(0, await App.Offers());

        await App.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await App.Offers());
        Assert.Equal(["waiting", "fulfilled", "fulfilled", "fulfilled", "offered", "waiting"], await people.Standing(standing.EventId));
        Assert.Equal(1, await App.Value<int>("select overtaken from waitlist_entry where category_id = @CategoryId order by id limit 1", new { standing.CategoryId }));
    }

    [Theory]
    [InlineData(5, 2)]
    [InlineData(30, 9)]
    public async Task Nothing_is_saved_shortly_before_booking_ends_nor_for_a_group_larger_than_the_house(int hoursLeft, int group)
    {
        var standing = (await App.AnEvent(rows: 0, standing: 6, closes: TimeSpan.FromHours(hoursLeft))).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing, 6)).Succeeded();
        var people = await App.LineUp(standing, group, 1, 1, 1, 1);
        foreach (var left in new[] { 5, 4, 3, 2 })
        {
            await Keeps(holder, left);
            Assert.Equal(1, await App.Offers());
        }

        Assert.Equal(["waiting", "offered", "offered", "offered", "offered"], await people.Standing(standing.EventId));
    }

    [Fact]
    public async Task A_thousand_who_wait_cost_a_buyer_and_a_run_as_many_statements_as_one()
    {
        var (standing, holder) = await SoldOut(2);
        await App.LineUp(standing, 2);
        var few = await App.CountStatements(() => App.Offers());
        var people = await App.NewBuyers(1000);
        await App.Execute(
            "insert into waitlist_entry (account_id, event_id, category_id, quantity, created_at, changed_at) select account, @EventId, @CategoryId, 2, @now, @now from unnest(@ids) as account",
            new { standing.EventId, standing.CategoryId, ids = people.Select(person => person.Id).ToArray(), now = App.Now.UtcDateTime });

        Assert.Equal(few, await App.CountStatements(() => App.Offers()));
        await Keeps(holder, 1);
        Assert.Equal(1, await App.OnSale(standing.CategoryId));
        Assert.Equal(1001, (await people[^1].Entry(standing.EventId)).GetProperty("position").GetInt32());
    }

    private static async Task Keeps(Person holder, int places) =>
        (await holder.Patch($"/api/cart/items/{(await holder.Cart())["items"][0].GetProperty("id")}", new { quantity = places })).Succeeded();

    private async Task Builds(StandingPlaces standing, int totalSeats) =>
        (await (await App.Administrator()).Patch($"/api/admin/events/categories/{standing.CategoryId}", new { totalSeats })).Succeeded();

    private async Task<(StandingPlaces Places, Person Holder)> SoldOut(int places)
    {
        var standing = (await App.AnEvent(rows: 0, standing: places)).Standing;
        var holder = await App.NewBuyer();
        (await holder.Adds(standing, places)).Succeeded();
        return (standing, holder);
    }
}
