using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoniq.Domain;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.LocalHost.Razorpay;

namespace Zoniq.Tests.Payments.Gateway;

/// <summary>The sandbox behind a real Kestrel, the client that the app uses, and somewhere for webhooks to arrive.</summary>
internal sealed class GatewayStage : IAsyncDisposable
{
    public const string KeyId = "rzp_test_stage";
    public const string KeySecret = "the key secret";
    public const string WebhookSecret = "the webhook secret";

    private readonly WebApplication server;
    private readonly Lazy<ServiceProvider> client;
    private readonly Channel<ReceivedWebhook> webhooks = Channel.CreateUnbounded<ReceivedWebhook>();

    private GatewayStage(WebApplication server, string? journalFile)
    {
        this.server = server;
        Sandbox = new RazorpaySandbox(
            new SandboxOptions
            {
                KeyId = KeyId,
                KeySecret = KeySecret,
                WebhookSecret = WebhookSecret,
                WebhookUrl = () => new Uri(Address, "/api/payments/webhook"),
                JournalFile = journalFile,
                RefundTakes = TimeSpan.Zero,
                FirstWebhookRetry = TimeSpan.FromMilliseconds(5),
            },
            Clock);
        client = new(() => Client(KeySecret, Address));
        SandboxEndpoints.Map(server, Sandbox);
        server.MapPost("/api/payments/webhook", ReceiveAsync);
    }

    public RazorpaySandbox Sandbox { get; }

    public HandClock Clock { get; } = new();

    public IPaymentGateway Gateway => client.Value.GetRequiredService<IPaymentGateway>();

    public RazorpaySignatures Signatures => client.Value.GetRequiredService<RazorpaySignatures>();

    /// <summary>What the app answers to the next webhooks; 200 when there is nothing here.</summary>
    public Queue<int> WebhookAnswers { get; } = [];

    public Uri Address => new(server.Urls.First());

    public static async Task<GatewayStage> StartAsync(string? journalFile = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var stage = new GatewayStage(server, journalFile);
        await server.StartAsync();
        return stage;
    }

    /// <summary>The app's own client with another secret or towards another place.</summary>
    public static ServiceProvider Client(string? keySecret, Uri address)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPaymentGateway(new Settings(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["RAZORPAY_KEY_ID"] = KeyId,
            ["RAZORPAY_KEY_SECRET"] = keySecret,
            ["RAZORPAY_WEBHOOK_SECRET"] = WebhookSecret,
            ["RAZORPAY_API_URL"] = new Uri(address, "razorpay/v1").AbsoluteUri,
        }).Build()));
        return services.BuildServiceProvider();
    }

    public async Task<ReceivedWebhook> NextWebhook()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await webhooks.Reader.ReadAsync(patience.Token);
    }

    public async Task<ReceivedWebhook> NextWebhook(string name)
    {
        while (true)
        {
            var webhook = await NextWebhook();
            if (webhook.Envelope?.Event == name)
            {
                return webhook;
            }
        }
    }

    /// <summary>A payment that has been captured.</summary>
    public GatewayOrderAndPayment Paid(long paise)
    {
        var order = Sandbox.CreateOrder(paise, null, null).Value!;
        return new(order.Id, Sandbox.Pay(order.Id, "card", "success").Value!.RazorpayPaymentId);
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await client.Value.DisposeAsync();
        await server.DisposeAsync();
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        int status;
        lock (WebhookAnswers)
        {
            status = WebhookAnswers.TryDequeue(out var wanted) ? wanted : 200;
        }

        await webhooks.Writer.WriteAsync(new(body.ToArray(), request.Headers["X-Razorpay-Signature"], request.Headers["x-razorpay-event-id"]));
        return Results.StatusCode(status);
    }
}

internal sealed record GatewayOrderAndPayment(string OrderId, string PaymentId);

internal sealed record ReceivedWebhook(byte[] Body, string? Signature, string? EventId)
{
    public WebhookEnvelope? Envelope => WebhookEnvelope.TryParse(Body);
}

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class HandClock : TimeProvider
{
    private DateTimeOffset now = new(2027, 1, 14, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
