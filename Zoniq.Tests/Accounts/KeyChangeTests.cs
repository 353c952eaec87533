using Zoniq.Domain;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

/// <summary>The key of the tokens is changed: the old one is believed beside it for as long as it is named, and never signed with.</summary>
public sealed class KeyChangeTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string NewKey = "the key after it, long enough for HS256 as well";

    private static readonly (string, string?)[] Overlap = [("JWT_SECRET_KEY", NewKey), ("JWT_SECRET_KEY_PREVIOUS", ZoniqApp.JwtSecret)];

    [Fact]
    public async Task Who_is_signed_in_stays_so_while_the_old_key_is_believed_and_not_when_it_is_taken_away()
    {
        var person = await App.NewBuyer();
        await using var during = await App.StartAnother(Overlap);
        await using var afterwards = await App.StartAnother(("JWT_SECRET_KEY", NewKey));

        (await person.At(during).Get("/api/users/me")).Succeeded(200);
        (await person.At(afterwards).Get("/api/users/me")).Refused(401, "auth.token_invalid");
    }

    [Fact]
    public async Task Who_signs_in_meanwhile_has_a_token_under_the_new_key_alone()
    {
        await using var during = await App.StartAnother(Overlap);
        await using var afterwards = await App.StartAnother(("JWT_SECRET_KEY", NewKey));

        var person = await during.SignIn("kamala@example.in");

        (await person.Get("/api/users/me")).Succeeded(200);
        (await person.At(afterwards).Get("/api/users/me")).Succeeded(200);
        (await person.At(App).Get("/api/users/me")).Refused(401, "auth.token_invalid");
    }

    [Fact]
    public async Task A_token_under_any_other_key_is_refused_during_the_change_too()
    {
        var person = await App.NewBuyer();
        await using var during = await App.StartAnother(Overlap);
        var forged = Person.TokenOf(person.Id, person.Username, person.Email, "admin", App.Now, secret: "another secret, just as long as the real one is");

        (await new Conversation(during, forged).Get("/api/users/me")).Refused(401, "auth.token_invalid");
    }

    [Fact]
    public async Task A_code_that_was_sent_under_the_old_key_is_good_while_that_is_believed()
    {
        await using var during = await App.StartAnother(Overlap);
        await using var afterwards = await App.StartAnother(("JWT_SECRET_KEY", NewKey));
        var code = await AskFor("lalita@example.in");
        object typed = new { email = "lalita@example.in", code };

        (await afterwards.Nobody.Post("/api/auth/email-otp/verify", typed)).Refused(400, "otp.invalid");
        (await during.Nobody.Post("/api/auth/email-otp/verify", new { email = "lalita@example.in", code = Another(code) })).Refused(400, "otp.invalid");
        (await during.Nobody.Post("/api/auth/email-otp/verify", typed)).Succeeded();
        (await during.Nobody.Post("/api/auth/email-otp/verify", typed)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task Codes_with_a_key_of_their_own_do_not_notice()
    {
        (string, string?) own = ("OTP_HASH_KEY", "a key for codes alone, long enough as it is");
        await using var before = await App.StartAnother(own);
        await using var afterwards = await App.StartAnother(own, ("JWT_SECRET_KEY", NewKey));
        (await before.Nobody.Post("/api/auth/email-otp/send", new { email = "madhavi@example.in" })).Succeeded();
        var code = await App.Inbox.ExpectCode("madhavi@example.in", 0);

        (await afterwards.Nobody.Post("/api/auth/email-otp/verify", new { email = "madhavi@example.in", code })).Succeeded();
    }

    [Fact]
    public async Task A_ticket_that_was_offered_under_the_old_key_can_be_claimed_while_that_is_believed()
    {
        await using var during = await App.StartAnother(Overlap);
        var staged = await App.AnEvent(title: "Morning Ragas");
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await asha.Buys(staged.Numbered, staged.Numbered.Seats[..1]);
        var token = await asha.Sends((await asha.Tickets())[0].GetProperty("id").GetInt64(), ravi.Email);

        (await ravi.At(during).Post("/api/tickets/claim", new { transferToken = token })).Succeeded(200);
    }

    [Fact]
    public async Task An_old_key_that_could_be_guessed_is_refused() =>
        Assert.Contains(
            "JWT_SECRET_KEY_PREVIOUS",
            (await Assert.ThrowsAsync<SettingsException>(() => App.StartAnother(("JWT_SECRET_KEY_PREVIOUS", "short")))).Message,
            StringComparison.Ordinal);

    private static string Another(string code) => (code[0] == '9' ? '0' : (char)(code[0] + 1)) + code[1..];

    private async Task<string> AskFor(string email)
    {
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded();
        return await App.Inbox.ExpectCode(email, 0);
    }
}
