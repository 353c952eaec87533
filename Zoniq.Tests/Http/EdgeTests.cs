using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.Functions.Http;

namespace Zoniq.Tests.Http;

/// <summary>Whatever is sent, the answer is a documented one.</summary>
public sealed class EdgeTests(ZoniqApp app) : IClassFixture<ZoniqApp>
{
    private const string SignUp = "/api/auth/signup";

    public static TheoryData<string, int, string> BadBodies => new()
    {
        { "", 400, "request.malformed_json" },
        { "{", 400, "request.malformed_json" },
        { "not json", 400, "request.malformed_json" },
        { new string('[', 1000) + new string(']', 1000), 400, "request.malformed_json" },
        { """{"username":"raw NUL""" + "\0" + "\"}", 400, "request.malformed_json" },
        { "[]", 422, "validation.failed" },
        { "null", 422, "validation.failed" },
        { "{}", 422, "validation.failed" },
        { """{"username":5,"email":[],"password":{},"emailOtpCode":true}""", 422, "validation.failed" },
        { """{"username":1e999,"email":123456789012345678901234567890}""", 422, "validation.failed" },
        { """{"username":"a\u0000b","email":"a@b.in","password":"long enough","emailOtpCode":"123456"}""", 422, "validation.failed" },
        { """{"username":"a\ud800b","email":"a@b.in","password":"long enough","emailOtpCode":"123456"}""", 422, "validation.failed" },
        { """{"username":"asha","email":"a@b.in","password":"a\u0000long enough","emailOtpCode":"123456"}""", 422, "validation.failed" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_bad_body_is_refused_and_never_a_defect(string body, int status, string code) =>
        (await app.Nobody.SendText(HttpMethod.Post, SignUp, body)).Refused(status, code);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_body_that_is_no_JSON_is_of_the_wrong_type(string contentType) =>
        (await app.Nobody.SendText(HttpMethod.Post, SignUp, "{}", contentType)).Refused(415, "request.unsupported_media_type");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_megabytes_are_too_large_whether_announced_or_not(bool announced)
    {
        var content = new StringContent(new string(' ', 2_000_000), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        var request = new HttpRequestMessage(HttpMethod.Post, SignUp) { Content = content };
        request.Headers.TransferEncodingChunked = !announced;

        (await app.Nobody.Send(request)).Refused(413, "request.too_large");
    }

    [Theory]
    [InlineData("/api/events?page=zero", 400, "request.invalid_parameter")]
    [InlineData("/api/events?page=0", 422, "validation.failed")]
    [InlineData("/api/events?min_price=cheap", 400, "request.invalid_parameter")]
    [InlineData("/api/events?search=%00", 400, "request.invalid_parameter")]
    [InlineData("/api/events?when=sometime", 422, "validation.failed")]
    [InlineData("/api/events/search", 422, "validation.failed")]
    [InlineData("/api/events/99999999999999999999999", 404, "event.not_found")]
    [InlineData("/api/events/99999999999999999999999/seats", 404, "request.route_not_found")]
    [InlineData("/api/nothing/here", 404, "request.route_not_found")]
    [InlineData("/api/users/me", 401, "auth.token_missing")]
    public async Task An_address_that_is_wrong_is_refused_and_never_a_defect(string path, int status, string code) =>
        (await app.Nobody.Get(path)).Refused(status, code);

    [Theory]
    [InlineData("/api/auth/email-otp/send", "email")]
    [InlineData("/api/auth/forgot-password", "email")]
    public async Task Nobodys_address_is_nobodys(string path, string field) =>
        (await app.Nobody.Post(path, new { email = "somebody@Deleted.invalid" })).RefusedField(field);

    [Theory]
    [InlineData("Basic YTpi", "auth.token_missing")]
    [InlineData("Bearer", "auth.token_missing")]
    [InlineData("Bearer not-a-token", "auth.token_invalid")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "auth.token_invalid")]
    public async Task A_token_that_is_none_is_refused(string authorization, string code)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        (await app.Nobody.Send(request)).Refused(401, code);
    }

    [Fact]
    public async Task Only_administrators_administer()
    {
        var buyer = await app.NewBuyer();

        (await buyer.Post("/api/admin/venues", new { name = "Mine" })).Refused(403, "auth.admin_required");
    }

    [Fact]
    public async Task An_answer_carries_the_trace_it_was_asked_under_and_is_not_stored()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/health/live");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var answer = await app.Nobody.Send(request);

        Assert.Equal("""{"status":"live"}""", answer.Text);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", answer.Headers.GetValues("X-Trace-Id").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task The_public_catalogue_may_be_kept_for_a_moment()
    {
        var caching = (await app.Nobody.Get("/api/events")).Succeeded().Headers.CacheControl!;

        Assert.True(caching.Public);
        Assert.Equal(TimeSpan.FromSeconds(5), caching.MaxAge);
    }

    [Fact]
    public async Task The_app_is_ready_when_its_database_is()
    {
        Assert.Equal("""{"status":"ready","checks":{"database":"ok","storage":"ok","realtime":"ok"}}""", (await app.Nobody.Get("/api/health/ready")).Succeeded().Text);

        var ours = Migrator.Scripts[^1];
        await app.Execute("update schema_migration set name = 'from a later build' where name = @ours", new { ours });
        var answer = await app.Nobody.Send(HttpMethod.Get, "/api/health/live");
        var ready = await new HttpClient { BaseAddress = app.BaseAddress }.GetAsync(new Uri("/api/health/ready", UriKind.Relative));
        await app.Execute("update schema_migration set name = @ours where name = 'from a later build'", new { ours });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.StartsWith("""{"status":"not_ready","checks":{"database":"failed",""", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_that_describe_the_API_need_nobody_else()
    {
        var page = (await app.Nobody.Get("/api/docs")).Succeeded();
        var script = (await app.Nobody.Get("/api/docs/scalar.js")).Succeeded();

        Assert.DoesNotContain("://", page.Text, StringComparison.Ordinal);
        Assert.Contains("default-src 'self'", page.Text, StringComparison.Ordinal);
        Assert.True(script.Bytes.Length > 1_000_000);
        Assert.Equal("text/javascript", script.ContentHeaders.ContentType!.MediaType);
    }

    [Theory]
    [InlineData(1, "203.0.113.9", "203.0.113.9")]
    [InlineData(1, "6.6.6.6, 203.0.113.9:51234", "203.0.113.9")]
    [InlineData(2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9")]
    [InlineData(1, "[2001:db8::1]:443", "2001:db8::1")]
    [InlineData(0, "203.0.113.9", "198.51.100.7")]
    [InlineData(1, "unknown", "198.51.100.7")]
    [InlineData(1, "", "198.51.100.7")]
    public void Of_the_forwarded_addresses_only_those_our_proxies_wrote_count(int proxies, string forwarded, string client)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("::ffff:198.51.100.7") } };
        http.Request.Headers["X-Forwarded-For"] = forwarded;

        Assert.Equal(client, ClientAddress.Of(http, proxies));
    }

    [Theory]
    [InlineData(PostgresErrorCodes.LockNotAvailable, true)]
    [InlineData(PostgresErrorCodes.QueryCanceled, true)]
    [InlineData(PostgresErrorCodes.DeadlockDetected, true)]
    [InlineData(PostgresErrorCodes.TooManyConnections, true)]
    [InlineData(PostgresErrorCodes.UniqueViolation, false)]
    [InlineData(PostgresErrorCodes.CheckViolation, false)]
    [InlineData(PostgresErrorCodes.SyntaxError, false)]
    public void A_busy_database_is_no_defect_and_a_broken_rule_is(string sqlState, bool passes) =>
        Assert.Equal(passes, Outages.IsOutage(new PostgresException("", "ERROR", "ERROR", sqlState)));
}
