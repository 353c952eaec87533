using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using UglyToad.PdfPig;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>A ticket is passed on: who may, to whom, how long, and what both get to know.</summary>
public sealed partial class TransferTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string History = "/api/tickets/transfers/history";

    [Fact]
    public async Task A_ticket_is_sent_by_mail_claimed_and_from_then_on_somebody_elses()
    {
        var staged = await App.AnEvent(title: "Kathak & Thumri");
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await App.Execute("update account set full_name = 'Asha Rao' where id = @Id", new { asha.Id });
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..2]);
        var (ticket, number) = Item(booking, 0);
        var old = Code(await Ticket(asha, ticket));

        var offered = (await asha.Post($"/api/tickets/{ticket}/transfer", new { toEmail = ravi.Email.ToUpperInvariant(), message = "See you <there>\nat seven" })).Succeeded(200);
        Assert.Equal((true, "Ticket transfer initiated"), (offered["success"].GetBoolean(), offered["message"].GetString()));
        Assert.Equal(App.Now + TimeSpan.FromHours(24), offered["expiresAt"].GetDateTimeOffset(), TimeSpan.FromSeconds(30));
        var offer = await Mail(ravi.Email, "Asha Rao sent you a ticket | ZONIQ");
        var expires = TimeZoneInfo.ConvertTime(offered["expiresAt"].GetDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"));
        foreach (var fact in new[] { asha.Email, "at seven", "Shanmukhananda Hall", "Floor-A1", expires.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture), expires.ToString("h:mm tt", CultureInfo.InvariantCulture) + " IST" })
        {
            Assert.Contains(fact, offer.TextBody, StringComparison.Ordinal);
            Assert.Contains(fact, offer.HtmlBody, StringComparison.Ordinal);
        }

        Assert.Contains("See you <there>", offer.TextBody, StringComparison.Ordinal);
        Assert.Contains("See you &lt;there&gt;<br>at seven", offer.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("Kathak & Thumri", offer.TextBody, StringComparison.Ordinal);
        Assert.Contains($"Expires:    {expires.DayOfWeek}", offer.TextBody, StringComparison.Ordinal);
        var token = LinkedSecret().Match(offer.TextBody!).Groups[1].Value;
        Assert.Contains($"http://localhost:3000/transfers/claim?token={token}\"", offer.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(43, token.Length);

        // Till then nothing has changed, but that it cannot be sent to anybody else; and once the mail has left, the secret stands nowhere.
        var waiting = await Ticket(asha, ticket);
        Assert.Equal((true, false, old), (waiting["isHolder"].GetBoolean(), waiting["transferable"].GetBoolean(), Code(waiting)));
        Assert.False((await asha.Booking(booking.Id)).Succeeded()["items"][0].GetProperty("isTransferred").GetBoolean());
        (await ravi.Get($"/api/tickets/{ticket}")).Refused(404, "ticket.not_found");
        Assert.Equal(0, await App.Value<long>("select count(*) from ticket_transfer t where t::text like @secret", new { secret = $"%{token}%" }));
        Assert.Equal(0, await App.Value<long>("select count(*) from mail m where m::text like @secret", new { secret = $"%{token}%" }));
        Assert.DoesNotContain(App.Logs, line => line.Text.Contains(token, StringComparison.Ordinal));

        var claimed = (await ravi.Claims(token)).Succeeded(200);
        Assert.Equal(
            (true, ticket, number, "Ticket claimed successfully"),
            (claimed["success"].GetBoolean(), claimed["ticketId"].GetInt64(), claimed["ticketNumber"].GetString(), claimed["message"].GetString()));
        (await ravi.Claims(token)).Refused(409, "transfer.not_pending");

        var theirs = await Ticket(ravi, ticket);
        Assert.Equal((true, true, ravi.Username), (theirs["isHolder"].GetBoolean(), theirs["transferable"].GetBoolean(), theirs["holderName"].GetString()));
        Assert.Equal(("1", "2"), (Generation(old), Generation(Code(theirs))));
        Assert.Equal("application/pdf", (await ravi.Get($"/api/tickets/{ticket}/download")).Succeeded(200).ContentHeaders.ContentType?.MediaType);
        Assert.Equal([ticket], (await ravi.Tickets()).Select(held => held.GetProperty("id").GetInt64()));

        var bought = await Ticket(asha, ticket);
        Assert.Equal((false, false, ravi.Username), (bought["isHolder"].GetBoolean(), bought["transferable"].GetBoolean(), bought["holderName"].GetString()));
        Assert.Null(Code(bought));
        (await asha.Get($"/api/tickets/{ticket}/download")).Refused(404, "ticket.not_found");
        Assert.DoesNotContain(await asha.Tickets(), held => held.GetProperty("id").GetInt64() == ticket);
        Assert.Equal([true, false], (await asha.Booking(booking.Id)).Succeeded()["items"].EnumerateArray().Select(item => item.GetProperty("isTransferred").GetBoolean()));
        using var pdf = PdfDocument.Open((await asha.Get($"/api/bookings/{booking.Id}/tickets.pdf")).Succeeded(200).Bytes);
        Assert.Equal(1, pdf.NumberOfPages);

        var told = await Mail(asha.Email, "Ticket Transfer Completed - Kathak & Thumri | ZONIQ");
        foreach (var fact in new[] { number, ravi.Email, "/settings/notifications", "Dear Asha Rao," })
        {
            Assert.Contains(fact, told.TextBody, StringComparison.Ordinal);
            Assert.Contains(fact, told.HtmlBody, StringComparison.Ordinal);
        }

        var sent = Assert.Single((await asha.Get(History)).Succeeded()["transfers"].EnumerateArray().ToArray());
        var received = Assert.Single((await ravi.Get(History)).Succeeded()["transfers"].EnumerateArray().ToArray());
        Assert.Equal(("sent", "received"), (sent.GetProperty("direction").GetString(), received.GetProperty("direction").GetString()));
        foreach (var transfer in new[] { sent, received })
        {
            Assert.Equal(offered["transferId"].GetInt64(), transfer.GetProperty("id").GetInt64());
            Assert.Equal((number, asha.Email, ravi.Email), (transfer.GetProperty("ticketNumber").GetString(), transfer.GetProperty("fromEmail").GetString(), transfer.GetProperty("toEmail").GetString()));
            Assert.Equal(("completed", "See you <there>\nat seven"), (transfer.GetProperty("status").GetString(), transfer.GetProperty("message").GetString()));
            Assert.Equal(App.Now, transfer.GetProperty("transferredAt").GetDateTimeOffset(), TimeSpan.FromSeconds(30));
            Assert.Equal(offered["expiresAt"].GetDateTimeOffset(), transfer.GetProperty("expiresAt").GetDateTimeOffset());
        }
    }

    [Fact]
    public async Task Whoever_has_no_account_yet_opens_one_with_the_address_and_claims()
    {
        var (asha, ticket) = await Holder();
        var token = await asha.Sends(ticket, "newcomer@example.in");

        (await App.Nobody.Post("/api/tickets/claim", new { transferToken = token })).Refused(401, "auth.token_missing");
        var newcomer = await App.SignIn("newcomer@example.in");
        Assert.Equal("pending", Assert.Single((await newcomer.Get(History)).Succeeded()["transfers"].EnumerateArray().ToArray()).GetProperty("status").GetString());

        (await newcomer.Claims(token)).Succeeded(200);
        Assert.Single(await newcomer.Tickets());
    }

    [Fact]
    public async Task Only_the_owner_of_the_proven_address_answers_and_nobody_else_learns_how_it_stands()
    {
        var (asha, ticket) = await Holder();
        var (ravi, stranger, claimant) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        (await claimant.Patch("/api/users/me", new { email = ravi.Email.Replace("buyer", "other", StringComparison.Ordinal) })).Succeeded();
        var token = await asha.Sends(ticket, ravi.Email);
        var toClaimed = ravi.Email.Replace("buyer", "other", StringComparison.Ordinal);

        await MayNot("transfer.wrong_recipient", stranger, token);
        await MayNot("transfer.wrong_recipient", asha, token);
        (await stranger.Claims(token[..^1] + (token[^1] == 'A' ? 'B' : 'A'))).Refused(404, "transfer.not_found");
        (await stranger.Declines("no such secret")).Refused(404, "transfer.not_found");
        (await stranger.Claims(new string('x', 201))).RefusedField("transferToken");
        (await stranger.Claims(" ")).RefusedField("transferToken");
        Assert.Equal(0, (await stranger.Get(History)).Succeeded()["total"].GetInt64());

        // An address that somebody only says is theirs is not; and the one they have proven stays theirs meanwhile.
        (await ravi.Patch("/api/users/me", new { email = "ravi.elsewhere@example.in" })).Succeeded();
        (await ravi.Claims(token)).Succeeded(200);
        var another = await ravi.Sends(ticket, toClaimed);
        await MayNot("account.email_not_verified", claimant, another);
        Assert.Equal(0, (await claimant.Get(History)).Succeeded()["total"].GetInt64());

        // However it stands.
        await MayNot("transfer.wrong_recipient", stranger, token);
        await App.Advance(TimeSpan.FromHours(24));
        await MayNot("account.email_not_verified", claimant, another);

        // Whoever sends a ticket and takes the recipient's address afterwards has sent it to nobody.
        var last = await ravi.Sends(ticket, "gone@example.in");
        await App.Execute("update account set email = 'gone@example.in', claimed_email = null where id = @Id", new { ravi.Id });
        await MayNot("transfer.wrong_recipient", ravi, last);

        static async Task MayNot(string code, Person person, string token)
        {
            (await person.Claims(token)).Refused(403, code);
            (await person.Declines(token)).Refused(403, code);
        }
    }

    [Fact]
    public async Task Nobody_sends_a_ticket_to_themselves_however_they_write_it()
    {
        var (kiran, ticket) = await Holder("kiran@example.in");
        (await kiran.Patch("/api/users/me", new { email = "kiran.new@example.in" })).Succeeded();

        foreach (var self in new[] { "kiran@example.in", "KIRAN@Example.IN", "  kiran@example.in  ", "kiran.new@example.in" })
        {
            (await Offer(kiran, ticket, self)).Refused(422, "transfer.to_self");
        }

        // Letters that some rules take for k, i and s are those letters, or none.
        foreach (var odd in new[] { "\u212AiRAN@example.in", "k\u0130ran@example.in", "k\u0131ran@example.in", "kiran@example\u3002in", "\uFF4Biran@example.in" })
        {
            var refused = await Offer(kiran, ticket, odd);
            Assert.True(refused.Code is "transfer.to_self" or "validation.failed", refused.ToString());
        }

        Assert.Equal(0, await App.Value<long>("select count(*) from ticket_transfer where ticket_id = @ticket", new { ticket }));
    }

    [Fact]
    public async Task What_is_not_good_for_entry_or_not_the_callers_is_not_sent()
    {
        var staged = await App.AnEvent(starts: TimeSpan.FromDays(2), closes: TimeSpan.FromDays(1));
        var (asha, stranger) = (await App.NewBuyer(), await App.NewBuyer());
        var unpaid = await App.Value<long>("select id from ticket where booking_id = @booking", new { booking = await asha.Books(staged.Standing) });
        var (used, _) = Item(await asha.Buys(staged.Standing), 0);
        await App.Execute(Gate.EntersSql, new { ticket = used });
        var calledOff = await asha.Buys(staged.Standing);
        (await asha.Post($"/api/bookings/{calledOff.Id}/cancel")).Succeeded();
        var (good, _) = Item(await asha.Buys(staged.Standing), 0);

        (await Offer(asha, unpaid)).Refused(409, "ticket.not_valid");
        (await Offer(asha, used)).Refused(409, "ticket.already_used");
        (await Offer(asha, Item(calledOff, 0).Id)).Refused(409, "ticket.not_valid");
        (await Offer(stranger, good)).Refused(404, "ticket.not_found");
        (await Offer(await App.Administrator(), good)).Refused(404, "ticket.not_found");
        (await Offer(asha, good, "nobody")).RefusedField("toEmail");
        (await asha.Post($"/api/tickets/{good}/transfer", new { message = "To whom?" })).RefusedField("toEmail");
        (await asha.Post($"/api/tickets/{good}/transfer", new { toEmail = "ravi@example.in", message = new string('x', 501) })).RefusedField("message");
        (await Offer(asha, good)).Succeeded(200);
        (await Offer(asha, good)).Refused(409, "transfer.pending_exists");
        (await Offer(asha, good, "meera@example.in")).Refused(409, "transfer.pending_exists");

        await App.Advance(TimeSpan.FromDays(2));
        (await Offer(asha, good)).Refused(409, "ticket.not_transferable");
        Assert.False((await Ticket(asha, good))["transferable"].GetBoolean());
    }

    [Fact]
    public async Task What_was_sent_can_be_declined_or_taken_back_and_sent_again()
    {
        var (asha, ticket) = await Holder();
        var (ravi, stranger) = (await App.NewBuyer(), await App.NewBuyer());

        var declined = await asha.Sends(ticket, ravi.Email);
        Assert.Equal("Transfer declined", (await ravi.Declines(declined)).Succeeded(200)["message"].GetString());
        (await ravi.Declines(declined)).Refused(409, "transfer.not_pending");
        (await ravi.Claims(declined)).Refused(409, "transfer.not_pending");
        Assert.Contains(ravi.Email, (await Mail(asha.Email, "Ticket Transfer Declined - An Evening of Sitar | ZONIQ")).TextBody, StringComparison.Ordinal);
        Assert.True((await Ticket(asha, ticket))["transferable"].GetBoolean());

        var takenBack = await asha.Sends(ticket, ravi.Email);
        var id = (await asha.Get($"{History}?status=pending")).Succeeded()["transfers"][0].GetProperty("id").GetInt64();
        (await ravi.Post($"/api/tickets/transfers/{id}/cancel")).Refused(404, "transfer.not_found");
        (await stranger.Post($"/api/tickets/transfers/{id}/cancel")).Refused(404, "transfer.not_found");
        Assert.Equal("Transfer cancelled", (await asha.Post($"/api/tickets/transfers/{id}/cancel")).Succeeded(200)["message"].GetString());
        (await asha.Post($"/api/tickets/transfers/{id}/cancel")).Refused(409, "transfer.not_pending");
        (await ravi.Claims(takenBack)).Refused(409, "transfer.not_pending");
        var mail = await Mail(ravi.Email, "Ticket Transfer Cancelled - An Evening of Sitar | ZONIQ");
        Assert.Contains($"{asha.Username} ({asha.Email})", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("the sender has taken it back", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("TKT-", mail.TextBody, StringComparison.Ordinal);

        await asha.Gives(ticket, ravi);
        Assert.Equal(["completed", "cancelled", "declined"], await Statuses(asha));
        Assert.Equal(["completed", "cancelled", "declined"], await Statuses(ravi));
        Assert.Equal(["declined"], await Statuses(ravi, "?status=declined"));
        Assert.Equal(["cancelled"], await Statuses(asha, "?page=2&page_size=1"));
        Assert.Equal(3, (await asha.Get($"{History}?page=9&page_size=1")).Succeeded()["total"].GetInt64());
        (await asha.Get($"{History}?status=lost")).RefusedField("status");
        Assert.Empty(await Statuses(stranger));
    }

    [Fact]
    public async Task After_a_day_it_is_over_everywhere_at_once_and_the_timer_tells_the_sender_once()
    {
        var (asha, ticket) = await Holder();
        var (other, second) = await Holder();
        var (ravi, meera) = (await App.NewBuyer(), await App.NewBuyer());
        var token = await asha.Sends(ticket, ravi.Email);
        var late = await other.Sends(second, ravi.Email);
        var id = (await asha.Get(History)).Succeeded()["transfers"][0].GetProperty("id").GetInt64();

        await App.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
        await App.RunTimer("TransferExpiry");
        Assert.Equal(["pending"], await Statuses(asha));
        Assert.False((await Ticket(asha, ticket))["transferable"].GetBoolean());
        (await ravi.Claims(late)).Succeeded(200);

        await App.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["expired"], await Statuses(asha, "?status=expired"));
        Assert.Equal(["expired"], await Statuses(ravi, "?status=expired"));
        Assert.Empty(await Statuses(asha, "?status=pending"));
        Assert.True((await Ticket(asha, ticket))["transferable"].GetBoolean());
        (await ravi.Claims(token)).Refused(410, "transfer.expired");
        (await ravi.Declines(token)).Refused(410, "transfer.expired");
        (await asha.Post($"/api/tickets/transfers/{id}/cancel")).Refused(409, "transfer.not_pending");

        // Another offer is in nobody's way, and its maker is told of the one before.
        var again = await asha.Sends(ticket, meera.Email);
        Assert.Contains(ravi.Email, (await Mail(asha.Email, "Ticket Transfer Expired - An Evening of Sitar | ZONIQ")).TextBody, StringComparison.Ordinal);
        (await ravi.Claims(token)).Refused(410, "transfer.expired");
        await App.Advance(TimeSpan.FromHours(24));
        await using var another = await App.StartAnother();
        await Task.WhenAll(App.RunTimer("TransferExpiry"), another.RunTimer("TransferExpiry"));
        await App.RunTimer("TransferExpiry");

        (await meera.Claims(again)).Refused(410, "transfer.expired");
        Assert.Equal(2, await App.Value<long>("select count(*) from mail where template = 'transfer_expired' and recipient = @Email", new { asha.Email }));
        Assert.Equal(["expired", "expired"], await App.Rows<string>("select status from ticket_transfer where ticket_id = @ticket", new { ticket }));
    }

    [Fact]
    public async Task No_offer_lives_beyond_the_start_of_its_event_even_when_that_comes_sooner_than_it_was_said()
    {
        var staged = await App.AnEvent(rows: 0, price: 0m, starts: TimeSpan.FromHours(5));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        var booking = (await asha.ChecksOut()).Succeeded(201);
        var (first, second) = (Item(booking, 0).Id, Item(booking, 1).Id);
        var token = await asha.Sends(first, ravi.Email);
        Assert.Equal(staged.Date, (await asha.Get(History)).Succeeded()["transfers"][0].GetProperty("expiresAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));

        await App.Execute("update event set event_date = @sooner where id = @Id", new { staged.Id, sooner = (App.Now + TimeSpan.FromHours(3)).UtcDateTime });
        var late = await asha.Sends(second, ravi.Email);
        await App.Advance(TimeSpan.FromHours(3));

        (await ravi.Claims(token)).Refused(410, "transfer.expired");
        (await ravi.Claims(late)).Refused(410, "transfer.expired");
        Assert.Equal(["expired", "expired"], await Statuses(ravi));
        await App.RunTimer("TransferExpiry");
        Assert.Equal(2, await App.Value<long>("select count(*) from mail where template = 'transfer_expired' and recipient = @Email", new { asha.Email }));
    }

    [Fact]
    public async Task A_ticket_is_passed_on_and_back_and_each_time_what_was_printed_before_is_void()
    {
        var staged = await App.AnEvent();
        var (asha, ravi, meera) = (await App.NewBuyer(), await App.NewBuyer(), await App.NewBuyer());
        var booking = await asha.Buys(staged.Standing);
        var (ticket, _) = Item(booking, 0);

        await asha.Gives(ticket, ravi);
        (await Offer(asha, ticket)).Refused(404, "ticket.not_found");
        await ravi.Gives(ticket, meera);
        (await ravi.Get($"/api/tickets/{ticket}")).Refused(404, "ticket.not_found");
        (await ravi.Get($"/api/tickets/{ticket}/download")).Refused(404, "ticket.not_found");
        Assert.Equal("3", Generation(Code(await Ticket(meera, ticket))));
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Refused(409, "booking.ticket_transferred");

        await meera.Gives(ticket, asha);
        var back = await Ticket(asha, ticket);
        Assert.Equal((true, "4"), (back["isHolder"].GetBoolean(), Generation(Code(back))));
        Assert.False((await asha.Booking(booking.Id)).Succeeded()["items"][0].GetProperty("isTransferred").GetBoolean());
        Assert.Equal(["received", "sent"], (await asha.Get(History)).Succeeded()["transfers"].EnumerateArray().Select(transfer => transfer.GetProperty("direction").GetString()!));
        (await asha.Post($"/api/bookings/{booking.Id}/cancel")).Succeeded(200);
    }

    [Fact]
    public async Task After_a_change_of_address_one_keeps_what_one_claimed_and_the_address_the_rest()
    {
        var (asha, ticket) = await Holder();
        var (other, second) = await Holder();
        var ravi = await App.NewBuyer();
        await asha.Gives(ticket, ravi);
        await other.Sends(second, ravi.Email);
        await App.Execute("update account set email = 'ravi.new@example.in' where id = @Id", new { ravi.Id });
        await App.Execute("update account set email = 'asha.new@example.in' where id = @Id", new { asha.Id });
        var next = await App.SignIn(ravi.Email);

        Assert.Equal(["completed"], await Statuses(ravi));
        Assert.Equal(["pending"], await Statuses(next));
        var kept = (await ravi.Get(History)).Succeeded()["transfers"][0];
        Assert.Equal((ravi.Email, "asha.new@example.in"), (kept.GetProperty("toEmail").GetString(), kept.GetProperty("fromEmail").GetString()));
    }

    [Fact]
    public async Task Whoever_does_not_want_to_hear_of_transfers_gets_offers_all_the_same()
    {
        var (asha, ticket) = await Holder();
        var ravi = await App.NewBuyer();
        foreach (var person in new[] { asha, ravi })
        {
            (await person.Patch("/api/users/me/notifications/preferences", new { emailTransferNotifications = false })).Succeeded();
        }

        (await ravi.Declines(await asha.Sends(ticket, ravi.Email))).Succeeded();
        await asha.Sends(ticket, ravi.Email);
        (await asha.Post($"/api/tickets/transfers/{(await asha.Get(History)).Succeeded()["transfers"][0].GetProperty("id")}/cancel")).Succeeded();

        Assert.Equal(["transfer_offered", "transfer_offered"], await App.Rows<string>(
            "select template from mail where cause like 'transfer:%' and recipient = any(@both)", new { both = new[] { asha.Email, ravi.Email } }));
    }

    [Fact]
    public async Task An_offer_that_comes_several_times_under_one_key_is_made_once()
    {
        var (asha, ticket) = await Holder();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Keyed(asha, ticket, "ravi@example.in", "give-1")));
        var replayed = (await Keyed(asha, ticket, "ravi@example.in", "give-1")).Succeeded(200);

        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "idempotency.in_flight"));
        Assert.All(answers.Where(answer => answer.Status == 200), answer => Assert.Equal(replayed.Text, answer.Text));
        (await Keyed(asha, ticket, "meera@example.in", "give-1")).Refused(422, "idempotency.mismatch");
        (await Keyed(asha, ticket, "ravi@example.in", "give-2")).Refused(409, "transfer.pending_exists");

        // The instance died when it had made the offer and not yet said so; even when the ticket has been claimed since.
        var ravi = await App.SignIn("ravi@example.in");
        (await ravi.Claims(await App.Value<string>("select data->>'code' from mail where cause = @cause", new { cause = $"transfer:{replayed["transferId"]}" }))).Succeeded(200);
        await App.Execute("update idempotent_request set status = null, content_type = null, body = null, trace_id = null where key = 'give-1'");
        await App.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(replayed.Text, (await Keyed(asha, ticket, "ravi@example.in", "give-1")).Succeeded(200).Text);
        Assert.Equal(1, await App.Value<long>("select count(*) from ticket_transfer where ticket_id = @ticket", new { ticket }));
        Assert.Equal(1, await App.Value<long>("select count(*) from mail where template = 'transfer_offered' and cause = @cause", new { cause = $"transfer:{replayed["transferId"]}" }));
    }

    [Fact]
    public async Task An_offer_whose_mail_was_given_up_is_made_anew_since_its_secret_is_gone()
    {
        var (asha, ticket) = await Holder();
        await asha.Sends(ticket, "full@example.in");
        App.Inbox.Mood = SmtpMood.KnowsNobody;
        await App.RunTimer("MailOutbox");
        App.Inbox.Mood = SmtpMood.Accepts;

        var (id, status, secret) = (await App.Rows<(long, string, string?)>("select id, status, data->>'code' from mail where recipient = 'full@example.in'"))[0];
        Assert.Equal(("dead", null), (status, secret));
        (await (await App.Administrator()).Post($"/api/admin/mails/{id}/resend")).Refused(409, "mail.outdated");
    }

    private async Task<(Person Holder, long Ticket)> Holder(string? email = null)
    {
        var staged = await App.AnEvent();
        var holder = await App.NewBuyer(email);
        return (holder, Item(await holder.Buys(staged.Standing), 0).Id);
    }

    private static (long Id, string Number) Item(Answer booking, int at) =>
        (booking["items"][at].GetProperty("id").GetInt64(), booking["items"][at].GetProperty("ticketNumber").GetString()!);

    private static Task<Answer> Offer(Person person, long ticket, string toEmail = "ravi@example.in") => person.Post($"/api/tickets/{ticket}/transfer", new { toEmail });

    private static async Task<Answer> Ticket(Person person, long ticket) => (await person.Get($"/api/tickets/{ticket}")).Succeeded();

    private static string? Code(Answer ticket) => ticket["qrPayload"].GetString();

    private static string Generation(string? code) => code!.Split('.')[4];

    private static async Task<string[]> Statuses(Person person, string query = "") =>
        [.. (await person.Get($"{History}{query}")).Succeeded()["transfers"].EnumerateArray().Select(transfer => transfer.GetProperty("status").GetString()!)];

    private static Task<Answer> Keyed(Person person, long ticket, string toEmail, string key) =>
        person.Send(new HttpRequestMessage(HttpMethod.Post, $"/api/tickets/{ticket}/transfer") { Content = JsonContent.Create(new { toEmail }), Headers = { { "Idempotency-Key", key } } });

    private async Task<MimeKit.MimeMessage> Mail(string address, string subject)
    {
        await App.RunTimer("MailOutbox");
        return (await App.Inbox.Expect(address, mail => mail.Message.Subject == subject)).Message;
    }

    [GeneratedRegex(@"/transfers/claim\?token=([A-Za-z0-9_-]+)")]
    private static partial Regex LinkedSecret();
}
