using System.Text.Json;
using Zoniq.Domain.Notifications;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class EmailCodeTests(ZoniqApp app) : DatabaseTest(app)
{
    public override Task InitializeAsync()
    {
        App.Inbox.Mood = SmtpMood.Accepts;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_unknown_address_is_registered_by_its_code_and_welcomed()
    {
        var code = await AskFor("asha.rao+tickets@example.in");

        var signedIn = (await Verify("Asha.Rao+Tickets@example.in", code)).Succeeded(200);

        var account = signedIn["authorizedAccount"];
        Assert.Equal("asha.rao+tickets@example.in", account.GetProperty("email").GetString());
        Assert.Matches("^asharaotickets_[0-9]{4}$", account.GetProperty("username").GetString());
        Assert.Equal("user", account.GetProperty("role").GetString());
        Assert.True(account.GetProperty("isVerified").GetBoolean() && account.GetProperty("isActive").GetBoolean() && account.GetProperty("isLoggedIn").GetBoolean());
        Assert.Equal(JsonValueKind.Null, account.GetProperty("phone").ValueKind);

        await App.RunTimer("MailOutbox");
        var welcome = await App.Inbox.Expect("asha.rao+tickets@example.in", mail => mail.Message.Subject?.StartsWith("Welcome", StringComparison.Ordinal) == true);
        Assert.Equal($"Welcome to ZONIQ, {account.GetProperty("username").GetString()}!", welcome.Message.Subject);
    }

    [Fact]
    public async Task A_known_address_signs_in_to_the_same_account()
    {
        var first = await App.SignIn("ravi@example.in");
        await App.Advance(TimeSpan.FromSeconds(31));
        var second = await App.SignIn("ravi@example.in");

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Token, second.Token);
        Assert.Equal("ravi@example.in", (await second.Get("/api/users/me")).Succeeded()["email"].GetString());
    }

    [Fact]
    public async Task Known_and_unknown_addresses_are_answered_alike()
    {
        var buyer = await App.NewBuyer();

        var known = await Send(buyer.Email);
        var unknown = await Send("nobody.knows@example.in");

        Assert.Equal("""{"message":"Verification code sent to your email","expiresInSeconds":600}""", known.Succeeded(200).Text);
        Assert.Equal(known.Text, unknown.Succeeded(200).Text);
    }

    [Fact]
    public async Task Of_twenty_simultaneous_tries_of_the_right_code_one_succeeds()
    {
        var code = await AskFor("twenty@example.in");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Verify("twenty@example.in", code)));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(19, answers.Count(answer => answer.Code == "otp.invalid"));
        Assert.Equal(1, await App.Value<int>("select count(*) from account where email = 'twenty@example.in'"));
    }

    [Fact]
    public async Task Five_wrong_tries_kill_a_code_and_four_do_not()
    {
        var killed = await AskFor("five@example.in");
        var alive = await AskFor("four@example.in");

        await GuessWrong("five@example.in", killed, times: 5);
        await GuessWrong("four@example.in", alive, times: 4);

        (await Verify("five@example.in", killed)).Refused(400, "otp.invalid");
        (await Verify("four@example.in", alive)).Succeeded(200);
    }

    [Fact]
    public async Task Guessing_in_parallel_gains_no_tries()
    {
        var code = await AskFor("guessed@example.in");

        var guesses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Verify("guessed@example.in", Wrong(code))));

        Assert.All(guesses, guess => guess.Refused(400, "otp.invalid"));
        (await Verify("guessed@example.in", code)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task Of_many_simultaneous_requests_one_sends_a_code_and_the_others_wait_half_a_minute()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Send("impatient@example.in")));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer =>
            Assert.InRange(answer.Refused(429, "otp.cooldown").Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30));
        Assert.Equal(1, await App.Value<int>("select count(*) from mail where recipient = 'impatient@example.in'"));

        await App.Advance(TimeSpan.FromSeconds(31));
        (await Send("impatient@example.in")).Succeeded(200);
    }

    [Fact]
    public async Task A_code_that_was_used_is_followed_by_no_other_for_half_a_minute()
    {
        var code = await AskFor("in.a.hurry@example.in");
        (await Verify("in.a.hurry@example.in", code)).Succeeded(200);

        (await Send("in.a.hurry@example.in")).Refused(429, "otp.cooldown");
        (await Verify("in.a.hurry@example.in", code)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task A_new_code_cancels_the_one_before_it()
    {
        var old = await AskFor("again@example.in");
        await App.Advance(TimeSpan.FromSeconds(31));
        var current = await AskFor("again@example.in");

        (await Verify("again@example.in", old)).Refused(400, "otp.invalid");
        (await Verify("again@example.in", current)).Succeeded(200);
    }

    [Fact]
    public async Task A_code_is_good_for_ten_minutes()
    {
        var inTime = await AskFor("intime@example.in");
        var tooLate = await AskFor("toolate@example.in");

        await App.Advance(TimeSpan.FromMinutes(9));
        (await Verify("intime@example.in", inTime)).Succeeded(200);
        await App.Advance(TimeSpan.FromMinutes(2));
        (await Verify("toolate@example.in", tooLate)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task A_blocked_account_is_told_so_only_with_the_right_code()
    {
        var buyer = await App.NewBuyer();
        await App.Execute("update account set is_blocked = true where id = @Id", new { buyer.Id });
        var code = await AskFor(buyer.Email);

        (await Verify(buyer.Email, Wrong(code))).Refused(400, "otp.invalid");
        (await Verify(buyer.Email, code)).Refused(403, "auth.account_blocked");
    }

    [Fact]
    public async Task A_code_cannot_be_read_from_the_database_once_it_is_sent()
    {
        var code = await AskFor("reader@example.in");
        await Until("select count(*) = 0 from mail where recipient = 'reader@example.in' and status = 'pending'");

        Assert.Equal(0, await App.Value<int>("select count(*) from mail where recipient = 'reader@example.in' and data::text like '%' || @code || '%'", new { code }));
        Assert.Equal(32, await App.Value<int>("select length(code_hash) from one_time_code where address = 'reader@example.in'"));
    }

    [Fact]
    public async Task While_the_mail_server_is_down_codes_wait_and_only_the_newest_is_sent_afterwards()
    {
        App.Inbox.Mood = SmtpMood.HangsUp;
        (await Send("patient@example.in")).Succeeded(200);
        await Until("select count(*) = 1 from mail where recipient = 'patient@example.in' and last_error is not null");
        await App.Advance(TimeSpan.FromSeconds(40));
        (await Send("patient@example.in")).Succeeded(200);
        await Until("select count(*) = 2 from mail where recipient = 'patient@example.in' and last_error is not null");
        App.Inbox.Mood = SmtpMood.Accepts;

        await App.Advance(TimeSpan.FromSeconds(11));
        await App.RunTimer("MailOutbox");

        var code = await App.Inbox.ExpectCode("patient@example.in");
        await ExpectOneMailTo("patient@example.in");
        (await Verify("patient@example.in", code)).Succeeded(200);
    }

    [Fact]
    public async Task A_code_that_is_replaced_while_its_mail_waits_for_its_turn_is_not_sent()
    {
        App.Inbox.Mood = SmtpMood.HangsUp;
        (await Send("replaced@example.in")).Succeeded(200);
        await Until("select count(*) = 1 from mail where recipient = 'replaced@example.in' and last_error is not null");
        await App.Execute(
            """
            insert into mail (template, recipient, cause, data, importance, next_attempt_at, created_at)
            select 'welcome', 'ahead' || n || '@example.in', 'test:ahead' || n, '{"username":"somebody"}', 0, @now, @now
            from   generate_series(1, @lanes) as n
            """,
            new { now = App.Now.UtcDateTime, lanes = MailPolicy.Lanes });
        await App.Advance(TimeSpan.FromSeconds(40));
        App.Inbox.Mood = SmtpMood.Ponders;

        var tick = App.RunTimer("MailOutbox");
        await Task.WhenAll(Enumerable.Range(1, MailPolicy.Lanes).Select(lane => App.Inbox.Expect($"ahead{lane}@example.in")));
        (await Send("replaced@example.in")).Succeeded(200); // all lanes are taken, and the mail with the first code is next
        App.Inbox.Mood = SmtpMood.Accepts;
        await tick;

        var code = await App.Inbox.ExpectCode("replaced@example.in");
        await ExpectOneMailTo("replaced@example.in");
        (await Verify("replaced@example.in", code)).Succeeded(200);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"email":null}""")]
    [InlineData("""{"email":"not an address"}""")]
    [InlineData("""{"email":"a@b"}""")]
    [InlineData("""{"email":"two@example.in, three@example.in"}""")]
    public async Task What_is_not_an_address_gets_no_code(string body) =>
        (await App.Nobody.SendText(HttpMethod.Post, "/api/auth/email-otp/send", body)).RefusedField("email");

    private static string Wrong(string code) => code == "123456" ? "654321" : "123456";

    private Task<Answer> Send(string email) => App.Nobody.Post("/api/auth/email-otp/send", new { email });

    private Task<Answer> Verify(string email, string code) => App.Nobody.Post("/api/auth/email-otp/verify", new { email, code });

    private async Task<string> AskFor(string email)
    {
        var before = App.Inbox.MailsTo(email).Count;
        (await Send(email)).Succeeded(200);
        return await App.Inbox.ExpectCode(email, before);
    }

    /// <summary>And if there are more, what the outbox knows of them.</summary>
    private async Task ExpectOneMailTo(string email)
    {
        var mails = App.Inbox.MailsTo(email);
        var rows = await App.Rows<string>("select concat_ws(' ', 'mail', id, 'attempts', attempts, status, last_error) from mail where recipient = @email order by id", new { email });
        Assert.True(mails.Count == 1, $"{email} got {string.Join(", ", mails.Select(mail => mail.Message.MessageId))}; the outbox has {string.Join("; ", rows)}.");
    }

    private async Task GuessWrong(string email, string code, int times)
    {
        for (var guess = 0; guess < times; guess++)
        {
            (await Verify(email, Wrong(code))).Refused(400, "otp.invalid");
        }
    }

    /// <summary>Codes are sent in the background: the request does not wait for it, but this does.</summary>
    private async Task Until(string condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (!await App.Value<bool>(condition))
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
