using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

public sealed class LockOutTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Password = "the right password";

    [Fact]
    public async Task Five_failures_lock_a_name_for_a_quarter_of_an_hour_even_with_the_right_password()
    {
        await App.SignUp("locked.out", "locked.out@example.in", Password);
        await Fail(App, new { username = "Locked.Out", password = "wrong" }, times: 5);

        var locked = (await SignIn(App, new { username = "locked.OUT", password = Password })).Refused(429, "auth.locked");

        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 14, 15);
        await App.Advance(TimeSpan.FromMinutes(14));
        (await SignIn(App, new { username = "locked.out", password = Password })).Refused(429, "auth.locked");
        await App.Advance(TimeSpan.FromMinutes(1.5));
        (await SignIn(App, new { username = "locked.out", password = Password })).Succeeded(202);
    }

    [Fact]
    public async Task Unknown_names_are_locked_alike()
    {
        await App.SignUp("known.name", "known.name@example.in", Password);

        foreach (var name in new[] { "known.name@example.in", "unknown.name@example.in" })
        {
            await Fail(App, new { email = name, password = "wrong" }, times: 5);
        }

        var known = (await SignIn(App, new { email = "Known.Name@example.in", password = "wrong" })).Refused(429, "auth.locked");
        var unknown = (await SignIn(App, new { email = "Unknown.Name@example.in", password = "wrong" })).Refused(429, "auth.locked");
        Assert.Equal(known["detail"].GetString(), unknown["detail"].GetString());

        // A lock of the address says nothing about which username it belongs to.
        (await SignIn(App, new { username = "known.name", password = Password })).Succeeded(202);
    }

    /// <summary>A capital I with a dot, a long s, the sign of the kelvin: what one library makes an ordinary letter, another leaves.</summary>
    [Theory]
    [InlineData("\u0130ndian.kiss")]
    [InlineData("ind\u0130an.kiss")]
    [InlineData("indian.ki\u017fs")]
    [InlineData("indian.\u212aiss")]
    public async Task No_other_spelling_of_a_name_gains_tries(string spelling)
    {
        if (await App.Value<int>("select count(*) from account where username = 'indian.kiss'") == 0)
        {
            await App.SignUp("indian.kiss", "indian.kiss@example.in", Password);
        }

        await Fail(App, new { username = "indian.kiss", password = "wrong" }, times: 5);

        var answer = await SignIn(App, new { username = spelling, password = Password });

        Assert.True(answer.Code is "auth.credentials_invalid" or "auth.locked", $"{answer}");
        await App.Advance(TimeSpan.FromMinutes(16));
    }

    [Fact]
    public async Task Failures_count_on_all_instances_together()
    {
        await using var another = await App.StartAnother();
        await App.SignUp("two.instances", "two.instances@example.in", Password);

        await Fail(App, new { username = "two.instances", password = "wrong" }, times: 3);
        await Fail(another, new { username = "two.instances", password = "wrong" }, times: 2);

        (await SignIn(App, new { username = "two.instances", password = Password })).Refused(429, "auth.locked");
        (await SignIn(another, new { username = "two.instances", password = Password })).Refused(429, "auth.locked");
    }

    [Fact]
    public async Task Guessing_in_parallel_on_two_instances_gains_no_tries()
    {
        await using var another = await App.StartAnother();
        await App.SignUp("guessed.at", "guessed.at@example.in", Password);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(at =>
            Busy.Retried(() => SignIn(at % 2 == 0 ? App : another, new { username = "guessed.at", password = $"guess {at}" }))));

        Assert.Equal(5, answers.Count(answer => answer.Code == "auth.credentials_invalid"));
        Assert.All(answers.Where(answer => answer.Code != "auth.credentials_invalid"), answer => answer.Refused(429, "auth.locked"));
    }

    [Fact]
    public async Task Signing_in_on_eight_devices_at_once_locks_nobody_out()
    {
        await App.SignUp("many.devices", "many.devices@example.in", Password);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SignIn(App, new { username = "many.devices", password = Password })));

        Assert.Contains(answers, answer => answer.Status == 202);
        Assert.All(answers, answer => Assert.True(answer.Status == 202 || answer.Code == "service.unavailable", $"{answer}")); // hashing has few turns
        Assert.Equal(0, await App.Value<int>("select count(*) from sign_in_attempt where identifier = 'many.devices' and (under_way > 0 or cardinality(failed_at) > 0)"));
    }

    [Fact]
    public async Task A_success_makes_up_for_failures_and_so_does_time()
    {
        await App.SignUp("forgetful", "forgetful@example.in", Password);

        await Fail(App, new { username = "forgetful", password = "wrong" }, times: 4);
        (await SignIn(App, new { username = "forgetful", password = Password })).Succeeded(202);
        await Fail(App, new { username = "forgetful", password = "wrong" }, times: 4);
        await App.Advance(TimeSpan.FromMinutes(16));
        await Fail(App, new { username = "forgetful", password = "wrong" }, times: 4);

        (await SignIn(App, new { username = "forgetful", password = Password })).Succeeded(202);
    }

    [Fact]
    public async Task Failures_under_both_names_at_once_count_for_both()
    {
        await App.SignUp("both.names", "both.names@example.in", Password);

        await Fail(App, new { username = "both.names", email = "both.names@example.in", password = "wrong" }, times: 5);

        (await SignIn(App, new { username = "both.names", password = Password })).Refused(429, "auth.locked");
        (await SignIn(App, new { email = "both.names@example.in", password = Password })).Refused(429, "auth.locked");
    }

    [Fact]
    public async Task A_new_password_opens_the_lock()
    {
        await App.SignUp("reopened", "reopened@example.in", Password);
        await Fail(App, new { username = "reopened", password = "wrong" }, times: 5);
        var before = App.Inbox.MailsTo("reopened@example.in").Count;
        (await App.Nobody.Post("/api/auth/forgot-password", new { email = "reopened@example.in" })).Succeeded();
        var code = await App.Inbox.ExpectCode("reopened@example.in", before);

        (await App.Nobody.Post("/api/auth/reset-password", new { email = "reopened@example.in", code, newPassword = "a better password" })).Succeeded();

        (await SignIn(App, new { username = "reopened", password = "a better password" })).Succeeded(202);
    }

    [Fact]
    public async Task A_try_that_died_with_its_instance_is_not_waited_for_for_ever()
    {
        await App.SignUp("abandoned", "abandoned@example.in", Password);
        await App.Execute(
            "insert into sign_in_attempt (identifier, under_way, last_try_at) values ('abandoned', 5, @now)", new { now = (App.Now - TimeSpan.FromSeconds(31)).UtcDateTime });

        (await SignIn(App, new { username = "abandoned", password = Password })).Succeeded(202);
    }

    private static Task<Answer> SignIn(ZoniqApp instance, object body) => instance.Nobody.Post("/api/auth/signin", body);

    private static async Task Fail(ZoniqApp instance, object body, int times)
    {
        for (var failure = 0; failure < times; failure++)
        {
            (await SignIn(instance, body)).Refused(400, "auth.credentials_invalid");
        }
    }
}
