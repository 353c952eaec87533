using Zoniq.Tests.Accounts;

namespace Zoniq.Tests.Administration;

/// <summary>People get everything that is held about them, and leave without a trace but the money's.</summary>
public sealed class PersonalDataTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Everything_is_in_the_export_and_nothing_that_opens_anything()
    {
        var staged = await App.AnEvent();
        var asha = await App.SignUp("asha_of_export", "asha.export@example.in", "Export-Password-1");
        var booking = await asha.Buys(staged.Standing, 2);
        var ticket = booking["items"][0].GetProperty("id").GetInt64();
        var token = await asha.Sends(ticket, "ravi.export@example.in", "For you");
        await asha.Post($"/api/users/me/wishlist/{staged.Id}");
        (await asha.Adds(staged.Standing)).Succeeded();
        await asha.Get("/api/users/me/notifications/preferences");

        var export = (await asha.Get("/api/users/me/export")).Succeeded(200);

        Assert.Equal($"zoniq-export-{asha.Id}.json", export.ContentHeaders.ContentDisposition!.FileName);
        string[] members =
        [
            "adminActions", "bookings", "carts", "generatedAt", "mails", "notificationPreferences", "payments", "profile", "queueEntries", "refunds", "tickets", "transfers", "waitlist", "wishlist",
        ];
        Assert.Equal(members, export.Json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal("asha.export@example.in", export["profile"].GetProperty("email").GetString());
        Assert.Equal(booking.Id, Assert.Single(export["bookings"].EnumerateArray()).GetProperty("id").GetInt64());
        Assert.Equal(2, export["tickets"].GetArrayLength());
        Assert.Equal("For you", Assert.Single(export["transfers"].EnumerateArray()).GetProperty("message").GetString());
        Assert.Equal(100_000, Assert.Single(export["payments"].EnumerateArray()).GetProperty("amountPaise").GetInt64());
        Assert.Equal(staged.Id, Assert.Single(export["wishlist"].EnumerateArray()).GetProperty("eventId").GetInt64());
        Assert.Equal(2, export["carts"].GetArrayLength());
        Assert.NotEmpty(export["mails"].EnumerateArray());
        Assert.DoesNotContain("hash", export.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(token, export.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_export_holds_nothing_of_others()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await ravi.Buys(staged.Standing);

        var export = (await asha.Get("/api/users/me/export")).Succeeded(200);

        Assert.All(["bookings", "tickets", "payments", "mails"], member => Assert.Empty(export[member].EnumerateArray()));
        Assert.DoesNotContain(ravi.Email, export.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Who_has_something_to_go_to_stays()
    {
        var staged = await App.AnEvent();
        var (buyer, holder) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await buyer.Buys(staged.Standing);
        await buyer.Gives(booking["items"][0].GetProperty("id").GetInt64(), holder);

        (await buyer.Delete("/api/users/me")).Refused(409, "account.has_upcoming_bookings");
        (await holder.Delete("/api/users/me")).Refused(409, "account.has_upcoming_bookings");

        await App.Advance(TimeSpan.FromDays(31));
        (await (await App.SignIn(holder.Email)).Delete("/api/users/me")).Succeeded(200);
    }

    [Fact]
    public async Task The_last_administrator_stays_and_of_two_who_leave_at_once_one()
    {
        var administrator = await App.Administrator();
        var (first, second) = (await App.NewBuyer(), await App.NewBuyer());
        await App.Execute("update account set role = case when id in (@First, @Second) then 'admin' else 'user' end", new { First = first.Id, Second = second.Id });

        var left = await App.InTurn(
            "select id from account where id = @Id for update", new { first.Id },
            [() => first.Delete("/api/users/me"), () => second.Delete("/api/users/me")]);

        Assert.Single(left, answer => answer.Status == 200);
        Assert.Single(left, answer => answer.Code == "user.last_admin");
        await App.Execute("update account set role = 'admin' where id = @Id", new { administrator.Id });
    }

    [Fact]
    public async Task A_checkout_under_way_is_waited_for_and_what_it_booked_is_seen()
    {
        var staged = await App.AnEvent(price: 0);
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Standing)).Succeeded();

        var answers = await App.InTurn(
            "select id from cart where account_id = @Id for update", new { asha.Id },
            [() => asha.ChecksOut(), () => asha.Delete("/api/users/me")]);

        answers[0].Succeeded(201);
        answers[1].Refused(409, "account.has_upcoming_bookings");
    }

    [Fact]
    public async Task What_is_left_of_somebody_is_numbers()
    {
        var staged = await App.AnEvent(standing: 50);
        var asha = await App.SignUp("asha_vanishing", "asha.vanishing@personal.example", "Vanishing-Password-1");
        (await asha.Patch("/api/users/me", new { fullName = "Asha Vanishingfamily", phone = "+919876511111" })).Succeeded();
        (await App.Nobody.Post("/api/auth/signin", new { email = asha.Email, password = "wrong-password" })).Refused(400, "auth.credentials_invalid");
        var administrator = await App.Administrator();
        (await administrator.Post($"/api/admin/users/{asha.Id}/block", new { reason = "Vanishing reason of a block" })).Succeeded();
        (await administrator.Post($"/api/admin/users/{asha.Id}/unblock")).Succeeded();
        (await administrator.Post($"/api/admin/users/{asha.Id}/make-admin")).Succeeded();
        (await asha.Post("/api/admin/venues", new { name = "A hall of theirs" })).Succeeded(201);
        (await administrator.Post($"/api/admin/users/{asha.Id}/remove-admin")).Succeeded();
        (await asha.Adds(staged.Standing, 3)).Succeeded();
        var booked = (await asha.ChecksOut(contact: new { contactEmail = "contact.vanishing@personal.example", contactPhone = "+919876522222" })).Succeeded(201);
        var order = (await asha.CreatesOrder(booked.Id)).Succeeded();
        asha.Pays(order, "fail", "card");
        (await asha.Verifies(asha.Pays(order))).Succeeded();
        var friend = await App.NewBuyer();
        var ticket = booked["items"][0].GetProperty("id").GetInt64();
        await asha.Gives(ticket, friend);
        await friend.Gives(ticket, asha);
        await friend.Buys(staged.Standing, 2);
        var offered = (await friend.Tickets())[0].GetProperty("id").GetInt64();
        var offer = await friend.Sends(offered, asha.Email, "A vanishing message");
        await asha.Sends(ticket, "stranger.vanishing@personal.example", "Another vanishing message");
        await asha.Post($"/api/users/me/wishlist/{staged.Id}");
        (await asha.Post($"/api/bookings/{booked.Id}/cancel", new { reason = "A vanishing reason" })).Succeeded();
        await App.RunTimer("RefundWorker");
        await asha.Books(staged.Standing);
        (await asha.Adds(staged.Standing)).Succeeded();
        await App.RunTimer("MailOutbox");
        var money = await App.Rows<(string, long)>("select 'captured', sum(amount)::bigint from payment where paid_at is not null union all select 'refunded', sum(amount)::bigint from refund union all select 'booked', sum(final_amount)::bigint from booking");
        var pages = await App.Value<long>("select count(*) from admin_log");

        string[] personal = ["vanishing", "9876511111", "9876522222", Convert.ToBase64String("asha.vanishing@personal.example"u8)[..24], Convert.ToHexStringLower("asha.vanishing"u8)];
        Assert.True((await Found(personal, except: "stranger.vanishing@personal.example")).Length > 10);

        (await asha.Delete("/api/users/me")).Succeeded(200);

        await App.RunTimer("MailOutbox");
        var farewell = App.Inbox.MailsTo(asha.Email)[^1];
        Assert.Equal("Your ZONIQ account was changed", farewell.Message.Subject);
        (await asha.Get("/api/users/me")).Refused(401, "auth.token_revoked");
        (await asha.Post("/api/tickets/claim", new { transferToken = offer })).Refused(401, "auth.token_revoked");
        Assert.Empty(await Found(personal, except: "stranger.vanishing@personal.example"));
        Assert.DoesNotContain(App.Logs, line => personal.Any(value => $"{line.Text} {line.Exception}".Contains(value, StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(money, await App.Rows<(string, long)>("select 'captured', sum(amount)::bigint from payment where paid_at is not null union all select 'refunded', sum(amount)::bigint from refund union all select 'booked', sum(final_amount)::bigint from booking"));
        Assert.Equal(pages, await App.Value<long>("select count(*) from admin_log"));
        var again = await App.SignUp("asha_vanishing", "asha.vanishing@personal.example", "Vanishing-Password-2");
        Assert.NotEqual(asha.Id, again.Id);
    }

    [Fact]
    public async Task Late_money_of_somebody_who_is_gone_goes_back()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing);
        var order = (await asha.CreatesOrder(bookingId)).Succeeded();
        var ravi = await App.NewBuyer();
        var expired = await ravi.Books(staged.Standing);
        var second = (await ravi.CreatesOrder(expired)).Succeeded();
        (await asha.Delete("/api/users/me")).Succeeded(200);
        (await ravi.Delete("/api/users/me")).Succeeded(200);

        asha.Pays(order);
        await App.Advance(TimeSpan.FromMinutes(3));
        await App.RunTimer("PaymentReconcile");
        await App.Advance(TimeSpan.FromMinutes(16));
        await App.RunTimer("BookingExpiry");
        ravi.Pays(second);
        await App.Advance(TimeSpan.FromMinutes(10));
        await App.RunTimer("PaymentReconcile");
        await App.RunTimer("RefundWorker");

        Assert.Equal(new long[] { 50_000, 50_000 }, await App.Rows<long>("select refund.amount from refund join payment on payment.id = refund.payment_id where booking_id in (@bookingId, @expired)", new { bookingId, expired }));
    }

    [Fact]
    public async Task Old_words_are_forgotten_and_figures_are_kept()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        await asha.Buys(staged.Standing);
        await App.RunTimer("MailOutbox");
        await App.RunTimer("Housekeeping");
        Assert.True(await App.Value<bool>("select exists (select from mail where recipient = @Email and data <> '{}')", new { asha.Email }));
        Assert.True(await App.Value<bool>("select exists (select from admin_log where ip_address is not null)"));
        var pages = await App.Value<long>("select count(*) from admin_log");

        await App.Advance(TimeSpan.FromDays(181));
        await App.RunTimer("Housekeeping");

        Assert.False(await App.Value<bool>("select exists (select from mail where data <> '{}' and status <> 'pending')"));
        Assert.False(await App.Value<bool>("select exists (select from admin_log where ip_address is not null and created_at <= zoniq_now() - interval '180 days')"));
        Assert.Equal(pages, await App.Value<long>("select count(*) from admin_log"));
    }

    [Fact]
    public async Task The_log_still_cannot_be_rewritten()
    {
        await App.AnEvent();

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute("update admin_log set details = '{}'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute("select set_config('zoniq.erasing', 'on', true); update admin_log set action = 'nothing'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute("select set_config('zoniq.erasing', 'on', true); delete from admin_log"));
    }

    /// <summary>A table that refers to people, or keeps their words, is dealt with when they leave, or somebody has said here why not.</summary>
    [Fact]
    public async Task Every_table_about_people_is_known_to_the_erasure()
    {
        string[] withoutNames =
        [
            "account",    // the row stays and loses its name
            "booking", "cart", "promo_use", "queue_entry", "revoked_token", "ticket", "ticket_scan", "waitlist_entry",    // numbers of accounts only
            "event", "upload",    // who made them, as a number
            "idempotent_request", "notification_preference", "one_time_code", "push", "wishlist_item",    // deleted
            "ticket_transfer", "admin_log",    // addresses, names and words replaced
        ];

        var about = await App.Rows<string>(
            """
            select distinct table_name
            from   information_schema.columns
            where  table_schema = 'public'
            and    (column_name like '%account%' or column_name in ('holder_id', 'admin_id', 'created_by', 'uploaded_by', 'scanned_by'))
            """);

        Assert.Empty(about.Except(withoutNames));
    }

    private async Task<string[]> Found(string[] values, string except)
    {
        var found = new List<string>();
        foreach (var table in await App.Rows<string>("select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"))
        {
            foreach (var row in await App.Rows<string>($"select to_jsonb(one)::text from \"{table}\" as one"))
            {
                var text = row.Replace(except, "", StringComparison.Ordinal);
                if (values.Any(value => text.Contains(value, StringComparison.OrdinalIgnoreCase)))
                {
                    found.Add($"{table}: {row}");
                }
            }
        }

        return [.. found];
    }
}
