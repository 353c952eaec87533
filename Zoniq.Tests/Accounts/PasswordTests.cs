using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class PasswordTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Password = "  पासवर्ड with spaces  ";

    [Fact]
    public async Task One_signs_in_by_username_or_by_address_in_any_case()
    {
        var id = await SignUp("Devika.M", "devika@example.in");

        Assert.Equal(id, (await SignIn(new { username = "devika.m", password = Password })).Succeeded(202).Id);
        Assert.Equal(id, (await SignIn(new { email = "DEVIKA@example.in", password = Password })).Succeeded(202).Id);
        Assert.Equal(id, (await SignIn(new { username = "DEVIKA.M", email = "devika@example.in", password = Password })).Succeeded(202).Id);
        Assert.Equal(App.Now, (await App.Value<DateTime>("select last_login_at from account where id = @id", new { id })).ToUniversalTime(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Every_mismatch_is_the_same_refusal()
    {
        await SignUp("farhan", "farhan@example.in");
        var without = await App.NewBuyer();

        Answer[] refusals =
        [
            await SignIn(new { username = "farhan", password = "not the password" }),
            await SignIn(new { username = "farhan", password = Password.Trim() }),
            await SignIn(new { username = "nobody", password = Password }),
            await SignIn(new { email = "nobody@example.in", password = Password }),
            await SignIn(new { username = without.Username, email = "farhan@example.in", password = Password }),
            await SignIn(new { username = without.Username, password = Password }),
        ];

        Assert.All(refusals, refusal => refusal.Refused(400, "auth.credentials_invalid"));
        Assert.Single(refusals.Select(refusal => refusal["detail"].GetString()).Distinct());
    }

    [Fact]
    public async Task A_blocked_account_is_told_so_only_with_the_right_password()
    {
        var id = await SignUp("gauri", "gauri@example.in");
        await App.Execute("update account set is_blocked = true where id = @id", new { id });

        (await SignIn(new { username = "gauri", password = "not the password" })).Refused(400, "auth.credentials_invalid");
        (await SignIn(new { username = "gauri", password = Password })).Refused(403, "auth.account_blocked");
    }

    [Fact]
    public async Task Without_a_name_there_is_nobody_to_sign_in() =>
        (await SignIn(new { password = Password })).RefusedField("username");

    [Fact]
    public async Task A_password_is_kept_as_a_slow_salted_hash()
    {
        var first = await SignUp("harish", "harish@example.in");
        var second = await SignUp("indira", "indira@example.in");

        var kept = await App.Rows<string>("select password_hash from account where id in (@first, @second)", new { first, second });

        Assert.All(kept, hash => Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", hash));
        Assert.Equal(2, kept.Distinct().Count());
    }

    private Task<Answer> SignIn(object body) => App.Nobody.Post("/api/auth/signin", body);

    private async Task<long> SignUp(string username, string email)
    {
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded(200);
        var emailOtpCode = await App.Inbox.ExpectCode(email);
        return (await App.Nobody.Post("/api/auth/signup", new { username, email, password = Password, emailOtpCode })).Succeeded(201).Id;
    }
}
