using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

public sealed class LimitTests(LimitTests.LimitedApp app) : IClassFixture<LimitTests.LimitedApp>
{
    [Fact]
    public async Task Every_answer_of_a_limited_endpoint_says_what_is_left()
    {
        var first = await From("198.51.100.1", "/api/events/search?q=jazz");
        var second = await From("198.51.100.1", "/api/events/search?q=jazz");
        var refused = await From("198.51.100.1", "/api/events/search");

        Assert.Equal(("1200", "1199"), (Header(first.Succeeded(200), "Limit"), Header(first, "Remaining")));
        Assert.Equal("1198", Header(second.Succeeded(200), "Remaining"));
        Assert.Equal("1197", Header(refused.RefusedField("q"), "Remaining"));
        Assert.InRange(int.Parse(Header(second, "Reset")!), 1, 60);
    }

    [Fact]
    public async Task The_list_is_limited_only_where_it_searches()
    {
        Assert.Null(Header(await From("198.51.100.2", "/api/events?city=Pune"), "Limit"));
        Assert.Null(Header(await From("198.51.100.2", "/api/events?search="), "Limit"));
        Assert.Equal("1200", Header(await From("198.51.100.2", "/api/events?search=jazz"), "Limit"));
        Assert.Null(Header(await From("198.51.100.2", "/api/health/live"), "Limit"));
    }

    [Fact]
    public async Task Of_fifty_calls_at_two_instances_at_once_exactly_those_left_are_let_through()
    {
        await using var another = await app.StartAnother(("RATE_LIMITS_ENABLED", "true"));
        await From("198.51.100.3", "/api/events/search?q=jazz");
        await app.Execute("update rate_counter set hits = 1180 where key = 'Search:198.51.100.3'");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(at => From("198.51.100.3", "/api/events/search?q=jazz", at % 2 == 0 ? app : another)));

        Assert.Equal(20, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer =>
        {
            Assert.Equal("0", Header(answer.Refused(429, "rate.limited"), "Remaining"));
            Assert.Equal(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, double.Parse(Header(answer, "Reset")!));
        });

