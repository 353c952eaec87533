using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Support;

/// <summary>The payment sandbox on a port of its own, so that it outlives any instance of the app, as the real one does.</summary>
public sealed class PaymentProvider : IAsyncDisposable
{
    public const string KeyId = "rzp_test_zoniq";
    public const string KeySecret = "the key's secret";
    public const string WebhookSecret = "the webhook's secret";

    private readonly WebApplication server;

    private PaymentProvider(WebApplication server, RazorpaySandbox sandbox)
    {
        this.server = server;
        Sandbox = sandbox;
        ApiUrl = new Uri($"{server.Urls.First()}/v1");
    }

    public Uri ApiUrl { get; }

    public RazorpaySandbox Sandbox { get; }

    /// <param name="webhookUrl">Asked for each webhook; null holds it back.</param>
    /// <param name="clock">The calendar of its payments.</param>
    public static async Task<PaymentProvider> StartAsync(Func<Uri?> webhookUrl, TimeProvider clock)
    {
        var sandbox = new RazorpaySandbox(
            new SandboxOptions
            {
                KeyId = KeyId,
                KeySecret = KeySecret,
                WebhookSecret = WebhookSecret,
                WebhookUrl = webhookUrl,
                RefundTakes = TimeSpan.FromMilliseconds(50),
                FirstWebhookRetry = TimeSpan.FromMilliseconds(100),
            },
            clock);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var server = builder.Build();
        SandboxEndpoints.Map(server, sandbox, "/v1");
        await server.StartAsync();
        return new PaymentProvider(server, sandbox);
    }

    /// <summary>What the checkout sheet gives the browser as proof.</summary>
    public static string SignCheckout(string orderId, string paymentId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(KeySecret), Encoding.UTF8.GetBytes($"{orderId}|{paymentId}")));

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await server.DisposeAsync();
    }
}
