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
        Assert.Equal(["young.hand@example.in", "young@example.in"], await App.Rows<string>("select address from one_time_code order by sent_at"));
        await App.Advance(TimeSpan.FromSeconds(31)); // then the used one keeps no other from being sent

        await App.RunTimer("Housekeeping");

        Assert.Equal(["young"], await App.Rows<string>("select key from rate_counter"));
        Assert.Equal(["young"], await App.Rows<string>("select identifier from sign_in_attempt"));
        Assert.Equal(["young@example.in"], await App.Rows<string>("select address from one_time_code"));
        Assert.Equal([young.Id], await App.Rows<long>("select account_id from revoked_token"));
        (await young.Get("/api/users/me")).Refused(401, "auth.token_revoked");
    }

    [Fact]
    public async Task However_much_is_over_goes_in_small_statements_and_a_table_that_fails_holds_up_no_other()
    {
        await App.Execute("insert into rate_counter (key, hits, resets_at) select 'old ' || number, 1, now() - interval '1 day' from generate_series(1, 12000) as number");
        await App.Execute(
            """
            create function may_not_go() returns trigger language plpgsql as 'begin raise exception ''not this one''; end';
            create trigger may_not_go before delete on revoked_token for each row execute function may_not_go()
            """);
        var gone = await App.SignIn("signed.out@example.in");
        (await gone.Post("/api/auth/signout")).Succeeded();
        await App.Advance(TimeSpan.FromDays(8));
        var before = App.Logs.Count;

        var statements = await App.StatementsOf(() => App.RunTimer("Housekeeping"));
        await App.Execute("drop function may_not_go cascade");

        Assert.Equal(0, await App.Value<long>("select count(*) from rate_counter where key like 'old %'"));
        Assert.Equal(3, statements.Count(statement => statement.StartsWith("delete from rate_counter", StringComparison.Ordinal)));
        Assert.Contains(App.Logs.Skip(before), line => line.Text.Contains("revoked_token", StringComparison.Ordinal));
        Assert.Equal(1, await App.Value<long>("select count(*) from revoked_token"));
        await App.RunTimer("Housekeeping");
        Assert.Equal(0, await App.Value<long>("select count(*) from revoked_token"));
    }

    private async Task Leave(string name)
    {
        (await App.Nobody.Post("/api/auth/email-otp/send", new { email = $"{name}@example.in" })).Succeeded();
        (await App.Nobody.Post("/api/auth/signin", new { username = name, password = "wrong" })).Refused(400, "auth.credentials_invalid");
        await App.Execute("insert into rate_counter (key, hits, resets_at) values (@name, 1, @soon)", new { name, soon = App.Now.AddMinutes(1).UtcDateTime });
    }
}
