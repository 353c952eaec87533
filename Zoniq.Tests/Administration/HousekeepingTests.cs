namespace Zoniq.Tests.Administration;

public sealed class HousekeepingTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task What_is_over_goes_and_what_still_counts_stays()
    {
        var old = await App.SignIn("old.hand@example.in");
        (await old.Post("/api/auth/signout")).Succeeded();
        await Leave("old");
        await App.Advance(TimeSpan.FromDays(8));
        var young = await App.SignIn("young.hand@example.in");
        (await young.Post("/api/auth/signout")).Succeeded();
        await Leave("young");

        await App.RunTimer("Housekeeping");

        Assert.Equal(["young"], await App.Rows<string>("select key from rate_counter"));
        Assert.Equal(["young"], await App.Rows<string>("select identifier from sign_in_attempt"));
        Assert.Equal(["young@example.in"], await App.Rows<string>("select address from one_time_code"));
        Assert.Equal([young.Id], await App.Rows<long>("select account_id from revoked_token"));
        (await young.Get("/api/users/me")).Refused(401, "auth.token_revoked");
    }

    private async Task Leave(string name)
    {
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email = $"{name}@example.in" })).Succeeded();
        (await App.Nobody.Post("/api/auth/signin", new { username = name, password = "wrong" })).Refused(400, "auth.credentials_invalid");
        await App.Execute("insert into rate_counter (key, hits, resets_at) values (@name, 1, @soon)", new { name, soon = App.Now.AddMinutes(1).UtcDateTime });
    }
}
