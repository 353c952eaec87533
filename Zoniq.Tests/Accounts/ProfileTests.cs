using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class ProfileTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task One_changes_what_one_sends_and_clears_what_one_names()
    {
        var buyer = await App.NewBuyer();
        string[] named = ["phone"];

        var filled = (await buyer.Patch("/api/users/me", new { phone = "+919876543210", fullName = " आशा राव " })).Succeeded(200);
        var untouched = (await buyer.Patch("/api/users/me", new { phone = (string?)null })).Succeeded(200);
        var cleared = (await buyer.Patch("/api/users/me", new { clearFields = named, fullName = "" })).Succeeded(200);

        Assert.Equal(("+919876543210", "आशा राव"), (filled["phone"].GetString(), filled["fullName"].GetString()));
        Assert.Equal(("+919876543210", "आशा राव"), (untouched["phone"].GetString(), untouched["fullName"].GetString()));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (cleared["phone"].ValueKind, cleared["fullName"].ValueKind));
        Assert.NotEqual(JsonValueKind.Null, cleared["updatedAt"].ValueKind);
        Assert.Equal(cleared.Text, (await buyer.Get("/api/users/me")).Text);
    }

    [Theory]
    [InlineData("username", """{"username":"ab"}""")]
    [InlineData("username", """{"username":""}""")]
    [InlineData("username", """{"username":"with space"}""")]
    [InlineData("email", """{"email":"no address"}""")]
    [InlineData("email", """{"email":""}""")]
    [InlineData("phone", """{"phone":"123456"}""")]
    [InlineData("phone", """{"phone":"+91 98765 43210"}""")]
    [InlineData("clearFields", """{"clearFields":["email"]}""")]
    [InlineData("clearFields", """{"clearFields":["phone","role"]}""")]
    public async Task A_field_that_breaks_a_rule_is_named(string field, string body) =>
        (await (await App.NewBuyer()).SendText(HttpMethod.Patch, "/api/users/me", body)).RefusedField(field);

    [Fact]
    public async Task Nobody_makes_themselves_an_administrator()
    {
        var buyer = await App.NewBuyer();

        Assert.Equal("user", (await buyer.SendText(HttpMethod.Patch, "/api/users/me", """{"role":"admin","isVerified":true,"isPhoneVerified":true,"id":1}""")).Succeeded(200)["role"].GetString());

        Assert.Equal("user", await App.Value<string>("select role from account where id = @Id", new { buyer.Id }));
    }

    [Fact]
    public async Task Of_two_who_want_one_username_at_once_one_gets_it()
    {
        var buyers = await App.NewBuyers(8);

        var answers = await Task.WhenAll(buyers.Select((buyer, at) => buyer.Patch("/api/users/me", new { username = at % 2 == 0 ? "wanted" : "Wanted" })));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "account.username_taken"));
    }

    [Fact]
    public async Task Many_may_name_one_address_at_once_until_somebody_proves_it()
    {
        var buyers = await App.NewBuyers(8);

        var answers = await Task.WhenAll(buyers.Select(buyer => buyer.Patch("/api/users/me", new { email = "named.by.many@example.in" })));

        Assert.All(answers, answer => answer.Succeeded(200));
        var owner = await App.SignIn("named.by.many@example.in");
        Assert.DoesNotContain(buyers, buyer => buyer.Id == owner.Id);
        Assert.Equal(0, await App.Value<int>("select count(*) from account where claimed_email = 'named.by.many@example.in'"));
        (await buyers[0].Patch("/api/users/me", new { email = "named.by.many@example.in" })).Refused(409, "account.email_taken");
    }

    [Fact]
    public async Task Names_of_others_are_taken_in_any_case_and_a_refusal_changes_nothing()
    {
        var buyers = await App.NewBuyers(2);

        (await buyers[0].Patch("/api/users/me", new { username = buyers[1].Username.ToUpperInvariant(), phone = "9876543210" })).Refused(409, "account.username_taken");
        (await buyers[0].Patch("/api/users/me", new { email = buyers[1].Email.ToUpperInvariant(), phone = "9876543210" })).Refused(409, "account.email_taken");

        Assert.Equal(JsonValueKind.Null, (await buyers[0].Get("/api/users/me"))["phone"].ValueKind);
    }

    [Fact]
    public async Task The_case_of_ones_own_username_can_be_changed()
    {
        var buyer = await App.NewBuyer();

        var changed = (await buyer.Patch("/api/users/me", new { username = buyer.Username.ToUpperInvariant() })).Succeeded(200);

        Assert.Equal(buyer.Username.ToUpperInvariant(), changed["username"].GetString());
    }

    [Fact]
    public async Task A_username_that_was_given_up_passes_nothing_on()
    {
        var before = await App.SignUp("famous", "famous@example.in", "the first password");
        for (var failure = 0; failure < 5; failure++)
        {
            (await SignIn("famous", "a wrong password")).Refused(400, "auth.credentials_invalid");
        }

        (await SignIn("famous", "the first password")).Refused(429, "auth.locked");
        (await before.Patch("/api/users/me", new { username = "once.famous" })).Succeeded(200);
        var after = await App.SignUp("Famous", "new.famous@example.in", "the second password");

        // Neither the lock nor the password nor the tokens of whoever had the name before.
        (await SignIn("famous", "the first password")).Refused(400, "auth.credentials_invalid");
        Assert.Equal(after.Id, (await SignIn("famous", "the second password")).Succeeded(202).Id);
        Assert.Equal(before.Id, (await before.Get("/api/users/me")).Succeeded().Id);
        Assert.Equal(before.Id, (await SignIn("once.famous", "the first password")).Succeeded(202).Id);
    }

    [Fact]
    public async Task A_new_address_is_unproven_and_the_old_one_is_told()
    {
        var buyer = await App.NewBuyer();

        var changed = (await buyer.Patch("/api/users/me", new { email = "Moved@Example.in" })).Succeeded(200);

        Assert.Equal(("moved@example.in", false), (changed["email"].GetString(), changed["isVerified"].GetBoolean()));
        await App.RunTimer("MailOutbox");
        var notice = await App.Inbox.Expect(buyer.Email, mail => mail.Message.Subject == "Your ZONIQ account was changed");
        Assert.Contains("moved@example.in", notice.Message.TextBody, StringComparison.Ordinal);
        Assert.Empty(App.Inbox.MailsTo("moved@example.in"));
    }

    [Fact]
    public async Task Whoever_goes_back_to_the_proven_address_has_it_proven()
    {
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me", new { email = "moved.and.back@example.in" })).Succeeded(200);

        var back = (await buyer.Patch("/api/users/me", new { email = buyer.Email })).Succeeded(200);

        Assert.Equal((buyer.Email, true), (back["email"].GetString(), back["isVerified"].GetBoolean()));
    }

    private Task<Answer> SignIn(string username, string password) => App.Nobody.Post("/api/auth/signin", new { username, password });
}
