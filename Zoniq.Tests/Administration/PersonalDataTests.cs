using Zoniq.Tests.Accounts;
using Zoniq.Tests.Support;

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
        var preferences = (await asha.Get("/api/users/me/notifications/preferences")).Succeeded(200);

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
        Assert.Equal(100_000, Assert.Single(export["payments"].EnumerateArray()).GetProperty("amount").GetInt64());
        Assert.Equal(staged.Id, Assert.Single(export["wishlist"].EnumerateArray()).GetProperty("eventId").GetInt64());
        Assert.Equal(2, export["carts"].GetArrayLength());
        Assert.NotEmpty(export["mails"].EnumerateArray());

        Assert.Contains("asha.export@example.in", export.Text, StringComparison.Ordinal);

        // Names, amounts and moments are those of the other answers.
        var (shown, told) = ((await asha.Booking(booking.Id)).Succeeded(200), export["bookings"][0]);
        Assert.All(["totalAmount", "discountAmount", "finalAmount", "createdAt"], member => Assert.Equal(shown[member].GetRawText(), told.GetProperty(member).GetRawText()));
        Assert.Equal(
            preferences.Json.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())).Order(),
            export["notificationPreferences"].EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())).Order());
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
        Assert.True(export["notificationPreferences"].GetProperty("emailBookingConfirmation").GetBoolean());    // which have never been looked at
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
        await asha.Get("/api/users/me/notifications/preferences");
        (await asha.Post($"/api/bookings/{booked.Id}/cancel", new { reason = "A vanishing reason" })).Succeeded();
        var queued = await App.AnEvent(queue: new());
        (await asha.Joins(queued)).Succeeded();
        var full = await App.AnEvent(rows: 0, standing: 1);
        (await friend.Adds(full.Standing)).Succeeded();
        (await asha.Post($"/api/events/{full.Id}/waitlist", new { seatCategoryId = full.Standing.CategoryId, quantity = 1 })).Succeeded(201);
        (await asha.Post("/api/users/me/verify-phone")).Succeeded();
        (await asha.Patch("/api/users/me", new { email = "asha.vanishing.new@personal.example" })).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(1));
        (await asha.Post("/api/users/me/verify-email")).Succeeded();
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
    public async Task Nobody_loses_a_mail_because_somebody_gave_their_address_for_a_booking()
    {
        var staged = await App.AnEvent();
        var (victim, other) = (await App.SignUp("left_alone", "left.alone@example.in", "Left-Alone-Password-1"), await App.NewBuyer());
        (await other.Adds(staged.Standing)).Succeeded();
        (await other.ChecksOut(contact: new { contactEmail = victim.Email })).Succeeded(201);
        await App.Advance(TimeSpan.FromMinutes(1));
        (await victim.Patch("/api/users/me", new { email = "elsewhere@example.in" })).Succeeded();    // a security notice waits for them
        var before = await Mails();

        var export = (await other.Get("/api/users/me/export")).Succeeded();
        (await other.Delete("/api/users/me")).Succeeded(200);

        Assert.DoesNotContain(export["mails"].EnumerateArray(), mail => mail.GetProperty("template").GetString() is "security_notice" or "code");
        Assert.NotEmpty(before);
        Assert.Equal(before, await Mails());

        Task<string[]> Mails() => App.Rows<string>("select to_jsonb(mail)::text from mail where account_id = @Id or (recipient = @Email and account_id is null) order by id", new { victim.Id, victim.Email });
    }

    [Fact]
    public async Task Nobody_can_choose_a_name_that_empties_the_log()
    {
        await App.AnEvent();
        var asha = await App.NewBuyer();
        (await asha.Patch("/api/users/me", new { fullName = "published", phone = "+911234567890", email = "an-evening-of-sitar@example.in" })).Succeeded();
        var before = await Pages();

        (await asha.Delete("/api/users/me")).Succeeded(200);

        Assert.NotEmpty(before);
        Assert.Equal(before, await Pages());

        Task<string[]> Pages() => App.Rows<string>("select to_jsonb(admin_log)::text from admin_log order by id");
    }

    [Fact]
    public async Task Money_and_leaving_at_once_end_with_a_ticket_that_keeps_its_buyer_or_with_the_money_back()
    {
        App.Razorpay.DeliversWebhooks = false;
        var staged = await App.AnEvent();
        foreach (var paidFirst in new[] { true, false })
        {
            var asha = await App.NewBuyer();
            var bookingId = await asha.Books(staged.Standing);
            var paid = asha.Pays((await asha.CreatesOrder(bookingId)).Succeeded());
            Func<Task<Answer>>[] things = [() => asha.Verifies(paid), () => asha.Delete("/api/users/me")];

            var answers = await App.InTurn("select from booking where id = @bookingId for update", new { bookingId }, paidFirst ? things : [things[1], things[0]]);

            if (paidFirst)
            {
                answers[0].Succeeded(200);
                answers[1].Refused(409, "account.has_upcoming_bookings");
            }
            else
            {
                answers[0].Succeeded(200);
                answers[1].Refused(409, "payment.late_refunded");
                Assert.Equal(1, await App.Value<long>("select count(*) from refund join payment on payment.id = refund.payment_id where booking_id = @bookingId", new { bookingId }));
                Assert.Empty(await App.Rows<string>("select template from mail where cause like 'booking:' || @bookingId and data <> '{}'", new { bookingId }));
            }
        }
    }

    [Fact]
    public async Task Who_had_offered_a_ticket_to_somebody_that_leaves_is_told_without_a_name()
    {
        var (asha, friend) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await friend.Buys((await App.AnEvent()).Standing);
        await friend.Sends(booking["items"][0].GetProperty("id").GetInt64(), asha.Email);

        (await asha.Delete("/api/users/me")).Succeeded(200);
        await App.RunTimer("MailOutbox");

        var told = Assert.Single(App.Inbox.MailsTo(friend.Email), mail => mail.Message.Subject!.StartsWith("Ticket Transfer Cancelled - ", StringComparison.Ordinal)).Message.TextBody!;
        Assert.Contains("It is still yours", told, StringComparison.Ordinal);
        Assert.DoesNotContain(asha.Email, told, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>They come in by a code in another window, which has the code before the account.</summary>
    [Fact]
    public async Task Leaving_and_coming_in_by_a_code_at_once_do_not_lock_each_other_up()
    {
        var asha = await App.NewBuyer();
        (await App.Nobody.Post("/api/auth/email-otp/send", new { asha.Email })).Succeeded();
        await using var comingIn = await InTheMiddle.Of(App, "update one_time_code set attempts_left = 0 where address = @Email", new { asha.Email });

        var leaving = asha.Delete("/api/users/me");
        await comingIn.IsWaitedFor();
        await comingIn.Does("update account set last_login_at = zoniq_now() where id = @Id", new { asha.Id });
        await comingIn.Commits();

        (await leaving).Succeeded(200);
    }

    [Fact]
    public async Task Who_changes_a_profile_while_it_is_deleted_writes_nothing_back()
    {
        var asha = await App.NewBuyer();

        var answers = await App.InTurn(
            "select from account where id = @Id for update", new { asha.Id },
            [() => asha.Delete("/api/users/me"), () => asha.Patch("/api/users/me", new { fullName = "Still Here" })]);

        answers[0].Succeeded(200);
        answers[1].Refused(401, "auth.token_revoked");
        Assert.True(await App.Value<bool>("select full_name is null from account where id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Who_claims_a_ticket_stays_and_who_has_left_claims_none()
    {
        var staged = await App.AnEvent();
        foreach (var claimsFirst in new[] { true, false })
        {
            var (friend, asha) = (await App.NewBuyer(), await App.NewBuyer());
            var ticket = (await friend.Buys(staged.Standing))["items"][0].GetProperty("id").GetInt64();
            var token = await friend.Sends(ticket, asha.Email);
            Func<Task<Answer>>[] things = [() => asha.Claims(token), () => asha.Delete("/api/users/me")];

            var answers = await App.InTurn("select from account where id = @Id for update", new { asha.Id }, claimsFirst ? things : [things[1], things[0]]);

            answers[0].Succeeded(200);
            Assert.Equal(claimsFirst ? "account.has_upcoming_bookings" : "transfer.wrong_recipient", answers[1].Code);
            Assert.Equal(claimsFirst ? asha.Id : friend.Id, await App.Value<long>("select holder_id from ticket where id = @ticket", new { ticket }));
        }
    }

    [Fact]
    public async Task The_office_does_nothing_more_to_who_has_left()
    {
        var (administrator, asha) = (await App.Administrator(), await App.NewBuyer());
        (await asha.Delete("/api/users/me")).Succeeded(200);

        (await administrator.Post($"/api/admin/users/{asha.Id}/make-admin")).Refused(404, "user.not_found");
        (await administrator.Post($"/api/admin/users/{asha.Id}/block", new { reason = "For nothing" })).Refused(404, "user.not_found");
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
        var booking = await asha.Buys(staged.Standing);
        await asha.Sends(booking["items"][0].GetProperty("id").GetInt64(), "ravi.to.be@example.in", "Ravi will like it");
        await App.Execute("insert into webhook_event (event_key, event_type, body, received_at, next_attempt_at, is_parked) values ('evt_parked_long_ago', 'payment.captured', '{\"event\":\"payment.captured\"}', @now, @now, true)", new { now = App.Now });
        await App.RunTimer("MailOutbox");
        await App.RunTimer("Housekeeping");
        var before = await Offers();
        Assert.True(await App.Value<bool>("select exists (select from mail where recipient = @Email and data <> '{}')", new { asha.Email }));
        Assert.True(await App.Value<bool>("select exists (select from admin_log where ip_address is not null)"));
        var pages = await App.Value<long>("select count(*) from admin_log");

        await App.Advance(TimeSpan.FromDays(2));
        await App.RunTimer("TransferExpiry");
        await App.Advance(TimeSpan.FromDays(181));
        await App.RunTimer("Housekeeping");

        Assert.Empty(await App.Rows<string>("select to_jsonb(mail)::text from mail where data <> '{}' and status <> 'pending'"));
        Assert.Empty(await App.Rows<string>("select to_jsonb(mail)::text from mail where recipient not like 'erased-%' and status <> 'pending' and created_at <= zoniq_now() - interval '90 days'"));
        Assert.Equal(("Ravi will like it", "ravi.to.be@example.in"), (before[0].Item1, before[0].Item2));
        Assert.Equal((null, "ravi.to.be@example.in"), (await Offers())[0]);    // to whom stays, for who offered it
        Assert.Equal("{}", await App.Value<string>("select body from webhook_event where event_key = 'evt_parked_long_ago'"));

        Task<(string?, string)[]> Offers() => App.Rows<(string?, string)>("select message, to_email from ticket_transfer where from_account = @Id", new { asha.Id });
        Assert.False(await App.Value<bool>("select exists (select from admin_log where ip_address is not null and created_at <= zoniq_now() - interval '180 days')"));
        Assert.Equal(pages, await App.Value<long>("select count(*) from admin_log"));
    }

    [Fact]
    public async Task What_the_gateway_says_of_a_payer_is_not_kept()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var booking = await asha.Books(staged.Standing);
        var order = (await asha.CreatesOrder(booking)).Succeeded();
        App.Razorpay.DeliversWebhooks = true;
        asha.Pays(order, "fail");
        asha.Pays(order);

        for (var tries = 0; await App.Value<int>("select count(*) from webhook_event where body like '%' || @order || '%'", new { order = order["orderId"].GetString() }) < 3; tries++)
        {
            Assert.True(tries < 400, string.Join('\n', await App.Rows<string>("select body from webhook_event")));
            await Task.Delay(TimeSpan.FromMilliseconds(25));
        }

        Assert.Empty(await App.Rows<string>("select body from webhook_event where body ~* 'buyer@example|9900000000|okbank'"));
    }

    [Fact]
    public async Task What_the_office_wrote_about_a_payment_goes_with_whom_it_was_about()
    {
        var (staged, administrator) = (await App.AnEvent(starts: TimeSpan.FromDays(2), closes: TimeSpan.FromDays(1)), await App.Administrator());
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        foreach (var (buyer, reason) in new[] { (asha, "Asha Rao's mother is ill"), (ravi, "Ravi missed the train") })
        {
            var booking = await buyer.Buys(staged.Standing);
            var payment = await App.Value<long>("select paid_by from booking where id = @Id", new { booking.Id });
            (await administrator.Post($"/api/admin/payments/{payment}/refund", new { amount = 10_000, reason })).Succeeded(201);
        }

        await App.Advance(TimeSpan.FromDays(3));
        (await asha.Delete("/api/users/me")).Succeeded(200);

        Assert.Equal(["Ravi missed the train"], await App.Rows<string>("select details ->> 'reason' from admin_log where entity_type = 'payment' and details ? 'reason'"));
        Assert.Equal(2, await App.Value<int>("select count(*) from admin_log where entity_type = 'payment' and details ? 'paise'"));
    }

    [Fact]
    public async Task An_address_goes_out_of_the_bookings_of_others_too()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await ravi.Adds(staged.Standing)).Succeeded();
        var booking = (await ravi.ChecksOut(contact: new { contactEmail = asha.Email })).Succeeded(201).Id;

        await ravi.PaysFor((await Another()).Id);
        await App.RunTimer("MailOutbox");
        await ravi.PaysFor(booking);    // of this the mails have not left

        (await asha.Delete("/api/users/me")).Succeeded(200);
        await App.RunTimer("MailOutbox");

        Assert.Equal(0, await App.Value<int>("select count(*) from mail where lower(recipient) = @Email", new { asha.Email }));
        Assert.NotEqual(0, await App.Value<int>("select count(*) from mail where account_id = @Id and recipient like 'erased-%' and data <> '{}'", new { ravi.Id }));

        Assert.Null(await App.Value<string?>("select contact_email from booking where id = @booking", new { booking }));
        Assert.Contains(App.Inbox.MailsTo(ravi.Email), mail => mail.Message.Subject == "Booking Confirmed - An Evening of Sitar | ZONIQ");
        Assert.Single(App.Inbox.MailsTo(asha.Email), mail => mail.Message.Subject == "Booking Confirmed - An Evening of Sitar | ZONIQ");    // what had left before

        async Task<Answer> Another()
        {
            (await ravi.Adds(staged.Standing)).Succeeded();
            return (await ravi.ChecksOut(contact: new { contactEmail = asha.Email })).Succeeded(201);
        }
    }

    [Fact]
    public async Task Who_gets_an_address_that_was_somebody_elses_gets_none_of_their_past()
    {
        var staged = await App.AnEvent();
        var (friend, asha) = (await App.NewBuyer(), await App.NewBuyer("shared.for.a.while@example.in"));
        var ticket = (await friend.Buys(staged.Standing))["items"][0].GetProperty("id").GetInt64();
        var token = await friend.Sends(ticket, asha.Email, "For Asha only");
        (await asha.Post("/api/tickets/claim", new { transferToken = token })).Succeeded();
        await App.Execute("update account set email = 'asha.moved@example.in', username = 'asha_moved' where id = @Id", new { asha.Id });
        var newcomer = await App.NewBuyer("shared.for.a.while@example.in");
        var before = await App.Rows<string>("select to_jsonb(ticket_transfer)::text from ticket_transfer where to_account = @Id", new { asha.Id });
        var mails = await App.Rows<string>("select (to_jsonb(mail) - 'recipient')::text from mail where account_id = @Id order by id", new { asha.Id });

        var export = (await newcomer.Get("/api/users/me/export")).Succeeded();
        (await newcomer.Delete("/api/users/me")).Succeeded(200);

        Assert.Empty(export["transfers"].EnumerateArray());
        Assert.Equal(before, await App.Rows<string>("select to_jsonb(ticket_transfer)::text from ticket_transfer where to_account = @Id", new { asha.Id }));
        Assert.Equal(mails, await App.Rows<string>("select (to_jsonb(mail) - 'recipient')::text from mail where account_id = @Id order by id", new { asha.Id }));
    }

    /// <summary>The rows as they were before anybody wrote down whose they are, and the script that finds it out.</summary>
    [Fact]
    public async Task What_was_written_before_is_known_afterwards_too()
    {
        var staged = await App.AnEvent();
        var (asha, gone) = (await App.NewBuyer(), await App.NewBuyer());
        await asha.Buys(staged.Standing);
        await gone.Books(staged.Standing);
        (await gone.Delete("/api/users/me")).Succeeded(200);
        await App.Execute(
            """
            update mail set account_id = null;
            update booking set is_anonymous = false;
            insert into webhook_event (event_key, event_type, body, received_at, next_attempt_at, processed_at)
            values ('evt_of_old', 'payment.captured', '{"payload":{"payment":{"entity":{"email":"somebody@example.in"}}}}', @now, @now, @now);
            """,
            new { now = App.Now });
        using var script = new StreamReader(typeof(Zoniq.Domain.Storage.Migrator).Assembly.GetManifestResourceStream("Migrations/0040_what_was_before.sql")!);

        await App.Execute(await script.ReadToEndAsync());

        Assert.Equal([asha.Id], await App.Rows<long>("select distinct account_id from mail where recipient = @Email and template in ('booking_confirmed', 'payment_confirmed')", new { asha.Email }));
        Assert.Equal([gone.Id], await App.Rows<long>("select account_id from booking where is_anonymous and account_id in (@asha, @gone)", new { asha = asha.Id, gone = gone.Id }));
        Assert.Equal("{}", await App.Value<string>("select body from webhook_event where event_key = 'evt_of_old'"));
    }

    [Fact]
    public async Task The_log_still_cannot_be_rewritten()
    {
        await App.AnEvent();

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute("update admin_log set details = '{}'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute("select set_config('zoniq.erasing', 'on', true); update admin_log set action = 'nothing'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute("select set_config('zoniq.erasing', 'on', true); delete from admin_log"));
    }

    /// <summary>Words can be written into these columns. Whoever adds another says here what becomes of it when a person leaves.</summary>
    [Fact]
    public async Task Every_column_that_takes_words_is_known_to_the_erasure()
    {
        string[] erased =
        [
            "account.username", "account.email", "account.phone", "account.full_name", "account.password_hash", "account.blocked_reason", "account.claimed_email",
            "booking.contact_email", "booking.contact_phone", "booking.cancellation_reason", "refund.reason", "mail.recipient", "mail.data", "mail.last_error",
            "admin_log.admin_username", "admin_log.details", "admin_log.ip_address", "ticket_transfer.to_email", "ticket_transfer.message",
            "one_time_code.address", "one_time_code.code_hash", "sign_in_attempt.identifier", "push.payload", "push.target",    // their rows go
            "idempotent_request.key", "idempotent_request.method", "idempotent_request.path", "idempotent_request.fingerprint", "idempotent_request.content_type", "idempotent_request.body", "idempotent_request.trace_id",
        ];
        string[] ofNobody =
        [
            "webhook_event.body",    // people are left out before it is kept
            "rate_counter.key",    // an address stands in it as a keyed hash, an account as a number
            "account.role", "one_time_code.purpose", "booking.booking_number", "booking.status", "booking.payment_status", "booking.refund_type", "booking.cancelled_by", "booking.promo_code", "booking.trace_parent",
            "cart.status", "event_popularity", "gateway_order.razorpay_order_id", "invariant_cursor.subject", "mail.template", "mail.cause", "mail.status", "mail.trace_parent", "admin_log.action", "admin_log.entity_type",
            "payment.razorpay_order_id", "payment.razorpay_payment_id", "payment.status", "payment.method", "payment.error_code", "payment.error_description", "promo_use.state", "promo_use.kind", "promo_code.code",
            "promo_code.kind", "queue.seed", "queue.commitment", "queue.entrants_hash", "queue.told", "queue_entry.status", "refund.razorpay_refund_id", "refund.status", "refund.speed", "refund.requested_by",
            "refund.idempotency_key", "refund.error_description", "seat.label", "seat.section", "seat.row_name", "seat.seat_number", "seat_category.name", "seat_category.description", "seat_category.seating_type",
            "seat_category.color_code", "schema_migration.name", "ticket.ticket_number", "ticket.status", "ticket_scan.scan_id", "ticket_scan.answer", "ticket_scan.reason", "ticket_scan.gate", "ticket_scan.device_id",
            "ticket_scan.entry_gate", "ticket_transfer.token_hash", "ticket_transfer.status", "ticket_transfer.ended_by", "upload.name", "upload.url", "upload.thumbnail_url", "waitlist_entry.status",
            "webhook_event.event_key", "webhook_event.event_type", "webhook_event.last_error",
        ];
        string[] ofTheHouse = ["venue", "event"];    // what organisers publish

        var columns = await App.Rows<string>(
            """
            select table_name || '.' || column_name
            from   information_schema.columns
            join   information_schema.tables using (table_schema, table_name)
            where  table_schema = 'public'
            and    table_type = 'BASE TABLE'
            and    data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea', 'inet', 'ARRAY', 'tsvector')
            and    udt_name not in ('_int8', '_timestamptz')
            """);

        Assert.Empty(columns.Where(column => !ofTheHouse.Contains(column.Split('.')[0])).Except(erased).Except(ofNobody));
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
