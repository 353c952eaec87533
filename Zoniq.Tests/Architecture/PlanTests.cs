using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>What is asked most finds its rows by index, however long the app has been in business.</summary>
public sealed class PlanTests(BusyApp app) : IClassFixture<BusyApp>, IAsyncLifetime
{
    /// <summary>A page, its tickets and what belongs to them.</summary>
    private const int Few = 300;

    private readonly QueryPlans plans = new(app);
    private long house;
    private long buyer;
    private long booking;

    public async Task InitializeAsync()
    {
        house = await app.Value<long>("select event_id from seat_category where total_seats = 2004 and event_id in (select id from event where status = 'published') limit 1");
        (booking, buyer) = (await app.Rows<(long, long)>("select id, account_id from booking where status = 'confirmed' and event_id = @house and paid_by is not null order by id limit 1", new { house }))[0];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task What_is_generated_is_as_the_app_would_have_left_it() => Assert.Empty(await app.Invariants());

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events?page=5")]
    [InlineData("/api/events?category=comedy")]
    [InlineData("/api/events?city=Pune")]
    [InlineData("/api/events?sort=popularity&page_size=30")]
    [InlineData("/api/events?when=upcoming")]
    [InlineData("/api/events?min_price=300&max_price=900")]
    public async Task A_page_of_the_list_reads_the_listed_events(string path) =>
        // The total counts them, a thousand here, and the page walks over those it leaves out.
        await FindsByIndex(() => app.Nobody.Get(path), mostRows: 2_200);

    [Fact]
    public async Task A_few_days_of_the_list_are_read_without_the_others()
    {
        var today = app.Now;

        await FindsByIndex(() => app.Nobody.Get($"/api/events?date_from={today:yyyy-MM-dd}&date_to={today.AddDays(7):yyyy-MM-dd}"), Few);
        await FindsByIndex(() => app.Nobody.Get($"/api/events?date_from={today:yyyy-MM-ddTHH:mm:ssZ}&date_to={today.AddDays(7):yyyy-MM-ddTHH:mm:ssZ}"), Few);
    }

    [Theory]
    [InlineData("/api/events/search?q=monsoon+jazz")]
    [InlineData("/api/events/search?q=mons")]
    [InlineData("/api/events/search?q=bharatnatyam")]
    [InlineData("/api/events?search=Kaveri")]
    public async Task A_search_reads_what_matches(string path) => await FindsByIndex(() => app.Nobody.Get(path), mostRows: 1_200);

    [Theory]
    [InlineData("today")]
    [InlineData("tomorrow")]
    [InlineData("weekend")]
    public async Task A_day_of_the_list_is_read_without_the_others(string when) => await FindsByIndex(() => app.Nobody.Get($"/api/events?when={when}"), Few);

    [Fact]
    public async Task The_next_events_are_read_in_order() => await FindsByIndex(() => app.Nobody.Get("/api/events/upcoming"), Few);

    [Fact]
    public async Task What_is_popular_is_read_in_order() => await FindsByIndex(() => app.Nobody.Get("/api/events/trending"), Few);

    [Fact]
    public async Task An_event_is_found_by_slug_and_by_number()
    {
        var slug = await app.Value<string>("select slug from event where id = @house", new { house });

        await FindsByIndex(() => app.Nobody.Get($"/api/events/{slug}"), Few);
        await FindsByIndex(() => app.Nobody.Get($"/api/events/{house}"), Few);
        await FindsByIndex(() => app.Nobody.Get($"/api/events/{house}/categories"), mostRows: 5_200);
    }

    [Fact]
    public async Task A_seat_map_reads_the_seats_of_its_event() => await FindsByIndex(() => app.Nobody.Get($"/api/events/{house}/seats"), mostRows: 5_200);

    [Fact]
    public async Task What_changed_on_a_map_is_found_among_the_seats_of_its_event()
    {
        await FindsByIndex(() => app.Nobody.Get($"/api/events/{house}/seats?since=1"), mostRows: 5_200);
        await app.Execute("update seat set position_x = 7 where id in (select id from seat where event_id = @house limit 3)", new { house });
        await FindsByIndex(() => app.RunTimer("SeatNews"), Few);
    }

    [Fact]
    public async Task A_purchase_touches_what_it_buys()
    {
        var person = await app.NewBuyer();
        var numbered = await CategoryOf("assigned");
        var seats = await app.Rows<long>("select id from seat where category_id = @numbered and booking_id is null and cart_id is null order by id desc limit 2", new { numbered });
        var standing = await CategoryOf("general");

        await FindsByIndex(async () => (await person.Adds(await EventOf(numbered), numbered, seats)).Succeeded(), Few);
        await FindsByIndex(async () => (await person.Adds(await EventOf(standing), standing, 2)).Succeeded(), Few);
        await FindsByIndex(() => person.Cart(), Few);
        await FindsByIndex(() => person.Get("/api/cart/validate"), Few);

        var booked = 0L;
        await FindsByIndex(async () => booked = (await person.ChecksOut(await EventOf(numbered))).Succeeded(201).Id, Few);
        await FindsByIndex(() => person.PaysFor(booked), Few);
        await FindsByIndex(() => person.ClearsCart(), Few);
    }

    [Fact]
    public async Task A_waiting_list_is_walked_by_index_and_who_buys_elsewhere_does_not_see_it()
    {
        var standing = (await app.AnEvent(rows: 0, standing: 4)).Standing;
        var (holder, person) = (await app.NewBuyer(), await app.NewBuyer());
        (await holder.Adds(standing, 3)).Succeeded();
        await app.Execute(
            "insert into waitlist_entry (account_id, event_id, category_id, quantity, created_at, changed_at) select id, @EventId, @CategoryId, 2 + id % 2, @now, @now from account where is_active and not is_blocked order by id limit 1000",
            new { standing.EventId, standing.CategoryId, now = app.Now.UtcDateTime });

        await FindsByIndex(async () => (await person.Adds(standing)).Succeeded(), Few);
        await FindsByIndex(async () => (await person.Post($"/api/events/{standing.EventId}/waitlist", new { seatCategoryId = standing.CategoryId, quantity = 2 })).Succeeded(201), mostRows: 1_100);
        (await holder.ClearsCart()).Succeeded();
        await FindsByIndex(() => app.RunTimer("WaitlistOffers"), Few);
        await FindsByIndex(async () => (await person.Delete($"/api/events/{standing.EventId}/waitlist")).Succeeded(), Few);
        await app.Execute("delete from waitlist_entry where status = 'waiting'");
    }

    [Fact]
    public async Task Somebody_sees_their_own()
    {
        var person = await app.SignedIn(buyer);
        var number = await app.Value<string>("select booking_number from booking where id = @booking", new { booking });
        var ticket = await app.Value<long>("select id from ticket where booking_id = @booking limit 1", new { booking });

        foreach (var path in new[]
        {
            "/api/users/me", "/api/users/me/wishlist", "/api/users/me/bookings", "/api/users/me/bookings?status=confirmed", "/api/users/me/tickets", "/api/users/me/tickets?when=upcoming", "/api/tickets/transfers/history",
            $"/api/bookings/{booking}", $"/api/bookings/number/{number}", $"/api/tickets/{ticket}", $"/api/tickets/booking/{booking}",
            $"/api/payments/{booking}", $"/api/payments/booking/{booking}/status",
        })
        {
            await FindsByIndex(async () => (await person.Get(path)).Succeeded(200), Few);
        }
    }

    [Fact]
    public async Task A_gate_finds_the_ticket_that_is_shown()
    {
        var administrator = await app.Administrator();
        var tickets = await app.Rows<string>("select ticket_number from ticket where status = 'valid' order by id limit 3");

        await FindsByIndex(async () => (await administrator.Post("/api/tickets/mark-used", new { ticketNumber = tickets[0], scanId = "plan-1" })).Succeeded(200), Few);
        await FindsByIndex(async () => (await administrator.Post("/api/tickets/mark-used", new { ticketNumber = tickets[0], scanId = "plan-2" })).Refused(409, "ticket.already_used"), Few);
        await FindsByIndex(async () => (await administrator.Post("/api/tickets/mark-used", new { ticketNumber = tickets[0], scanId = "plan-1" })).Succeeded(200), Few);
        var scans = tickets.Select((ticketNumber, at) => new { scanId = $"plan-sync-{at}", ticketNumber, scannedAt = app.Now });
        await FindsByIndex(async () => (await administrator.Post("/api/admin/check-in/sync", new { deviceId = "plan", scans })).Succeeded(200), Few);
        await FindsByIndex(async () => (await administrator.Post("/api/admin/check-in/undo", new { ticketNumber = tickets[0], reason = "Plan" })).Succeeded(200), Few);
    }

    [Fact]
    public async Task A_ticket_that_is_passed_on_is_found_among_all()
    {
        var person = await app.NewBuyer();
        var standing = await CategoryOf("general");
        (await person.Adds(await EventOf(standing), standing, 1)).Succeeded();
        var bought = (await person.ChecksOut(await EventOf(standing))).Succeeded(201).Id;
        await person.PaysFor(bought);
        var ticket = (await person.Tickets())[0].GetProperty("id");

        var offer = 0L;
        await FindsByIndex(async () => offer = (await person.Post($"/api/tickets/{ticket}/transfer", new { toEmail = "friend@example.in" })).Succeeded(200)["transferId"].GetInt64(), Few);
        await FindsByIndex(async () => (await person.Get("/api/tickets/transfers/history")).Succeeded(200), Few);
        await FindsByIndex(async () => (await person.Post($"/api/tickets/transfers/{offer}/cancel")).Succeeded(200), Few);
        await FindsByIndex(async () => (await person.Post($"/api/bookings/{bought}/cancel")).Succeeded(200), Few);
    }

    [Fact]
    public async Task Signing_in_finds_one_account()
    {
        const string Email = "late.riser@example.in";

        await FindsByIndex(async () => (await app.Nobody.Post("/api/auth/email-otp/send", new { email = Email })).Succeeded(), Few);
        var code = await app.Inbox.ExpectCode(Email, 0);
        await FindsByIndex(async () => (await app.Nobody.Post("/api/auth/email-otp/verify", new { email = Email, code })).Succeeded(), Few);
        await FindsByIndex(() => app.Nobody.Post("/api/auth/signin", new { username = "Late.Riser", email = Email, password = "not the right one" }), Few);
    }

    [Theory]
    [InlineData("/api/admin/bookings", Few)]
    [InlineData("/api/admin/bookings?page=20&page_size=100", 2_300)]
    [InlineData("/api/admin/logs", Few)]
    [InlineData("/api/admin/payments", Few)]
    [InlineData("/api/admin/users", Few)]
    public async Task A_page_of_the_office_is_read_from_the_newest_on(string path, int mostRows)
    {
        var administrator = await app.Administrator();

        await FindsByIndex(async () => (await administrator.Get(path)).Succeeded(200), mostRows, mostCounted: int.MaxValue);
    }

    [Fact]
    public async Task The_office_finds_what_somebody_asks_for()
    {
        var administrator = await app.Administrator();
        var (number, email) = (await app.Rows<(string, string)>("select booking_number, contact_email from booking where id = @booking", new { booking }))[0];
        var evening = await app.Value<long>("select id from event where id <> @house and exists (select from booking where event_id = event.id) order by id limit 1", new { house });

        foreach (var path in new[]
        {
            $"/api/admin/bookings?search={number}", $"/api/admin/bookings?search={Uri.EscapeDataString(email)}", $"/api/admin/bookings?user_id={buyer}",
            $"/api/admin/bookings?event_id={evening}&status=confirmed", $"/api/admin/bookings/{booking}", $"/api/admin/bookings/event/{evening}/attendees",
            $"/api/admin/payments?booking_id={booking}", "/api/admin/dashboard/recent-bookings", $"/api/admin/users/{buyer}",
        })
        {
            await FindsByIndex(async () => (await administrator.Get(path)).Succeeded(200), Few);
        }
    }

    [Theory]
    [InlineData("BookingExpiry")]
    [InlineData("EventCompletion")]
    [InlineData("EventRefunds")]
    [InlineData("EventReminder")]
    [InlineData("HoldSweep")]
    [InlineData("LiveUpdates")]
    [InlineData("MailOutbox")]
    [InlineData("PaymentReconcile")]
    [InlineData("QueueDraw")]
    [InlineData("RefundWorker")]
    [InlineData("SeatNews")]
    [InlineData("TransferExpiry")]
    [InlineData("WaitlistOffers")]
    [InlineData("WebhookInbox")]
    public async Task A_timer_finds_what_is_due(string timer) =>
        await FindsByIndex(() => app.RunTimer(timer), mostRows: 2_000);

    [Fact]
    public async Task The_invariants_are_looked_at_a_window_at_a_time() =>
        // Of fifty thousand bookings, twenty thousand and their tickets and seats; of the places, as many as a window has.
        await FindsByIndex(() => app.RunTimer("Invariants"), mostRows: 250_000);

    [Fact]
    public async Task However_many_wait_a_place_is_found_and_the_next_are_called_without_looking_at_the_others()
    {
        var eventId = await app.Value<long>(
            """
            select   id
            from     event
            where    status = 'published'
            and      id <> @house
            and      booking_start_date < zoniq_now()
            and      booking_end_date > zoniq_now() + interval '1 day'
            order by id desc
            limit    1
            """,
            new { house });
        await app.Execute("update event set queue_enabled = true where id = @eventId", new { eventId });
        (await app.Nobody.Get($"/api/queue/{eventId}/fairness")).Succeeded();
        await app.RunTimer("QueueTick");
        await app.Execute(
            """
            with waiting as (
                insert into queue_entry (event_id, account_id, number, joined_at)
                select @eventId, id, row_number() over (order by id), zoniq_now()
                from   account
                returning number
            )
            update queue_door
            set    last_number = (select count(*) from waiting)
            where  event_id = @eventId
            """,
            new { eventId });
        await app.Execute("analyze queue_entry, queue, queue_door");
        var asha = await app.NewBuyer();

        await FindsByIndex(() => app.RunTimer("QueueTick"), Few);
        await FindsByIndex(() => asha.Post($"/api/queue/{eventId}/join"), Few);
        await FindsByIndex(() => asha.Get($"/api/queue/{eventId}/position"), Few);
        await FindsByIndex(() => app.Nobody.Get($"/api/queue/{eventId}/status"), Few);
        await FindsByIndex(() => asha.Delete($"/api/queue/{eventId}/leave"), Few);
    }

    private async Task FindsByIndex(Func<Task> something, int mostRows, int? mostCounted = null)
    {
        var offences = await plans.OffencesOf(something, mostRows, mostCounted ?? mostRows);
        Assert.True(offences.Length == 0, offences);
    }

    /// <summary>One that is on sale and has places left.</summary>
    private Task<long> CategoryOf(string seatingType) => app.Value<long>(
        """
        select   category.id
        from     seat_category category
        join     event on event.id = category.event_id
        where    event.status = 'published'
        and      event.booking_end_date > zoniq_now() + interval '1 day'
        and      category.seating_type = @seatingType
        and      category.price > 0
        and      category.total_seats - category.booked_seats > 10
        order by category.total_seats desc
        limit    1
        """,
        new { seatingType });

    private Task<long> EventOf(long categoryId) => app.Value<long>("select event_id from seat_category where id = @categoryId", new { categoryId });
}
