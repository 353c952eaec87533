using System.Text.Json;
using System.Text.Json.Nodes;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>What administrators do with events that exist.</summary>
public sealed class ChangeEventTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Fields_are_changed_and_emptied_and_the_log_says_what_was_before()
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var administrator = await App.Administrator();
        var path = $"/api/admin/events/{staged.Id}";

        (await administrator.Patch(path, new { description = "Long", organizerName = "Raga Trust", extraData = new { age = 18 }, refundPolicy = new { type = "none" }, queueBatchSize = 7, category = "Sports" })).Succeeded();
        var changed = (await administrator.Patch(path, new { description = "", maxTicketsPerBooking = 3, category = "", clearFields = new[] { "extraData", "organizerName" } })).Succeeded();

        Assert.All(new[] { "description", "extraData", "organizerName" }, field => Assert.Equal(JsonValueKind.Null, changed[field].ValueKind));
        Assert.Equal((3, 7, "none", "other"), (changed["maxTicketsPerBooking"].GetInt32(), changed["queueBatchSize"].GetInt32(), changed["refundPolicy"].GetProperty("type").GetString(), changed["category"].GetString()));
        Assert.Equal(changed.Text, (await administrator.Patch(path, new { maxTicketsPerBooking = 3 })).Succeeded().Text);
        var logged = await App.Rows<string>("select details::text from admin_log where action = 'update_event' and entity_id = @Id order by id", new { staged.Id });
        Assert.Equal(2, logged.Length);
        Assert.Equal(["category", "description", "extraData", "maxTicketsPerBooking", "organizerName"], JsonNode.Parse(logged[1])!.AsObject().Select(change => change.Key).Order());
    }

    [Fact]
    public async Task The_refund_policy_is_changed_part_by_part()
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var administrator = await App.Administrator();

        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { refundPolicy = new { hoursBeforeEvent = 72, percent = 50 } })).Succeeded();
        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { refundPolicy = new { type = "none" } })).Succeeded();
        var changed = (await administrator.Patch($"/api/admin/events/{staged.Id}", new { refundPolicy = new { percent = 0, type = (string?)null } })).Succeeded();

        Assert.Equal("""{"type":"none","hoursBeforeEvent":72,"percent":0}""", changed["refundPolicy"].GetRawText());
        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { refundPolicy = new { type = "half" } })).RefusedField("refundPolicy.type");
    }

    [Fact]
    public async Task Two_administrators_who_change_different_fields_at_once_both_have_their_way()
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var administrator = await App.Administrator();
        await using var busy = await InTheMiddle.Of(App, "select from event where id = @Id for no key update", new { staged.Id });

        var changing = new object[] { new { organizerName = "Raga Trust" }, new { maxTicketsPerBooking = 3 }, new { organizerName = "Tala Trust" } }
            .Select(change => administrator.Patch($"/api/admin/events/{staged.Id}", change)).ToArray();
        await busy.IsWaitedFor(others: 3);
        await busy.GivesUp();
        Assert.All(await Task.WhenAll(changing), answer => answer.Succeeded());

        // The log is one story: each change begins where the one before ended.
        Assert.Equal(3, (await administrator.Get($"/api/admin/events/{staged.Id}")).Succeeded()["maxTicketsPerBooking"].GetInt32());
        var story = await App.Rows<(string? Before, string After)>(
            """
            select details->'organizerName'->>'before', details->'organizerName'->>'after'
            from   admin_log
            where  action = 'update_event'
            and    entity_id = @Id
            and    details ? 'organizerName'
            order by id
            """,
            new { staged.Id });
        Assert.Equal([null, story[0].After], story.Select(change => change.Before));
    }

    [Theory]
    [InlineData("title", "\"\"")]
    [InlineData("eventDate", "\"soon\"")]
    [InlineData("bookingEndDate", "\"2020-01-01T10:00\"")]
    [InlineData("eventDate", "\"2020-01-01T10:00\"")]
    [InlineData("eventEndDate", "\"2020-01-01T10:00\"")]
    [InlineData("venueId", "987654")]
    [InlineData("clearFields", "[\"title\"]")]
    [InlineData("venueId", null)]
    public async Task A_change_that_breaks_a_rule_changes_nothing(string field, string? value)
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var administrator = await App.Administrator();
        var patch = value is null ? new JsonObject { ["clearFields"] = new JsonArray(field) } : new JsonObject { [field] = JsonNode.Parse(value) };
        patch["organizerName"] = "Nobody";

        (await administrator.Patch($"/api/admin/events/{staged.Id}", patch)).RefusedField(field);

        Assert.Equal(JsonValueKind.Null, (await administrator.Get($"/api/admin/events/{staged.Id}")).Succeeded()["organizerName"].ValueKind);
    }

    [Fact]
    public async Task Times_are_read_in_the_zone_of_the_venue_the_event_has_afterwards()
    {
        var staged = await App.AnEvent(rows: 0, standing: 1);
        var administrator = await App.Administrator();
        var tokyo = (await administrator.Post("/api/admin/venues", new { name = "Budokan", timeZone = "Asia/Tokyo" })).Succeeded(201).Id;

        Assert.Equal("2031-05-01T13:30:00Z", (await administrator.Patch($"/api/admin/events/{staged.Id}", new { eventDate = "2031-05-01T19:00" })).Succeeded()["eventDate"].GetString());
        var moved = (await administrator.Patch($"/api/admin/events/{staged.Id}", new { venueId = tokyo, eventDate = "2031-05-02T19:00" })).Succeeded();
        Assert.Equal(("2031-05-02T10:00:00Z", "Asia/Tokyo", tokyo), (moved["eventDate"].GetString(), moved["timeZone"].GetString(), moved["venueId"].GetInt64()));
    }

    [Fact]
    public async Task The_slug_follows_the_title_until_the_first_publication()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent(rows: 0, standing: 1, published: false, title: "Working title");
        await App.AnEvent(rows: 0, standing: 1, published: false, title: "Jazz Night");
        var path = $"/api/admin/events/{staged.Id}";

        Assert.Equal("jazz-night-1", (await administrator.Patch(path, new { title = "Jazz Night" })).Succeeded()["slug"].GetString());
        Assert.Equal("jazz-night-1", (await administrator.Patch(path, new { title = "Jazz Night!" })).Succeeded()["slug"].GetString());
        (await administrator.Post($"{path}/publish")).Succeeded();
        Assert.Equal("jazz-night-1", (await administrator.Patch(path, new { title = "Blues" })).Succeeded()["slug"].GetString());
        (await administrator.Post($"{path}/cancel")).Succeeded();
        (await administrator.Patch(path, new { title = "Soul" })).Refused(409, "event.cancelled");
        (await administrator.Post($"{path}/reactivate")).Succeeded();
        Assert.Equal("jazz-night-1", (await administrator.Patch(path, new { title = "Soul" })).Succeeded()["slug"].GetString());
        (await administrator.Patch("/api/admin/events/987654", new { title = "Soul" })).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task Five_drafts_that_take_one_title_at_once_get_five_slugs()
    {
        var administrator = await App.Administrator();
        var drafts = await Task.WhenAll(Enumerable.Range(1, 5).Select(number => App.AnEvent(rows: 0, standing: 0, published: false, title: $"Draft {number}")));

        var renamed = await Task.WhenAll(drafts.Select(draft => administrator.Patch($"/api/admin/events/{draft.Id}", new { title = "One Name" })));

        Assert.Equal(
            ["one-name", "one-name-1", "one-name-2", "one-name-3", "one-name-4"], renamed.Select(answer => answer.Succeeded()["slug"].GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Holders_of_tickets_hear_of_another_date_once_if_they_want_to()
    {
        var staged = await App.AnEvent(rows: 0, standing: 20, price: 0m);
        var (asha, ravi, meera, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        foreach (var buyer in new[] { asha, ravi })
        {
            (await buyer.Adds(staged.Standing, 2)).Succeeded();
            (await buyer.ChecksOut()).Succeeded(201);
        }

        (await asha.Adds(staged.Standing, 1)).Succeeded();
        (await asha.ChecksOut()).Succeeded(201);
        (await meera.Adds(staged.Standing, 1)).Succeeded();
        (await ravi.Patch("/api/users/me/notifications/preferences", new { emailEventUpdates = false })).Succeeded();

        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { description = "Nothing that matters" })).Succeeded();
        Assert.Equal(0, await App.Value<int>("select count(*) from mail where template = 'event_changed' and cause like @cause", new { cause = $"event:{staged.Id}:%" }));
        var statements = await App.StatementsOf(async () => (await administrator.Patch($"/api/admin/events/{staged.Id}", new { eventDate = "2031-05-01T19:00", eventEndDate = "2031-05-01T22:00" })).Succeeded());
        Assert.Single(statements, statement => statement.Contains("insert into mail", StringComparison.Ordinal));
        Assert.Equal([asha.Email], await App.Rows<string>("select recipient from mail where template = 'event_changed' and cause like @cause", new { cause = $"event:{staged.Id}:%" }));

        await App.RunTimer("MailOutbox");
        var mail = App.Inbox.MailsTo(asha.Email).Single(mail => mail.Message.Subject?.StartsWith("Event Update", StringComparison.Ordinal) == true);
        Assert.Equal("Event Update - An Evening of Sitar | ZONIQ", mail.Message.Subject);
        Assert.Contains("Thursday, 1 May 2031", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("7:00 PM – 10:00 PM IST", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains(TimeZoneInfo.ConvertTime(staged.Date, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata")).ToString("dddd, d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture), mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("settings/notifications", mail.Message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_date_again_is_no_news_however_finely_it_is_written()
    {
        var staged = await App.AnEvent(rows: 0, standing: 2, price: 0m);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Standing, 1)).Succeeded();
        (await asha.ChecksOut()).Succeeded(201);

        foreach (var eventDate in new[] { "2031-05-01T19:00:00.1234567", "2031-05-01T19:00:00.1234567", "2031-05-01T13:30:00.1234569Z" })
        {
            (await administrator.Patch($"/api/admin/events/{staged.Id}", new { eventDate })).Succeeded();
        }

        Assert.Equal(1, await App.Value<int>("select count(*) from mail where template = 'event_changed' and cause like @cause", new { cause = $"event:{staged.Id}:%" }));
        Assert.Equal(1, await App.Value<int>("select count(*) from admin_log where action = 'update_event' and entity_id = @Id", new { staged.Id }));
    }

    [Fact]
    public async Task Holders_of_tickets_hear_of_another_venue()
    {
        var staged = await App.AnEvent(rows: 0, standing: 20, price: 0m);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        (await asha.ChecksOut(contact: new { contactEmail = "office@example.in" })).Succeeded(201);
        var elsewhere = (await administrator.Post("/api/admin/venues", new { name = "Opera House", address = "Charni Road", city = "Mumbai" })).Succeeded(201).Id;

        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { venueId = elsewhere })).Succeeded();
        await App.RunTimer("MailOutbox");

        var mail = App.Inbox.MailsTo("office@example.in").Single(mail => mail.Message.Subject?.StartsWith("Event Update", StringComparison.Ordinal) == true);
        Assert.All(new[] { "Opera House", "Charni Road, Mumbai", "Shanmukhananda Hall" }, part => Assert.Contains(part, mail.Message.TextBody, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_of_every_status_are_listed_by_date_and_counted()
    {
        var administrator = await App.Administrator();
        var before = (await administrator.Get("/api/admin/events/stats")).Succeeded();
        var draft = await App.AnEvent(rows: 0, standing: 3, published: false, title: "Zither 100% live", starts: TimeSpan.FromDays(40));
        var published = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 3, title: "Zither at Dawn", starts: TimeSpan.FromDays(20));
        var cancelled = await App.AnEvent(rows: 0, standing: 3, title: "Zither at Noon", starts: TimeSpan.FromDays(20));
        (await administrator.Post($"/api/admin/events/{cancelled.Id}/cancel")).Succeeded();

        Assert.Equal(new[] { published.Id, cancelled.Id, draft.Id }, await Listed("search=ZITHER"));
        Assert.Equal(new[] { draft.Id }, await Listed("search=0%25"));
        var foreign = await App.AnEvent(rows: 0, standing: 0, published: false, title: "İstanbul’da ÉTÉ ΣΊΣΥΦΟΣ");
        Assert.Equal(new[] { foreign.Id }, await Listed($"search={Uri.EscapeDataString("İstanbul’da ÉTÉ ΣΊΣΥΦΟΣ")}"));
        Assert.Equal(new[] { cancelled.Id }, await Listed("search=zither&status=cancelled&city=mum&category=Concert"));
        Assert.Equal(new[] { cancelled.Id }, await Listed("search=zither&page=2&page_size=1"));
        var day = TimeZoneInfo.ConvertTime(draft.Date, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata")).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(new[] { draft.Id }, await Listed($"search=zither&date_from={day}&date_to={day}"));
        (await administrator.Get("/api/admin/events?status=sold")).RefusedField("status");
        (await administrator.Get("/api/admin/events?date_from=2030-02-01&date_to=2030-01-01")).RefusedField("date_to");
        var first = (await administrator.Get("/api/admin/events?search=zither")).Succeeded()["events"][0];
        Assert.Equal((7, 7, published.VenueId), (first.GetProperty("totalSeats").GetInt32(), first.GetProperty("availableSeats").GetInt32(), first.GetProperty("venueId").GetInt64()));

        var after = (await administrator.Get("/api/admin/events/stats")).Succeeded();
        Assert.Equal((4, 2, 1, 1, 0), (Grown("total"), Grown("draft"), Grown("published"), Grown("cancelled"), Grown("completed")));

        int Grown(string figure) => after[figure].GetInt32() - before[figure].GetInt32();
        async Task<long[]> Listed(string query) =>
            [.. (await administrator.Get($"/api/admin/events?{query}")).Succeeded()["events"].EnumerateArray().Select(listed => listed.GetProperty("id").GetInt64())];
    }

    [Fact]
    public async Task A_draft_goes_whole_with_its_seats_the_carts_of_an_earlier_publication_and_wishes()
    {
        var staged = await App.AnEvent(rows: 2, seatsPerRow: 3, standing: 5);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[0])).Succeeded();
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        await App.Execute("insert into wishlist_item (account_id, event_id, created_at) values (@account, @Id, now())", new { account = asha.Id, staged.Id });

        (await administrator.Delete($"/api/admin/events/{staged.Id}")).Refused(409, "event.not_draft");
        (await administrator.Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();
        (await administrator.Post($"/api/admin/events/{staged.Id}/reactivate")).Succeeded();
        Assert.Equal("""{"success":true,"message":"Event deleted successfully"}""", (await administrator.Delete($"/api/admin/events/{staged.Id}")).Succeeded().Text);

        (await administrator.Delete($"/api/admin/events/{staged.Id}")).Refused(404, "event.not_found");
        Assert.Equal(0, await App.Value<int>("select (select count(*) from seat where event_id = @Id) + (select count(*) from seat_category where event_id = @Id)", new { staged.Id }));
        Assert.Equal(JsonValueKind.Null, (await asha.Cart()).Succeeded().Json.ValueKind);
        (await asha.ChecksOut()).Refused(404, "cart.not_found");
        Assert.Equal(1, await App.Value<int>("select count(*) from admin_log where action = 'delete_event' and entity_id = @Id", new { staged.Id }));
    }

    /// <summary>Another administrator, who adds a category, is stood in for by a transaction of the test.</summary>
    [Fact]
    public async Task A_draft_goes_with_what_was_added_while_it_was_being_deleted()
    {
        var staged = await App.AnEvent(rows: 0, standing: 3, published: false);
        var administrator = await App.Administrator();
        await using var adding = await InTheMiddle.Of(App, "select from event where id = @Id for no key update", new { staged.Id });

        var deleting = administrator.Delete($"/api/admin/events/{staged.Id}");
        await adding.IsWaitedFor();
        await adding.Does(
            """
            with category as (
                insert into seat_category (event_id, name, price, total_seats, color_code, created_at)
                values (@Id, 'Balcony', 0, 2, '#000000', now())
                returning id)
            insert into seat (event_id, category_id)
            select @Id, id
            from   category, generate_series(1, 2)
            """,
            new { staged.Id });
        await adding.Commits();

        (await deleting).Succeeded();
        (await administrator.Get($"/api/admin/events/{staged.Id}")).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task What_was_booked_is_never_deleted_even_if_it_was_not_paid()
    {
        var staged = await App.AnEvent(rows: 0, standing: 5);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Books(staged.Standing, 2);
        await App.Advance(TimeSpan.FromMinutes(20));
        await App.RunTimer("BookingExpiry");
        (await administrator.Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();
        (await administrator.Post($"/api/admin/events/{staged.Id}/reactivate")).Succeeded();

        (await administrator.Delete($"/api/admin/events/{staged.Id}")).Refused(409, "event.has_bookings");
        (await asha.Booking(booking)).Succeeded();
    }

    [Fact]
    public async Task A_published_event_is_completed_when_it_is_over()
    {
        var open = await App.AnEvent(rows: 0, standing: 1, starts: TimeSpan.FromDays(1));
        var ended = await App.AnEvent(rows: 0, standing: 1, starts: TimeSpan.FromDays(1));
        var draft = await App.AnEvent(rows: 0, standing: 1, starts: TimeSpan.FromDays(1), published: false);
        var administrator = await App.Administrator();
        (await administrator.Patch($"/api/admin/events/{ended.Id}", new { eventEndDate = ended.Date + TimeSpan.FromHours(2) })).Succeeded();

        await App.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(3));
        await App.RunTimer("EventCompletion");
        Assert.Equal(("published", "completed", "draft"), (await Status(open), await Status(ended), await Status(draft)));
        await App.Advance(TimeSpan.FromHours(3));
        await App.RunTimer("EventCompletion");
        await App.RunTimer("EventCompletion");
        Assert.Equal("completed", await Status(open));
        (await App.Nobody.Get($"/api/events/{open.Id}")).Succeeded();

        async Task<string?> Status(StagedEvent staged) => (await administrator.Get($"/api/admin/events/{staged.Id}")).Succeeded()["status"].GetString();
    }
}
