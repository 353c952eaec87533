using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoniq.Domain;
using Zoniq.Domain.Notifications;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Notifications;

public sealed class Msg91Tests : IAsyncLifetime, IDisposable
{
    private readonly WebApplication provider = Provider();
    private readonly LogCapture logs = new();
    private Func<HttpContext, Task> answer = context => Json(context, 200, """{"request_id":"3763646c3058","type":"success"}""");
    private string? received;
    private string? authKey;

    public void Dispose() => logs.Dispose();

    public Task InitializeAsync()
    {
        provider.Run(context =>
        {
            received = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
            authKey = context.Request.Headers["authkey"];
            return answer(context);
        });
        return provider.StartAsync();
    }

    public async Task DisposeAsync() => await provider.DisposeAsync();

    [Fact]
    public async Task A_code_of_ours_goes_out_under_the_template_and_the_key_stays_out_of_the_address()
    {
        Assert.Equal(SmsOutcome.Taken, await SendAsync());

        Assert.Equal("POST /api/v5/otp?template_id=the-template&mobile=919876543210&otp=048213&otp_expiry=10&otp_length=6", received);
        Assert.Equal("the-key", authKey);
        Assert.Empty(logs.Lines);
    }

    [Theory]
    [InlineData(200, """{"message":"Mobile no. 919876543210 is blocked","type":"error"}""", SmsOutcome.Refused)]
    [InlineData(401, """{"message":"Unauthorized","type":"error"}""", SmsOutcome.Refused)]
    [InlineData(500, """{"type":"success"}""", SmsOutcome.Unknown)]
    [InlineData(502, "<html>Bad Gateway</html>", SmsOutcome.Unknown)]
    [InlineData(200, "", SmsOutcome.Unknown)]
    [InlineData(200, "null", SmsOutcome.Unknown)]
    [InlineData(302, "{}", SmsOutcome.Unknown)]
    public async Task Only_a_refusal_is_a_refusal_and_no_number_is_logged(int status, string body, SmsOutcome outcome)
    {
        answer = context => Json(context, status, body);

        Assert.Equal(outcome, await SendAsync());

        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => $"{line.Text} {line.Exception}" is var text && (text.Contains("9876543210", StringComparison.Ordinal) || text.Contains("048213", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_a_connection_that_breaks_nobody_knows()
    {
        answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        Assert.Equal(SmsOutcome.Unknown, await SendAsync());
    }

    [Theory]
    [InlineData("the-key", null, null)]
    [InlineData(null, "the-template", null)]
    [InlineData("the-key", "the-template", "ftp://example.in")]
    public void Settings_that_cannot_work_stop_the_app(string? key, string? template, string? url) =>
        Assert.Throws<SettingsException>(() => Services(key, template, url));

    [Fact]
    public async Task Without_settings_nobody_takes_SMS()
    {
        await using var services = Services(null, null, null);

        Assert.Equal(SmsOutcome.Refused, await services.GetRequiredService<ISmsSender>().SendCodeAsync("919876543210", "048213", CancellationToken.None));
    }

    private static WebApplication Provider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        return app;
    }

    private static Task Json(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    private async Task<SmsOutcome> SendAsync()
    {
        await using var services = Services("the-key", "the-template", $"{provider.Urls.Single()}/api/v5/");
        return await services.GetRequiredService<ISmsSender>().SendCodeAsync("919876543210", "048213", CancellationToken.None);
    }

    private ServiceProvider Services(string? key, string? template, string? url)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["MSG91_AUTH_KEY"] = key, ["MSG91_OTP_TEMPLATE_ID"] = template, ["MSG91_API_URL"] = url })
            .Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace));
        services.AddNotifications(new Settings(configuration));
        return services.BuildServiceProvider();
    }
}
