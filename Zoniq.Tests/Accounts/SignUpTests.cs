using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class SignUpTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Whoever_proves_the_address_gets_an_account_and_is_signed_in()
    {
        var code = await AskFor("meera@example.in");

        var signedUp = (await SignUp("Meera", " Meera@Example.in ", code, phone: "+919876543210", fullName: "मीरा नायर")).Succeeded(201);

        var account = signedUp["authorizedAccount"];
        Assert.Equal("Meera", account.GetProperty("username").GetString());
        Assert.Equal("meera@example.in", account.GetProperty("email").GetString());
        Assert.Equal("मीरा नायर", account.GetProperty("fullName").GetString());
        Assert.Equal("+919876543210", account.GetProperty("phone").GetString());
        Assert.True(account.GetProperty("isVerified").GetBoolean());
        Assert.False(account.GetProperty("isPhoneVerified").GetBoolean());

        var profile = (await Person.From(App, signedUp).Get("/api/users/me")).Succeeded(200);
        Assert.Equal(signedUp.Id, profile.Id);
        Assert.Equal("user", profile["role"].GetString());
    }

    [Fact]
    public async Task A_taken_username_can_be_corrected_with_the_same_code()
    {
        (await SignUp("kabir", "kabir@example.in", await AskFor("kabir@example.in"))).Succeeded(201);
        var code = await AskFor("other.kabir@example.in");

        (await SignUp("KABIR", "other.kabir@example.in", code)).Refused(409, "account.username_taken");
        (await SignUp("kabir.singh", "other.kabir@example.in", code)).Succeeded(201);
        (await SignUp("kabir.once.more", "other.kabir@example.in", code)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task An_address_has_one_account()
    {
        var buyer = await App.NewBuyer();

        (await SignUp("second.account", buyer.Email, await AskFor(buyer.Email))).Refused(409, "account.email_taken");
    }

    [Fact]
    public async Task Of_many_who_want_one_username_at_once_one_gets_it()
    {
        var emails = Enumerable.Range(0, 8).Select(number => $"rival{number}@example.in").ToArray();
        var codes = await Task.WhenAll(emails.Select(AskFor));

        var answers = await Task.WhenAll(emails.Select((email, at) => Busy.Retried(() => SignUp(at % 2 == 0 ? "rival" : "Rival", email, codes[at]))));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(7, answers.Count(answer => answer.Code == "account.username_taken"));
        Assert.Equal(7, await App.Value<int>("select count(*) from one_time_code where address like 'rival%' and attempts_left = 5"));
    }

    [Fact]
    public async Task Signing_up_and_signing_in_with_one_code_at_once_make_one_account()
    {
        var code = await AskFor("both@example.in");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(at => at % 2 == 0
            ? SignUp($"both{at}", "both@example.in", code)
            : App.Nobody.Post("/api/auth/email-otp/verify", new { email = "both@example.in", code })));

        Assert.Single(answers, answer => answer.Status is 200 or 201);
        Assert.All(answers.Where(answer => answer.Status >= 300), answer => answer.Refused(400, "otp.invalid"));
        Assert.Equal(1, await App.Value<int>("select count(*) from account where email = 'both@example.in'"));
    }

    [Fact]
    public async Task A_wrong_code_opens_no_account_and_counts_as_a_try()
    {
        var code = await AskFor("wrong@example.in");

        (await SignUp("wrong.code", "wrong@example.in", code == "000000" ? "111111" : "000000")).Refused(400, "otp.invalid");

        Assert.Equal(0, await App.Value<int>("select count(*) from account where email = 'wrong@example.in'"));
        Assert.Equal(4, await App.Value<int>("select attempts_left from one_time_code where address = 'wrong@example.in'"));
    }

    [Theory]
    [InlineData("username", """{"username":"ab","email":"a@example.in","password":"long enough","emailOtpCode":"123456"}""")]
    [InlineData("username", """{"username":"with space","email":"a@example.in","password":"long enough","emailOtpCode":"123456"}""")]
    [InlineData("username", """{"email":"a@example.in","password":"long enough","emailOtpCode":"123456"}""")]
    [InlineData("email", """{"username":"abc","email":"a@example","password":"long enough","emailOtpCode":"123456"}""")]
    [InlineData("password", """{"username":"abc","email":"a@example.in","password":"short","emailOtpCode":"123456"}""")]
    [InlineData("emailOtpCode", """{"username":"abc","email":"a@example.in","password":"long enough"}""")]
    [InlineData("phone", """{"username":"abc","email":"a@example.in","password":"long enough","emailOtpCode":"123456","phone":"12 34"}""")]
    public async Task A_field_that_breaks_a_rule_is_named(string field, string body) =>
        (await App.Nobody.SendText(HttpMethod.Post, "/api/auth/signup", body)).RefusedField(field);

    private Task<Answer> SignUp(string username, string email, string emailOtpCode, string? phone = null, string? fullName = null) =>
        App.Nobody.Post("/api/auth/signup", new { username, email, password = "a long password", emailOtpCode, phone, fullName });

    private async Task<string> AskFor(string email)
    {
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded(200);
        return await App.Inbox.ExpectCode(email);
    }
}