        // Somebody else is not concerned, and a minute later nobody is.
        (await From("198.51.100.4", "/api/events/search?q=jazz")).Succeeded(200);
        await app.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("1199", Header((await From("198.51.100.3", "/api/events/search?q=jazz")).Succeeded(200), "Remaining"));
    }

    [Fact]
    public async Task A_subscriber_with_IPv6_is_counted_by_the_network()
    {
        await From("2001:db8:7:8::1", "/api/events/search?q=jazz");

        Assert.Equal("1198", Header(await From("2001:db8:7:8:ffff::2", "/api/events/search?q=jazz"), "Remaining"));
        Assert.Equal("1199", Header(await From("2001:db8:7:9::1", "/api/events/search?q=jazz"), "Remaining"));
    }

    [Theory]
    [InlineData("2001:db8:7:8:9:a:b:c", "2001:db8:7:8::/64")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData(null, "unknown")]
    public void A_network_is_an_IPv4_address_or_half_an_IPv6_one(string? address, string network) => Assert.Equal(network, ClientAddress.NetworkOf(address));

    [Fact]
    public async Task What_a_client_invents_before_our_proxy_does_not_count()
    {
        await From("203.0.113.9, 198.51.100.5", "/api/events/search?q=jazz");

        Assert.Equal("1198", Header(await From("203.0.113.10, 198.51.100.5", "/api/events/search?q=jazz"), "Remaining"));
    }

    [Fact]
    public async Task A_buyers_cart_is_limited_and_another_buyers_is_not()
    {
        var buyers = await app.NewBuyers(2);
        await Early();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(at => at % 2 == 0 ? buyers[0].Adds(1, 1) : buyers[0].ChecksOut()));

        Assert.Equal(10, answers.Count(answer => answer.Code == "rate.limited"));
        Assert.Equal("30", Header(answers[0], "Limit"));
        Assert.NotEqual("rate.limited", (await buyers[1].Adds(1, 1)).Code);
        Assert.Equal("19", Header(await buyers[0].CreatesOrder(1), "Remaining"));
        (await buyers[0].Cart()).Succeeded(200);
        await app.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEqual("rate.limited", (await buyers[0].ChecksOut()).Code);
    }

    [Fact]
    public async Task Who_connects_again_and_again_is_limited()
    {
        var asha = await app.NewBuyer();
        await Early();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(at => at % 2 == 0
            ? asha.Post($"/api/realtime/{asha.Id}/negotiate")
            : asha.Post("/api/events/987654321/seats/subscribe", new { connectionId = "c" })));

        Assert.Equal(10, answers.Count(answer => answer.Code == "rate.limited"));
        Assert.Equal("30", Header(answers[0], "Limit"));
    }

    [Fact]
    public async Task Twenty_tickets_an_hour_are_sent_and_twenty_offers_answered()
    {
        var buyer = await app.NewBuyer();

        var sendings = await Task.WhenAll(Enumerable.Range(0, 22).Select(_ => buyer.Post("/api/tickets/1/transfer", new { toEmail = "ravi@example.in" })));
        var answers = await Task.WhenAll(Enumerable.Range(0, 23).Select(at => at % 2 == 0 ? buyer.Claims("a guess") : buyer.Declines("a guess")));

        Assert.Equal((20, 2), (sendings.Count(answer => answer.Code == "ticket.not_found"), sendings.Count(answer => answer.Code == "rate.limited")));
        Assert.Equal((20, 3), (answers.Count(answer => answer.Code == "transfer.not_found"), answers.Count(answer => answer.Code == "rate.limited")));
        (await buyer.Get("/api/tickets/transfers/history")).Succeeded();
        await app.Advance(TimeSpan.FromHours(1));
        (await buyer.Claims("a guess")).Refused(404, "transfer.not_found");
    }

    [Fact]
    public async Task An_address_gets_five_codes_an_hour()
    {
        for (var sending = 0; sending < 5; sending++)
        {
            (await Send("five.codes@example.in")).Succeeded(200);
            await app.Advance(TimeSpan.FromSeconds(31));
        }

        var refused = (await Send("Five.Codes@example.in")).Refused(429, "rate.limited");

        Assert.Equal(("5", "0"), (Header(refused, "Limit"), Header(refused, "Remaining")));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 50, 60);
        (await Send("other.codes@example.in")).Succeeded(200);
        (await app.Nobody.Post("/api/auth/forgot-password", new { email = "five.codes@example.in" })).Succeeded(200);
        await app.Advance(TimeSpan.FromHours(1));
        (await Send("five.codes@example.in")).Succeeded(200);
    }

    [Theory]
    [InlineData("/api/auth/email-otp/verify")]
    [InlineData("/api/auth/reset-password")]
    [InlineData("/api/auth/signup")]
    public async Task Ten_codes_may_be_tried_for_an_address_in_ten_minutes_however_they_are_tried(string path)
    {
        var email = $"ten{path.Length}@example.in";
        var body = new { email, code = "123456", emailOtpCode = "123456", username = "ten", password = "long enough", newPassword = "long enough" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => app.Nobody.Post(path, body)));

        Assert.Equal(10, answers.Count(answer => answer.Code == "otp.invalid"));
        Assert.Equal(5, answers.Count(answer => answer.Code == "rate.limited"));
        await app.Advance(TimeSpan.FromMinutes(10));
        (await app.Nobody.Post(path, body)).Refused(400, "otp.invalid");
    }

    [Fact]
    public async Task Limits_that_are_switched_off_count_nothing()
    {
        await using var free = await app.StartAnother(("RATE_LIMITS_ENABLED", "false"));

        Assert.Null(Header(await From("198.51.100.6", "/api/events/search?q=jazz", free), "Limit"));
        Assert.Equal(0, await app.Value<int>("select count(*) from rate_counter where key = 'Search:198.51.100.6'"));
    }

    [Fact]
    public void Only_endpoints_of_users_are_limited_by_user() =>
        Assert.Empty(
            from plan in FunctionPlan.All
            where plan.Limited is not null && LimitPolicy.Of(plan.Limited.Limit).By != LimitedBy.Address && plan.Access is not (Access.User or Access.Admin)
            select plan.Name);

    [Fact]
    public async Task Counting_costs_one_statement()
    {
        await From("198.51.100.7", "/api/events/categories");

        Assert.Single(await app.StatementsOf(() => From("198.51.100.7", "/api/events/search")), statement => statement.Contains("rate_counter", StringComparison.Ordinal));
    }

    private static string? Header(Answer answer, string name) => answer.Headers.TryGetValues($"RateLimit-{name}", out var values) ? values.Single() : null;

    private Task<Answer> From(string address, string path, ZoniqApp? instance = null) =>
        (instance ?? app).Nobody.Send(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Forwarded-For", address } } });

    private Task<Answer> Send(string email) => app.Nobody.Post("/api/auth/email-otp/send", new { email });

    /// <summary>Windows of users begin with the minute: a test must not run into the next.</summary>
    private Task Early() => app.Advance(TimeSpan.FromSeconds(61 - app.Now.Second));

    /// <summary>As in production.</summary>
    public sealed class LimitedApp : ZoniqApp
    {
        protected override void Configure(IDictionary<string, string?> settings) => settings["RATE_LIMITS_ENABLED"] = "true";
    }
}
