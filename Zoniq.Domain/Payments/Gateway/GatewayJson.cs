using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zoniq.Domain.Payments.Gateway;

/// <summary>The provider's JSON: snake_case, whole paise, seconds since 1970, and any field that does not matter may be null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(OrderBody))]
[JsonSerializable(typeof(RefundBody))]
[JsonSerializable(typeof(GatewayOrder))]
[JsonSerializable(typeof(GatewayPayment))]
[JsonSerializable(typeof(GatewayRefund))]
[JsonSerializable(typeof(GatewayList<GatewayOrder>))]
[JsonSerializable(typeof(GatewayList<GatewayPayment>))]
[JsonSerializable(typeof(GatewayList<GatewayRefund>))]
[JsonSerializable(typeof(GatewayErrorBody))]
[JsonSerializable(typeof(WebhookBody))]
internal sealed partial class GatewayJson : JsonSerializerContext;

internal sealed record OrderBody(long Amount, string Currency, string Receipt, IReadOnlyDictionary<string, string> Notes, OrderCapture Payment);

/// <summary>
/// Whatever arrives while the bank may still answer, five days, is captured, so that late money is ours to fulfil or to give back.
/// https://razorpay.com/docs/payments/payments/capture-settings/api/
/// </summary>
internal sealed record OrderCapture(string Capture, OrderCaptureOptions CaptureOptions)
{
    public static readonly OrderCapture Automatic = new("automatic", new OrderCaptureOptions(7200, 7200, "normal"));
}

/// <summary>Periods in minutes.</summary>
internal sealed record OrderCaptureOptions(int AutomaticExpiryPeriod, int ManualExpiryPeriod, string RefundSpeed);

internal sealed record RefundBody(long Amount, string Speed, string? Receipt, IReadOnlyDictionary<string, string> Notes);

internal sealed record GatewayList<T> : IJsonOnDeserialized
    where T : class
{
    public required T[] Items { get; init; }

    /// <summary>The serializer looks at annotations of properties, not of what is in a list.</summary>
    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Items.Contains(null))
        {
            throw new JsonException("An item is null.");
        }
    }
}

internal sealed record GatewayErrorBody(GatewayError? Error);

internal sealed record GatewayError(string? Code, string? Description, string? Field, string? Reason);

/// <summary>Whole paise; null is nothing.</summary>
internal sealed class PaiseOrNone : JsonConverter<Money>
{
    public override bool HandleNull => true;

    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => Money.Zero,
            JsonTokenType.Number when reader.TryGetInt64(out var paise) => new Money(paise),
            _ => throw new JsonException("An amount in paise is a whole number."),
        };

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Paise);
}

/// <summary>Seconds since 1970; null, or a number no calendar knows, is 1970.</summary>
internal sealed class UnixSeconds : JsonConverter<DateTimeOffset>
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public override bool HandleNull => true;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => DateTimeOffset.UnixEpoch,
            JsonTokenType.Number when reader.TryGetInt64(out var seconds) && seconds >= 0 && seconds <= Latest => DateTimeOffset.FromUnixTimeSeconds(seconds),
            _ => throw new JsonException("A time is in seconds since 1970."),
        };

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeSeconds());
}
