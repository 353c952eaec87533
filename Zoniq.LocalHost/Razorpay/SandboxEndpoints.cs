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

        var sandbox = new StartedWhenAsked(() => new RazorpaySandbox(
            OptionsOf(app, razorpay), app.Services.GetService<TimeProvider>() ?? TimeProvider.System));

        // What was not told before the last end is told now.
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (File.Exists(JournalOf(app.Configuration)) && OwnAddress(app)?.Port == razorpay.ApiUrl.Port)
            {
                sandbox.Get();
            }
        });
        app.Lifetime.ApplicationStopping.Register(sandbox.Stop);

        Map(app, sandbox.Get, Prefix);
    }

    /// <summary>A sandbox of one's own: in a test, a benchmark or a process by itself.</summary>
    /// <param name="routes">Where to map it.</param>
    /// <param name="sandbox">Stays the caller's to dispose.</param>
    /// <param name="prefix">Of the API, such as <c>/v1</c>.</param>
    public static void Map(IEndpointRouteBuilder routes, RazorpaySandbox sandbox, string prefix = Prefix) =>
        Map(routes, () => sandbox, prefix);

    private static void Map(IEndpointRouteBuilder routes, Func<RazorpaySandbox> sandbox, string prefix)
    {
        void Api(string method, string path, Func<SandboxRequest, SandboxReply> what) =>
            routes.MapMethods($"{prefix}/{path}", [method], (HttpContext context) => SandboxApi.Answer(context, sandbox(), prefix, what));

        Api("POST", "orders", SandboxApi.CreateOrder);
        Api("GET", "orders", SandboxApi.ListOrders);
        Api("GET", "orders/{id}", SandboxApi.GetOrder);
        Api("GET", "orders/{id}/payments", SandboxApi.GetOrderPayments);
        Api("GET", "payments/{id}", SandboxApi.GetPayment);
        Api("POST", "payments/{id}/capture", SandboxApi.Capture);
        routes.MapPost($"{prefix}/payments/{{id}}/refund", context => SandboxApi.AnswerRefund(context, sandbox(), prefix));
        Api("GET", "payments/{id}/refunds", SandboxApi.GetPaymentRefunds);
        Api("GET", "refunds/{id}", SandboxApi.GetRefund);
        routes.Map($"{prefix}/{{**rest}}", context => SandboxApi.Answer(context, sandbox(), prefix, SandboxApi.NoSuchPath));

        routes.MapGet("/dev/razorpay", SandboxPages.Overview);
        routes.MapGet("/dev/razorpay/state", context => SandboxPages.State(context, sandbox()));
        routes.MapGet("/dev/razorpay/checkout/{orderId}", context => SandboxPages.Checkout(context, sandbox()));
        routes.MapGet("/dev/razorpay/orders/{orderId}", context => SandboxPages.Order(context, sandbox()));
        routes.MapPost("/dev/razorpay/orders/{orderId}/pay", context => SandboxPages.Pay(context, sandbox()));
        routes.MapPost("/dev/razorpay/orders/{orderId}/force-capture", context => SandboxPages.ForceCapture(context, sandbox()));
        routes.MapPost("/dev/razorpay/payments/{paymentId}/capture", context => SandboxPages.Capture(context, sandbox()));
        routes.MapPost("/dev/razorpay/payments/{paymentId}/refund", context => SandboxDashboard.Refund(context, sandbox()));
        routes.MapPost("/dev/razorpay/refunds/{refundId}/fail", context => SandboxDashboard.FailRefund(context, sandbox()));
        routes.MapGet("/dev/razorpay/faults", context => SandboxDashboard.ShowFaults(context, sandbox()));
        routes.MapPost("/dev/razorpay/faults", context => SandboxDashboard.SwitchFaults(context, sandbox()));
        routes.MapDelete("/dev/razorpay/faults", context => SandboxDashboard.SwitchOffFaults(context, sandbox()));
        routes.MapPost("/dev/razorpay/webhooks", context => SandboxPages.SwitchWebhooks(context, sandbox()));
    }

    private static SandboxOptions OptionsOf(WebApplication app, RazorpayOptions razorpay) => new()
    {
        KeyId = razorpay.KeyId!,
        KeySecret = razorpay.KeySecret!,
        WebhookSecret = razorpay.WebhookSecret!,
        WebhookUrl = () => OwnAddress(app) is { } address ? new Uri(address, "/api/payments/webhook") : null,
        JournalFile = JournalOf(app.Configuration),
        LateAfter = SandboxOptions.LongerThanBookingsWait(new Settings(app.Configuration)),
    };

    private static string? JournalOf(IConfiguration configuration) =>
        configuration["ZONIQ_DATA_DIRECTORY"] is { Length: > 0 } directory ? Path.Combine(directory, "razorpay.jsonl") : null;

    private static Uri? OwnAddress(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses
            .FirstOrDefault(url => url.StartsWith("http:", StringComparison.Ordinal));

        // http://+:80 and http://[::]:80 listen everywhere, and cannot be called.
        return address is null
            ? null
            : new UriBuilder("http", "127.0.0.1", BindingAddress.Parse(address).Port).Uri;
    }

    /// <summary>Tries again at the next request if it could not start: the instance that had the journal may have ended.</summary>
    private sealed class StartedWhenAsked(Func<RazorpaySandbox> start)
    {
        private readonly Lock gate = new();
        private RazorpaySandbox? sandbox;

        public RazorpaySandbox Get()
        {
            lock (gate)
            {
                return sandbox ??= start();
            }
        }

        public void Stop()
        {
            lock (gate)
            {
                sandbox?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
    }
}
