using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Payments.Gateway;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Payments;

/// <summary>What the payment provider does, of its own accord.</summary>
public static class GatewaySteps
{
    /// <summary>Whether the sandbox sends its own webhooks; a test that sends them itself turns them off.</summary>
    public static async Task Webhooks(this ZoniqApp app, bool deliver) =>
        (await app.Nobody.Post("/dev/razorpay/webhooks", new { deliver })).Succeeded();

    /// <summary>A signed event about a payment.</summary>
    public static Task<Answer> SendsWebhook(
        this ZoniqApp app, string @event, PaidOrder paid, long paise, string status = "captured", string? eventId = null) =>
        app.SendsWebhookBody(
            JsonSerializer.Serialize(new
            {
                entity = "event",
                account_id = "acc_zoniq",
                @event,
                contains = new[] { "payment" },
                payload = new
                {
                    payment = new
                    {
                        entity = new
                        {
                            id = paid.PaymentId,
                            entity = "payment",
                            amount = paise,
                            currency = "INR",
                            status,
                            order_id = paid.OrderId,
                            method = "upi",
                            captured = status == "captured",
                            amount_refunded = 0,
                            error_code = status == "failed" ? "BAD_REQUEST_ERROR" : null,
                            created_at = app.Now.ToUnixTimeSeconds(),
                        },
                    },
                },
                created_at = app.Now.ToUnixTimeSeconds(),
            }),
            eventId ?? $"evt_{Guid.NewGuid():n}");

    /// <summary>Any body, signed with the right secret.</summary>
    public static Task<Answer> SendsWebhookBody(this ZoniqApp app, string body, string? eventId = null) =>
        app.SendsWebhookSignedAs(
            body,
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(app.Services.GetRequiredService<RazorpayOptions>().WebhookSecret!), Encoding.UTF8.GetBytes(body))),
            eventId);

    /// <summary>Any body with any signature.</summary>
    public static Task<Answer> SendsWebhookSignedAs(this ZoniqApp app, string body, string? signature, string? eventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/payments/webhook")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };

        if (signature is not null)
        {
            request.Headers.Add("X-Razorpay-Signature", signature);
        }

        if (eventId is not null)
        {
            request.Headers.Add("X-Razorpay-Event-Id", eventId);
        }

        return app.Nobody.Send(request);
    }
}
