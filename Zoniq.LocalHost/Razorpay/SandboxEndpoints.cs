using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Domain.Payments.Gateway;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>Where the sandbox is found: the API under a prefix, everything for people and tests under <c>/dev/razorpay</c>.</summary>
public static class SandboxEndpoints
{
    private const string Prefix = "/razorpay/v1";

    /// <summary>
    /// The sandbox of an app that is set up to pay with it, with the app's clock and secrets. It starts with its first request, so that of
    /// several instances in one data directory only the one that is asked opens the journal.
    /// </summary>
    public static void Map(WebApplication app)
    {
        var razorpay = app.Services.GetService<RazorpayOptions>() ?? RazorpayOptions.From(new Settings(app.Configuration));
        if (!razorpay.IsConfigured || razorpay.WebhookSecret is null || razorpay.ApiUrl.AbsolutePath.TrimEnd('/') != Prefix)
        {
            return;
        }

        var sandbox = new Lazy<RazorpaySandbox>(() => new RazorpaySandbox(
            OptionsOf(app, razorpay), app.Services.GetService<TimeProvider>() ?? TimeProvider.System));

        // What was not told before the last end is told now; without a journal there is nothing.
        if (JournalOf(app.Configuration) is { } journal && File.Exists(journal) && IsOurs(app, razorpay.ApiUrl))
        {
            app.Lifetime.ApplicationStarted.Register(() => _ = sandbox.Value);
        }

        app.Lifetime.ApplicationStopping.Register(() =>
        {
            if (sandbox.IsValueCreated)
            {
                sandbox.Value.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        });

        Map(app, sandbox, Prefix);
    }

    /// <summary>A sandbox of one's own: in a test, a benchmark or a process by itself.</summary>
    /// <param name="routes">Where to map it.</param>
    /// <param name="sandbox">Stays the caller's to dispose.</param>
    /// <param name="prefix">Of the API, such as <c>/v1</c>.</param>
    public static void Map(IEndpointRouteBuilder routes, RazorpaySandbox sandbox, string prefix = Prefix) =>
        Map(routes, new Lazy<RazorpaySandbox>(sandbox), prefix);

    private static void Map(IEndpointRouteBuilder routes, Lazy<RazorpaySandbox> sandbox, string prefix)
    {
        void Api(string method, string path, Func<SandboxRequest, SandboxReply> what) =>
            routes.MapMethods($"{prefix}/{path}", [method], (HttpContext context) => SandboxApi.Answer(context, sandbox.Value, prefix, what));

        Api("POST", "orders", SandboxApi.CreateOrder);
        Api("GET", "orders", SandboxApi.ListOrders);
        Api("GET", "orders/{id}", SandboxApi.GetOrder);
        Api("GET", "orders/{id}/payments", SandboxApi.GetOrderPayments);
        Api("GET", "payments/{id}", SandboxApi.GetPayment);
        Api("POST", "payments/{id}/capture", SandboxApi.Capture);
        routes.MapPost($"{prefix}/payments/{{id}}/refund", context => SandboxApi.AnswerRefund(context, sandbox.Value, prefix));
        Api("GET", "payments/{id}/refunds", SandboxApi.GetPaymentRefunds);
        Api("GET", "refunds/{id}", SandboxApi.GetRefund);
        routes.Map($"{prefix}/{{**rest}}", context => SandboxApi.Answer(context, sandbox.Value, prefix, SandboxApi.NoSuchPath));

        routes.MapGet("/dev/razorpay", SandboxPages.Overview);
        routes.MapGet("/dev/razorpay/state", context => SandboxPages.State(context, sandbox.Value));
        routes.MapGet("/dev/razorpay/checkout/{orderId}", context => SandboxPages.Checkout(context, sandbox.Value));
        routes.MapGet("/dev/razorpay/orders/{orderId}", context => SandboxPages.Order(context, sandbox.Value));
        routes.MapPost("/dev/razorpay/orders/{orderId}/pay", context => SandboxPages.Pay(context, sandbox.Value));
        routes.MapPost("/dev/razorpay/orders/{orderId}/force-capture", context => SandboxPages.ForceCapture(context, sandbox.Value));
        routes.MapPost("/dev/razorpay/payments/{paymentId}/capture", context => SandboxPages.Capture(context, sandbox.Value));
        routes.MapPost("/dev/razorpay/webhooks", context => SandboxPages.SwitchWebhooks(context, sandbox.Value));
    }

    private static SandboxOptions OptionsOf(WebApplication app, RazorpayOptions razorpay) => new()
    {
        KeyId = razorpay.KeyId!,
        KeySecret = razorpay.KeySecret!,
        WebhookSecret = razorpay.WebhookSecret!,
        WebhookUrl = () => OwnAddress(app) is { } address ? new Uri(address, "/api/payments/webhook") : null,
        JournalFile = JournalOf(app.Configuration),
        LateAfter = TimeSpan.FromMinutes(new Settings(app.Configuration).Number("BOOKING_PAYMENT_MINUTES", 15, 1, 1440) + 1),
    };

    private static string? JournalOf(IConfiguration configuration) =>
        configuration["ZONIQ_DATA_DIRECTORY"] is { Length: > 0 } directory ? Path.Combine(directory, "razorpay.jsonl") : null;

    /// <summary>Whether the app pays with the sandbox of this very instance; null addresses, as in a test host, count as ours.</summary>
    private static bool IsOurs(WebApplication app, Uri apiUrl) =>
        app.Urls.Count == 0 || app.Urls.Any(url => url.EndsWith($":{apiUrl.Port}", StringComparison.Ordinal));

    private static Uri? OwnAddress(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses
            .FirstOrDefault(url => url.StartsWith("http:", StringComparison.Ordinal));

        // http://+:80 and http://[::]:80 listen everywhere, and cannot be called.
        return address is null
            ? null
            : new UriBuilder("http", "127.0.0.1", BindingAddress.Parse(address).Port).Uri;
    }
}
