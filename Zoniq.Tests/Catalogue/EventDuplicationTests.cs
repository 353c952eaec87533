namespace Zoniq.Tests.Catalogue;

/// <summary>A play that is given once more is entered once.</summary>
public sealed class EventDuplicationTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_house_and_the_words_are_the_same_and_nothing_is_sold()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent(rows: 3, seatsPerRow: 5, standing: 20, title: "Twice on Sunday");
        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { description = "With an interval.", extraData = new { stage = 2 }, refundPolicy = new { type = "full_until", hoursBeforeEvent = 48, percent = 80 } })).Succeeded();
        (await administrator.Post($"/api/admin/seats/{staged.Numbered.Seats[0]}/block")).Succeeded();
        var asha = await App.NewBuyer();
        await asha.Buys(staged.Numbered, staged.Numbered.Seats[1]);
        (await asha.Adds(staged.Standing, 2)).Succeeded();

        var copy = (await administrator.Post($"/api/admin/events/{staged.Id}/duplicate", Dates())).Succeeded(201);

        Assert.Equal("draft", copy["status"].GetString());
        Assert.Equal("Twice on Sunday", copy["title"].GetString());
        Assert.Equal("twice-on-sunday-1", copy["slug"].GetString());
        Assert.Equal("With an interval.", copy["description"].GetString());
        Assert.Equal(48, copy["refundPolicy"].GetProperty("hoursBeforeEvent").GetInt32());
        Assert.Equal(staged.VenueId, copy["venueId"].GetInt64());
        Assert.Equal((35, 34), (copy["totalSeats"].GetInt32(), copy["availableSeats"].GetInt32()));
        Assert.Equal(await Places(staged.Id), await Places(copy.Id));
        Assert.Equal("{\"available\":14,\"locked\":0,\"booked\":0,\"blocked\":1}", (await administrator.Get($"/api/admin/seats/event/{copy.Id}/counts")).Succeeded().Text);
        Assert.Equal(staged.Id, await App.Value<long>("select (details ->> 'copiedFrom')::bigint from admin_log where action = 'create_event' and entity_id = @Id", new { copy.Id }));

        (await administrator.Post($"/api/admin/events/{copy.Id}/publish")).Succeeded();
        var map = (await App.Nobody.Get($"/api/events/{copy.Id}/seats")).Succeeded();
        var free = map["seats"].EnumerateArray().First(seat => seat.GetProperty("status").GetString() == "available");
        (await asha.Adds(copy.Id, free.GetProperty("categoryId").GetInt64(), [free.GetProperty("id").GetInt64()])).Succeeded();
    }

    [Fact]
    public async Task It_may_have_another_title_and_as_many_statements_for_any_house()
    {
        var administrator = await App.Administrator();
        var (small, large) = (await App.AnEvent(rows: 1, seatsPerRow: 1), await App.AnEvent(rows: 50, seatsPerRow: 100));
        (await administrator.Post($"/api/admin/events/{small.Id}/duplicate", Dates("Again"))).Succeeded(201);

        var few = await App.CountStatements(() => administrator.Post($"/api/admin/events/{small.Id}/duplicate", Dates("Again")));
        var many = await App.CountStatements(() => administrator.Post($"/api/admin/events/{large.Id}/duplicate", Dates("The large house")));

        Assert.Equal(few, many);
        Assert.Equal(5_100, await App.Value<long>("select count(*) from seat where event_id = (select id from event where title = 'The large house')"));
    }

    [Fact]
    public async Task A_venue_that_is_no_longer_in_use_is_not_used_again()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent();
        (await administrator.Patch($"/api/admin/venues/{staged.VenueId}", new { isActive = false })).Succeeded();

        var copy = (await administrator.Post($"/api/admin/events/{staged.Id}/duplicate", Dates())).Succeeded(201);

        Assert.Equal(System.Text.Json.JsonValueKind.Null, copy["venueId"].ValueKind);
        Assert.Equal("Asia/Kolkata", copy["timeZone"].GetString());    // the usual one, whatever the venue's was
    }

    /// <summary>The venue moves to another zone while its event is copied: the copy is there to follow, or is made in the new one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_has_the_zone_of_its_venue_whoever_is_first(bool copiesFirst)
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent();
        Func<Task<Support.Answer>> copies = () => administrator.Post($"/api/admin/events/{staged.Id}/duplicate", Dates());
        Func<Task<Support.Answer>> moves = () => administrator.Patch($"/api/admin/venues/{staged.VenueId}", new { timeZone = "Asia/Dubai" });

        var answers = await App.InTurn("select from event where id = @Id for update", new { staged.Id }, copiesFirst ? [copies, moves] : [moves, copies]);

        Assert.All(answers, answer => answer.Succeeded());
        Assert.Equal(["Asia/Dubai", "Asia/Dubai"], await App.Rows<string>("select time_zone from event where venue_id = @VenueId", new { staged.VenueId }));
    }

    [Fact]
    public async Task A_venue_that_is_removed_and_an_event_that_is_copied_never_lock_each_other_up()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent();

        var answers = await App.InTurn(
            "select from event where id = @Id for update", new { staged.Id },
            [() => administrator.Delete($"/api/admin/venues/{staged.VenueId}?permanent=true"), () => administrator.Post($"/api/admin/events/{staged.Id}/duplicate", Dates())]);

        Assert.DoesNotContain(answers, answer => answer.Status >= 500);
        answers[1].Succeeded(201);
    }

    [Fact]
    public async Task Places_that_were_withdrawn_are_not_copied()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 3, standing: 2);
        await App.Execute("update seat set category_id = null, is_blocked = true where id = (select max(id) from seat where category_id = @CategoryId)", new { staged.Standing.CategoryId });
        await App.Execute("update seat_category set total_seats = 1 where id = @CategoryId", new { staged.Standing.CategoryId });

        var copy = (await administrator.Post($"/api/admin/events/{staged.Id}/duplicate", Dates())).Succeeded(201);

        Assert.Equal(4, await App.Value<int>("select count(*) from seat where event_id = @Id", new { copy.Id }));
        Assert.Equal(0, await App.Value<int>("select count(*) from seat where event_id = @Id and category_id is null", new { copy.Id }));
    }

    [Fact]
    public async Task What_is_not_there_and_dates_out_of_order_are_refused()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent();

        (await administrator.Post("/api/admin/events/987654321/duplicate", Dates())).Refused(404, "event.not_found");
        (await administrator.Post($"/api/admin/events/{staged.Id}/duplicate", new { })).RefusedField("eventDate");
        (await administrator.Post($"/api/admin/events/{staged.Id}/duplicate", new
        {
            eventDate = App.Now.AddDays(60),
            bookingStartDate = App.Now.AddDays(10),
            bookingEndDate = App.Now.AddDays(9),
        })).RefusedField("bookingEndDate");
        (await (await App.NewBuyer()).Post($"/api/admin/events/{staged.Id}/duplicate", Dates())).Refused(403, "auth.admin_required");
    }

    private object Dates(string? title = null) =>
        new { title, eventDate = App.Now.AddDays(60), bookingStartDate = App.Now.AddHours(-1), bookingEndDate = App.Now.AddDays(59) };

    private Task<string[]> Places(long eventId) =>
        App.Rows<string>(
            """
            select   concat_ws('|', seat_category.name, price, seating_type, label, section, row_name, seat_number, position_x, position_y, is_blocked)
            from     seat
            join     seat_category on seat_category.id = seat.category_id
            where    seat.event_id = @eventId
            order by seat.id
            """,
            new { eventId });
}
