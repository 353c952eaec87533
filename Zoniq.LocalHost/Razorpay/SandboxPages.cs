using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>What the overview shows.</summary>
internal sealed record SandboxState
{
    public required bool DeliversWebhooks { get; init; }

    public required SandboxOrderState[] Orders { get; init; }

    public required IReadOnlyList<SandboxDelivery> Webhooks { get; init; }
}

/// <summary>An order with everything that happened to it.</summary>
internal sealed record SandboxOrderState
{
    public required SandboxOrder Order { get; init; }

    /// <summary>As people in India write it.</summary>
    public required string Amount { get; init; }

    public required SandboxPaymentState[] Payments { get; init; }
}

internal sealed record SandboxPaymentState
{
    public required SandboxPayment Payment { get; init; }

    public required string Amount { get; init; }

    public DateTimeOffset? CapturedAfter { get; init; }

    /// <summary>For the app's verify; only once the payment is authorised.</summary>
    public string? RazorpaySignature { get; init; }

    public required SandboxRefund[] Refunds { get; init; }
}

/// <summary>What the checkout sheet is filled with.</summary>
internal sealed record CheckoutPage
{
    public required SandboxOrderState State { get; init; }

    public string? ReturnUrl { get; init; }

    /// <summary>How long late money is kept back.</summary>
    public required int LateMinutes { get; init; }
}

/// <summary>What people see, and what tests press.</summary>
internal static class SandboxPages
{
    private const int Shown = 50;

    private static readonly string OverviewHtml = Html("razorpay-overview.html");
    private static readonly string CheckoutHtml = Html("razorpay-checkout.html");

    public static Task Overview(HttpContext context) => WriteHtml(context, OverviewHtml);

    public static Task State(HttpContext context, RazorpaySandbox sandbox)
    {
        var state = new SandboxState
        {
            DeliversWebhooks = sandbox.DeliversWebhooks,
            Orders = [.. sandbox.LatestOrders(0, Shown).Select(order => StateOf(sandbox, order))],
            Webhooks = sandbox.Webhooks,
        };

        return SandboxApi.Write(context, SandboxReply.Ok(state, SandboxJson.Default.SandboxState));
    }

    public static Task Checkout(HttpContext context, RazorpaySandbox sandbox)
    {
        if (sandbox.Order(Route(context, "orderId")) is not { } order)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return WriteHtml(context, CheckoutHtml.Replace("/*page*/null", "null", StringComparison.Ordinal));
        }

        var page = new CheckoutPage { State = StateOf(sandbox, order), ReturnUrl = ReturnUrl(context.Request), LateMinutes = (int)Math.Ceiling(sandbox.Options.LateAfter.TotalMinutes) };

        // The serializer writes < and > as escapes, so that no text can end the script element.
        return WriteHtml(context, CheckoutHtml.Replace(
            "/*page*/null", JsonSerializer.Serialize(page, SandboxJson.Default.CheckoutPage), StringComparison.Ordinal));
    }

    public static Task Order(HttpContext context, RazorpaySandbox sandbox) =>
        SandboxApi.Write(context, sandbox.Order(Route(context, "orderId")) is { } order
            ? SandboxReply.Ok(StateOf(sandbox, order), SandboxJson.Default.SandboxOrderState)
            : SandboxReply.Of(SandboxError.UnknownId with { Status = StatusCodes.Status404NotFound }));

    public static async Task Pay(HttpContext context, RazorpaySandbox sandbox)
    {
        var (pay, error) = await Read(context, SandboxJson.Default.PayRequest);
        await SandboxApi.Write(context, error is null
            ? SandboxReply.Of(sandbox.Pay(Route(context, "orderId"), pay!.Method ?? "card", pay.Outcome ?? "success"), SandboxJson.Default.SandboxCheckout)
            : SandboxReply.Of(error));
    }

    public static Task ForceCapture(HttpContext context, RazorpaySandbox sandbox) =>
        SandboxApi.Write(context, SandboxReply.Of(sandbox.ForceCapture(Route(context, "orderId")), SandboxJson.Default.SandboxCheckout));

    public static Task Capture(HttpContext context, RazorpaySandbox sandbox) =>
        SandboxApi.Write(context, SandboxReply.Of(sandbox.Capture(Route(context, "paymentId")), SandboxJson.Default.SandboxCheckout));

    public static async Task SwitchWebhooks(HttpContext context, RazorpaySandbox sandbox)
    {
        var (webhooks, error) = await Read(context, SandboxJson.Default.WebhookSwitch);
        if (error is not null)
        {
            await SandboxApi.Write(context, SandboxReply.Of(error));
            return;
        }

        sandbox.DeliversWebhooks = webhooks!.Deliver;
        await SandboxApi.Write(context, SandboxReply.Ok(webhooks, SandboxJson.Default.WebhookSwitch));
    }

    private static SandboxOrderState StateOf(RazorpaySandbox sandbox, SandboxOrder order) => new()
    {
        Order = order,
        Amount = new Money(order.Amount).ToString(),
        Payments = [.. sandbox.PaymentsOf(order.Id).Select(payment => new SandboxPaymentState
        {
            Payment = payment,
            Amount = new Money(payment.Amount).ToString(),
            CapturedAfter = sandbox.LateUntil(payment.Id),
            RazorpaySignature = payment.Status is "authorized" or "captured" or "refunded" ? sandbox.SignCheckout(order.Id, payment.Id) : null,
            Refunds = sandbox.RefundsOf(payment.Id),
        })],
    };

    /// <summary>Only to a web page: anything else could run script in this one.</summary>
    private static string? ReturnUrl(HttpRequest request) =>
        Uri.TryCreate(request.Query["return_url"], UriKind.RelativeOrAbsolute, out var url)
        && Uri.TryCreate(new Uri($"{request.Scheme}://{request.Host}"), url, out var whole)
        && (whole.Scheme == Uri.UriSchemeHttp || whole.Scheme == Uri.UriSchemeHttps)
            ? whole.AbsoluteUri
            : null;

    /// <param name="context">Of the request.</param>
    /// <param name="type">What the body must be.</param>
    /// <param name="whenEmpty">What no body at all means; null when there must be one.</param>
    public static async Task<(T? Value, SandboxError? Error)> Read<T>(HttpContext context, JsonTypeInfo<T> type, T? whenEmpty = null)
        where T : class
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length == 0 && whenEmpty is not null)
        {
            return (whenEmpty, null);
        }

        try
        {
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type) is { } value
                ? (value, null)
                : (null, SandboxError.Refused("The request body is not a JSON object"));
        }
        catch (JsonException wrong)
        {
            return (null, SandboxError.Refused("The request body is not what is expected here", wrong.Path));
        }
    }

    public static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static async Task WriteHtml(HttpContext context, string html)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(html, Encoding.UTF8, context.RequestAborted);
    }

    private static string Html(string name)
    {
        using var stream = typeof(SandboxPages).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
