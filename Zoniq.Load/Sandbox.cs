using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Load;

/// <summary>The payment provider, in this process.</summary>
internal sealed class Sandbox : IAsyncDisposable
{
    public const string KeyId = "rzp_test_load";
    public const string KeySecret = "the load test's key secret";
    public const string WebhookSecret = "the load test's webhook secret";

    private readonly WebApplication server;

    private Sandbox(WebApplication server, RazorpaySandbox razorpay)
    {
        this.server = server;
        Razorpay = razorpay;
        ApiUrl = $"{server.Urls.First()}/v1";
    }

    public string ApiUrl { get; }

    public RazorpaySandbox Razorpay { get; }

    public static async Task<Sandbox> StartAsync(bool sendsWebhooks, Func<Uri?> webhookUrl, TimeProvider calendar)
    {
        var razorpay = new RazorpaySandbox(
            new SandboxOptions { KeyId = KeyId, KeySecret = KeySecret, WebhookSecret = WebhookSecret, WebhookUrl = webhookUrl },
            calendar);
        if (!sendsWebhooks)
        {
            razorpay.Faults = new SandboxFaults { OnWebhook = _ => new WebhookFault { Drop = true } };
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var server = builder.Build();
        SandboxEndpoints.Map(server, razorpay, "/v1");
        await server.StartAsync();
        return new Sandbox(server, razorpay);
    }

    public async ValueTask DisposeAsync()
    {
        await Razorpay.DisposeAsync();
        await server.DisposeAsync();
    }
}
