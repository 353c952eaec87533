using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Zoniq.Tests.Support;

/// <summary>A provider of SMS that speaks as MSG91 does, and can be told to misbehave.</summary>
public sealed class SmsProvider : IAsyncDisposable
{
    private readonly WebApplication app;

    private SmsProvider(WebApplication app) => this.app = app;

    /// <summary>Settings of an instance that is to send through it.</summary>
    public (string Name, string? Value)[] Settings =>
        [("MSG91_AUTH_KEY", "the-key"), ("MSG91_OTP_TEMPLATE_ID", "the-template"), ("MSG91_API_URL", $"{app.Urls.Single()}/api/v5")];

    /// <summary>What it does with the next ones.</summary>
    public Func<HttpContext, Task> Answering { get; set; } = Accept;

    /// <summary>So many times somebody asked for one.</summary>
    public int Asked { get; private set; }

    public static async Task<SmsProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new SmsProvider(app);
        app.Run(context =>
        {
            provider.Asked++;
            return provider.Answering(context);
        });
        await app.StartAsync();
        return provider;
    }

    public static Task Accept(HttpContext context) => Say(context, 200, """{"request_id":"3763646c3058","type":"success"}""");

    public static Task Say(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
