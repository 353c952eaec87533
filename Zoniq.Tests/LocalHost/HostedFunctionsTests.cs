using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;

namespace Zoniq.Tests.LocalHost;

public sealed class HostedFunctionsTests : IAsyncLifetime
{
    private SampleApp app = null!;

    public async Task InitializeAsync() => app = await SampleApp.StartAsync("--no-timers");

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("/api/things/special", "text special")]
    [InlineData("/API/Things/Else/", "text Else")]
    [InlineData("/api/things/%E0%A4%A8%20x", "text न x")]
    [InlineData("/api/numbers/42?least=7", "number 42 7")]
    [InlineData("/api/numbers/42", "number 42 ")]
    [InlineData("/api/numbers/ABC", "code ABC")]
    [InlineData("/api/documents/6f9619ff-8b86-d011-b42d-00c04fc964ff.pdf", "document 6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    [InlineData("/api/by-query?id=6f9619ff-8b86-d011-b42d-00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    public async Task The_first_function_by_name_whose_route_and_constraints_fit_answers(string path, string answer) =>
        Assert.Equal(answer, await app.Client.GetStringAsync(path));

    [Theory]
    [InlineData("/")]
    [InlineData("/api/things")]
    [InlineData("/api/things/a/b")]
    [InlineData("/api//special")]
    [InlineData("/api/numbers/abcd")]
    [InlineData("/api/numbers/99999999999999999999")]
    [InlineData("/api/documents/1.pdf")]
    public async Task What_fits_no_route_is_refused_as_unknown(string path)
    {
        using var response = await app.Client.GetAsync(path);

        await AssertProblem(response, HttpStatusCode.NotFound, "request.route_not_found");
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        using var response = await app.Client.PutAsync("/api/numbers/42", null);

        await AssertProblem(response, HttpStatusCode.MethodNotAllowed, "request.method_not_allowed");
        Assert.Equal(["DELETE", "GET", "HEAD", "PATCH"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Head_is_a_get_without_its_body_and_options_lists_the_methods()
    {
        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/numbers/42"));
        using var options = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/api/numbers/42"));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal(["DELETE", "GET", "HEAD", "PATCH"], options.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task An_action_result_is_executed()
    {
        using var response = await app.Client.GetAsync("/api/results/action");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("made", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_plain_object_is_not_written()
    {
        using var response = await app.Client.GetAsync("/api/results/plain");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Of_several_outputs_one_is_the_answer_and_the_others_are_sent()
    {
        Assert.Equal("answered", await app.Client.GetStringAsync("/api/results/several"));

        var pushed = Assert.IsType<SignalRMessageAction>(await app.Desk.Pushed.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(app.Desk.Pushed.TryRead(out _));
        Assert.Equal(("sold", "A12"), (pushed.Target, pushed.Arguments![0]));
    }

    [Fact]
    public async Task Middleware_can_replace_the_answer_among_several_outputs() =>
        Assert.Equal("wrapped Ravi", await app.Client.GetStringAsync("/api/results/several-plain"));

    [Fact]
    public async Task A_function_is_given_where_clients_connect_and_as_whom()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/connect/north") { Headers = { { "X-Person", "ravi" } } };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal($"{app.Client.BaseAddress}client/?hub=zoniq north-ravi", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/results/defect")]
    [InlineData("/api/connect/north")]
    [InlineData("/api/by-query")]
    [InlineData("/api/by-query?id=1")]
    public async Task A_defect_is_500_with_nothing_to_read(string path)
    {
        using var response = await app.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Middleware_runs_in_order_and_parameters_are_made_only_after_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/converted/asha") { Headers = { { "X-Person", "Ravi" } } };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal("ASHA Ravi", await response.Content.ReadAsStringAsync());
        Assert.Equal(["Converted"], response.Headers.GetValues("X-Function"));
        Assert.Equal(["outer in", "inner after outer", "convert", "outer out"], app.Desk.Steps);
    }

    [Theory]
    [InlineData("refused", "refused by middleware")]
    [InlineData("failed", "failed in conversion")]
    public async Task What_a_converter_throws_or_fails_with_reaches_the_middleware(string person, string answer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/converted/asha") { Headers = { { "X-Person", person } } };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_the_app_may_refuse_reaches_it_and_one_beyond_the_host_does_not()
    {
        using var beyond = new HttpRequestMessage(HttpMethod.Post, "/api/echo") { Content = new StreamContent(Stream.Null), Headers = { ExpectContinue = true } };
        beyond.Content.Headers.ContentLength = 200L * 1024 * 1024;

        using var large = await app.Client.PostAsync("/api/echo", new ByteArrayContent(new byte[2 * 1024 * 1024]));
        using var refused = await app.Client.SendAsync(beyond);

        Assert.Equal("2097152", await large.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task Only_listed_origins_may_call_from_a_browser()
    {
        using var allowed = await PreflightAsync("https://other.example");
        using var unknown = await PreflightAsync("https://elsewhere.example");
        using var called = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/nothing") { Headers = { { "Origin", "https://shop.example" } } });

        Assert.Equal(["https://other.example"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["true"], allowed.Headers.GetValues("Access-Control-Allow-Credentials"));
        Assert.False(unknown.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(["https://shop.example"], called.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains("Retry-After", string.Join(',', called.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_function()
    {
        using var patience = new CancellationTokenSource();
        var request = app.Client.GetAsync("/api/slow", patience.Token);
        await app.Desk.Arrived.Task;

        await patience.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => request);
        await app.Desk.Left.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Requests_in_flight_are_finished_before_the_app_ends()
    {
        var other = await SampleApp.StartAsync("--no-timers");
        using var client = new HttpClient { BaseAddress = other.Client.BaseAddress };
        var request = client.GetStringAsync("/api/slow");
        await other.Desk.Arrived.Task;

        var end = other.DisposeAsync().AsTask();
        other.Desk.MayLeave.SetResult();

        Assert.Equal("served", await request);
        await end;
    }

    [Theory]
    [InlineData(typeof(ReservedRoute), "reserves")]
    [InlineData(typeof(SameName), "Two functions are called Action")]
    [InlineData(typeof(Unbindable), "cannot be bound")]
    public async Task What_the_real_host_would_refuse_stops_the_start(Type functions, string reason)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SampleApp.StartAsync([typeof(SampleFunctions), functions], _ => { }));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_is_wrong_stops_the_start_by_its_name()
    {
        var failure = await Assert.ThrowsAsync<SettingsException>(() => SampleApp.StartAsync("--prot", "0"));

        Assert.Contains("--prot", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_by_its_number()
    {
        var port = app.Client.BaseAddress!.Port;

        var failure = await Assert.ThrowsAsync<SettingsException>(() => SampleApp.StartAsync("--port", $"{port}"));

        Assert.Contains($"{port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_are_known_by_name_route_and_methods()
    {
        var number = app.Functions.Single(function => function.Name == "NumberChange");

        Assert.Equal(("api/numbers/{id:long}", "PATCH,DELETE"), (number.Route, string.Join(',', number.Methods)));
        Assert.Equal(app.Functions.Select(function => function.Name).Order(StringComparer.OrdinalIgnoreCase), app.Functions.Select(function => function.Name));
    }

    private Task<HttpResponseMessage> PreflightAsync(string origin) =>
        app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/api/numbers/42")
        {
            Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "PATCH" }, { "Access-Control-Request-Headers", "authorization" } },
        });

    private static async Task AssertProblem(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"https://zoniq.app/problems/{code}", (string?)problem["type"]);
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal(response.Headers.GetValues("X-Trace-Id").Single(), (string?)problem["traceId"]);
        Assert.Equal(32, ((string?)problem["traceId"])!.Length);
    }
}
