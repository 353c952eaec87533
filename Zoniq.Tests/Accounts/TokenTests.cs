using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class TokenTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_token_says_who_it_is_for_and_lives_seven_days()
    {
        var person = await App.SignIn("lata@example.in");

        var token = new JsonWebToken(person.Token);

        Assert.Equal("HS256", token.Alg);
        Assert.Equal(person.Id.ToString(), token.Subject);
        Assert.Equal(["email", "exp", "iat", "jti", "role", "sub", "username"], token.Claims.Select(claim => claim.Type).Order());
        Assert.Equal(TimeSpan.FromDays(7), token.ValidTo - token.IssuedAt);
        Assert.Equal(App.Now.UtcDateTime, token.IssuedAt, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Signing_out_ends_one_token_and_no_other()
    {
        var phone = await App.SignIn("mohan@example.in");
        await App.Advance(TimeSpan.FromSeconds(31));
        var laptop = await App.SignIn("mohan@example.in");

        Assert.True((await phone.Post("/api/auth/signout")).Succeeded(200)["success"].GetBoolean());

        (await phone.Get("/api/users/me")).Refused(401, "auth.token_revoked");
        (await phone.Post("/api/auth/signout")).Refused(401, "auth.token_revoked");
        (await laptop.Get("/api/users/me")).Succeeded(200);
    }

    [Fact]
    public async Task A_sign_out_counts_on_every_instance_at_once()
    {
        await using var another = await App.StartAnother();
        var person = await App.SignIn("nalini@example.in");
        (await person.At(another).Get("/api/users/me")).Succeeded(200);

        (await person.Post("/api/auth/signout")).Succeeded(200);

        (await person.At(another).Get("/api/users/me")).Refused(401, "auth.token_revoked");
    }

    [Fact]
    public async Task A_blocked_account_is_refused_from_the_next_request_on()
    {
        var person = await App.NewBuyer();
        (await person.Get("/api/users/me")).Succeeded(200);

        await App.Execute("update account set is_blocked = true where id = @Id", new { person.Id });
        (await person.Get("/api/users/me")).Refused(403, "auth.account_blocked");

        await App.Execute("update account set is_blocked = false where id = @Id", new { person.Id });
        (await person.Get("/api/users/me")).Succeeded(200);
    }

    [Fact]
    public async Task A_token_ends_when_it_says()
    {
        var person = await App.NewBuyer();
        (await WithToken(TokenOf(person, issuedAt: App.Now, TimeSpan.FromMinutes(1))).Get("/api/users/me")).Succeeded(200);
        (await WithToken(TokenOf(person, issuedAt: App.Now - TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1))).Get("/api/users/me")).Refused(401, "auth.token_expired");
    }

    [Fact]
    public async Task A_token_of_a_deleted_account_is_refused()
    {
        var person = await App.NewBuyer();
        await App.Execute("update account set is_active = false where id = @Id", new { person.Id });

        (await person.Get("/api/users/me")).Refused(401, "auth.token_revoked");
    }

    [Fact]
    public async Task Revoking_all_tokens_spares_those_issued_later_in_the_same_second()
    {
        var before = await App.SignIn("omkar@example.in");
        await App.Advance(TimeSpan.FromSeconds(31));
        var code = await AskFor("omkar@example.in");

        await App.Execute(
            "update account set tokens_valid_from = greatest(date_trunc('second', @now), tokens_valid_from) + interval '1 second' where id = @Id",
            new { before.Id, now = App.Now.UtcDateTime });
        var after = Person.From(App, (await App.Nobody.Post("/api/auth/email-otp/verify", new { email = "omkar@example.in", code })).Succeeded());

        (await before.Get("/api/users/me")).Refused(401, "auth.token_revoked");
        (await after.Get("/api/users/me")).Succeeded(200);
    }

    [Fact]
    public async Task Without_a_token_one_is_asked_to_sign_in() =>
        (await App.Nobody.Get("/api/users/me")).Refused(401, "auth.token_missing");

    [Fact]
    public async Task Forged_tokens_are_refused()
    {
        var person = await App.NewBuyer();
        var parts = person.Token!.Split('.');
        var claims = Encode($$"""{"sub":"{{person.Id}}","jti":"{{Guid.NewGuid()}}","iat":{{App.Now.ToUnixTimeSeconds()}},"exp":{{App.Now.AddDays(1).ToUnixTimeSeconds()}}}""");

        string[] forged =
        [
            "nonsense",
            "a.b.c",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{claims}.{parts[2]}",
            $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{claims}.",
            Person.TokenOf(person.Id, person.Username, person.Email, "user", App.Now, secret: "another secret, just as long as the real one is"),
            Person.TokenOf(person.Id, person.Username, person.Email, "user", App.Now)[..^3] + "AAA",
            new string('x', 9_000),
        ];

        foreach (var token in forged)
        {
            (await WithToken(token).Get("/api/users/me")).Refused(401, "auth.token_invalid");
        }
    }

    [Fact]
    public async Task Knowing_who_asks_costs_one_statement()
    {
        var person = await App.NewBuyer();

        Assert.Equal(2, (await App.StatementsOf(() => person.Get("/api/users/me"))).Foreground().Count());
    }

    private static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string TokenOf(Person person, DateTimeOffset issuedAt, TimeSpan lifetime) =>
        Person.TokenOf(person.Id, person.Username, person.Email, "user", issuedAt, lifetime);

    private Conversation WithToken(string token) => new(App, token);

    private async Task<string> AskFor(string email)
    {
        var before = App.Inbox.MailsTo(email).Count;
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded(200);
        return await App.Inbox.ExpectCode(email, before);
    }
}
