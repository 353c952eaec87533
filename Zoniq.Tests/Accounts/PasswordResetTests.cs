using Dapper;
using Npgsql;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class PasswordResetTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Old = "the old password";
    private const string New = "the new password";

    [Fact]
    public async Task Who_has_the_address_chooses_a_new_password_and_is_told_so()
    {
        var person = await SignUp("vikram", "vikram@example.in");
        var code = await AskFor("vikram@example.in");

        var reset = (await Reset("Vikram@Example.in", code)).Succeeded(200);

        Assert.Equal("""{"success":true,"message":"Password reset successfully"}""", reset.Text);
        (await SignIn("vikram", Old)).Refused(400, "auth.credentials_invalid");
        Assert.Equal(person.Id, (await SignIn("vikram", New)).Succeeded(202).Id);
        await App.RunTimer("MailOutbox");
        var notice = await App.Inbox.Expect("vikram@example.in", mail => mail.Message.Subject == "Your ZONIQ account was changed");
        Assert.Contains("The password of your account vikram was reset.", notice.Message.TextBody, StringComparison.Ordinal);
        Assert.Matches(@"[0-9]+:[0-9]{2} [AP]M IST on \w+day, ", notice.Message.TextBody);
    }

    [Fact]
    public async Task A_reset_ends_every_earlier_sign_in_on_every_instance()
    {
        await using var another = await App.StartAnother();
        var person = await SignUp("esha", "esha@example.in");
        (await person.At(another).Get("/api/users/me")).Succeeded();

        (await Reset("esha@example.in", await AskFor("esha@example.in"))).Succeeded();

        (await person.At(another).Get("/api/users/me")).Refused(401, "auth.token_revoked");
        var later = Person.From(App, (await SignIn("esha", New)).Succeeded(202));
        (await later.At(another).Get("/api/users/me")).Succeeded();
    }

    [Fact]
    public async Task Of_ten_resets_with_one_code_at_once_one_succeeds()
    {
        await SignUp("tara", "tara@example.in");
        var code = await AskFor("tara@example.in");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Reset("tara@example.in", code, $"password number {number}")));

        var winner = Assert.Single(Enumerable.Range(0, 10), number => answers[number].Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.True(answer.Code is "otp.invalid" or "service.unavailable", $"{answer}")); // hashing has few turns
        (await SignIn("tara", $"password number {winner}")).Succeeded(202);
    }

    [Fact]
    public async Task An_unknown_address_is_answered_like_a_known_one_and_gets_no_mail()
    {
        await SignUp("neel", "neel@example.in");
        var mailsBefore = App.Inbox.MailsTo("neel@example.in").Count;

        var unknown = (await Forgot("nobody.here@example.in")).Succeeded(200);
        var known = (await Forgot("NEEL@example.in")).Succeeded(200);

        Assert.Equal("""{"message":"If the email exists, an OTP has been sent","expiresInSeconds":600}""", known.Text);
        Assert.Equal(known.Text, unknown.Text);
        (await Forgot("nobody.here@example.in")).Refused(429, "otp.cooldown");
        (await Forgot("neel@example.in")).Refused(429, "otp.cooldown");
        (await Reset("nobody.here@example.in", "123456")).Refused(400, "otp.invalid");

        Assert.Matches("^[0-9]{6}$", await App.Inbox.ExpectCode("neel@example.in", mailsBefore));
        await App.RunTimer("MailOutbox");
        Assert.Empty(App.Inbox.MailsTo("nobody.here@example.in"));
        Assert.Equal(0, await App.Value<int>("select count(*) from mail where recipient = 'nobody.here@example.in' and (status <> 'expired' or data ? 'code')"));
    }

    [Fact]
    public async Task Known_and_unknown_addresses_cost_the_same_statements()
    {
        await SignUp("same.work", "same.work@example.in");
        await Forgot("warm.up@example.in");

        var known = await App.StatementsOf(() => Forgot("same.work@example.in"));
        var unknown = await App.StatementsOf(() => Forgot("other.work@example.in"));

        Assert.Equal(known.Foreground(), unknown.Foreground());
    }

    [Fact]
    public async Task A_sign_in_under_way_with_the_old_password_does_not_outlive_the_reset()
    {
        var person = await SignUp("overtaken", "overtaken@example.in");
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var reset = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("update account set password_hash = 'another', tokens_valid_from = now() where id = @Id", new { person.Id }, reset);

        var signIn = SignIn("overtaken", Old); // its password is right, but it has to wait to say so
        await Until("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'update account%')");
        await reset.CommitAsync();

        (await signIn).Refused(400, "auth.credentials_invalid");
    }

    [Fact]
    public async Task A_code_for_signing_in_resets_no_password()
    {
        await SignUp("purpose", "purpose@example.in");
        await App.Advance(TimeSpan.FromSeconds(31));
        var before = App.Inbox.MailsTo("purpose@example.in").Count;
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email = "purpose@example.in" })).Succeeded();
        var code = await App.Inbox.ExpectCode("purpose@example.in", before);

        (await Reset("purpose@example.in", code)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task Five_wrong_tries_kill_the_code()
    {
        await SignUp("guess", "guess@example.in");
        var code = await AskFor("guess@example.in");

        var guesses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Reset("guess@example.in", code == "111111" ? "222222" : "111111")));

        Assert.All(guesses, guess => guess.Refused(400, "otp.invalid"));
        (await Reset("guess@example.in", code)).Refused(400, "otp.invalid");
        (await SignIn("guess", Old)).Succeeded(202);
    }

    [Fact]
    public async Task Somebody_without_a_password_can_choose_one()
    {
        var buyer = await App.SignIn("passwordless@example.in");

        (await Reset(buyer.Email, await AskFor(buyer.Email))).Succeeded();

        Assert.Equal(buyer.Id, (await SignIn(buyer.Username, New)).Succeeded(202).Id);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_token_on_every_instance()
    {
        await using var another = await App.StartAnother();
        var phone = await SignUp("zoya", "zoya@example.in");
        var laptop = Person.From(App, (await SignIn("zoya", Old)).Succeeded(202));

        (await phone.Post("/api/auth/signout-all")).Succeeded(200);

        (await phone.At(another).Get("/api/users/me")).Refused(401, "auth.token_revoked");
        (await laptop.At(another).Get("/api/users/me")).Refused(401, "auth.token_revoked");
        (await laptop.Post("/api/auth/signout-all")).Refused(401, "auth.token_revoked");
        var later = Person.From(App, (await SignIn("zoya", Old)).Succeeded(202));
        (await later.At(another).Get("/api/users/me")).Succeeded();
    }

    [Theory]
    [InlineData("email", """{"code":"123456","newPassword":"long enough"}""")]
    [InlineData("code", """{"email":"a@example.in","newPassword":"long enough"}""")]
    [InlineData("newPassword", """{"email":"a@example.in","code":"123456","newPassword":"short"}""")]
    [InlineData("newPassword", """{"email":"a@example.in","code":"123456"}""")]
    public async Task A_field_that_breaks_a_rule_is_named(string field, string body) =>
        (await App.Nobody.SendText(HttpMethod.Post, "/api/auth/reset-password", body)).RefusedField(field);

    private async Task Until(string condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await App.Value<bool>(condition))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private Task<Answer> Forgot(string email) => App.Nobody.Post("/api/auth/forgot-password", new { email });

    private Task<Answer> Reset(string email, string code, string newPassword = New) => App.Nobody.Post("/api/auth/reset-password", new { email, code, newPassword });

    private Task<Answer> SignIn(string username, string password) => App.Nobody.Post("/api/auth/signin", new { username, password });

    private async Task<string> AskFor(string email)
    {
        var before = App.Inbox.MailsTo(email).Count;
        (await Forgot(email)).Succeeded(200);
        return await App.Inbox.ExpectCode(email, before);
    }

    private Task<Person> SignUp(string username, string email) => App.SignUp(username, email, Old);
}
