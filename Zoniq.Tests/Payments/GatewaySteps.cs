using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Payments;

/// <summary>What the payment provider does, of its own accord.</summary>
public static class GatewaySteps
{
    private static readonly string[] OfAPayment = ["payment"];

    /// <summary>A signed event about a payment.</summary>
    public static Task<Answer> SendsWebhook(
        this ZoniqApp app, string @event, string orderId, string paymentId, long paise, string status = "captured", string? eventId = null) =>
        app.SendsWebhookBody(Webhook(app, @event, orderId, paymentId, paise, status), eventId ?? $"evt_{Guid.NewGuid():n}");

    /// <summary>Its body.</summary>
    public static string Webhook(ZoniqApp app, string @event, string orderId, string paymentId, long paise, string status = "captured") =>
        JsonSerializer.Serialize(new
        {
            entity = "event",
            account_id = "acc_zoniq",
            @event,
            contains = OfAPayment,
            payload = new
            {
                payment = new
                {
                    entity = new
                    {
                        id = paymentId,
                        entity = "payment",
                        amount = paise,
                        currency = "INR",
                        status,
                        order_id = orderId,
                        method = "upi",
                        captured = status == "captured",
                        amount_refunded = 0,
                        error_code = status == "failed" ? "BAD_REQUEST_ERROR" : null,
                        created_at = app.Now.ToUnixTimeSeconds(),
                    },
                },
            },
            created_at = app.Now.ToUnixTimeSeconds(),
        });

    /// <summary>Any body, signed with the right secret.</summary>
    public static Task<Answer> SendsWebhookBody(this ZoniqApp app, string body, string? eventId = null) =>
        app.SendsWebhookSignedAs(
            body,
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(PaymentProvider.WebhookSecret), Encoding.UTF8.GetBytes(body))),
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
