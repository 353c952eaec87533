using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Zoniq.Domain.Payments.Gateway;

/// <summary>
/// What the provider tells us: a snapshot from when it happened, at least once and in any order. An entity that is missing, or that cannot be
/// read, is null; the event still counts as received.
/// </summary>
public sealed record WebhookEnvelope
{
    /// <summary>Such as <c>payment.captured</c>; new ones may appear at any time.</summary>
    public required string Event { get; init; }

    public GatewayPayment? Payment { get; init; }

    public GatewayOrder? Order { get; init; }

    public GatewayRefund? Refund { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The envelope in a body, or null when it is not one. Check the signature first.</summary>
    public static WebhookEnvelope? TryParse(ReadOnlyMemory<byte> body)
    {
        if (Read(body, GatewayJson.Default.WebhookBody) is not { Event: { Length: > 0 } name, Payload.ValueKind: JsonValueKind.Object } envelope || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        return new WebhookEnvelope
        {
            Event = name,
            CreatedAt = envelope.CreatedAt,
            Payment = Entity(envelope.Payload, "payment", GatewayJson.Default.GatewayPayment),
            Order = Entity(envelope.Payload, "order", GatewayJson.Default.GatewayOrder),
            Refund = Entity(envelope.Payload, "refund", GatewayJson.Default.GatewayRefund),
        };
    }

    private static WebhookBody? Read(ReadOnlyMemory<byte> body, JsonTypeInfo<WebhookBody> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static T? Entity<T>(JsonElement payload, string name, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return payload.TryGetProperty(name, out var part)
                && part.ValueKind == JsonValueKind.Object
                && part.TryGetProperty("entity", out var entity)
                && entity.ValueKind == JsonValueKind.Object
                ? entity.Deserialize(type)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;    // also half a surrogate pair, which can be parsed and not be read
        }
    }
}

internal sealed record WebhookBody
{
    public string? Event { get; init; }

    public JsonElement Payload { get; init; }

    [JsonConverter(typeof(UnixSeconds))]
    public DateTimeOffset CreatedAt { get; init; }
}
