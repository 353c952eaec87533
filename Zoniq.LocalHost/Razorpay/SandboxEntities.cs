using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>An order as the provider shows it; amounts in paise, times in seconds since 1970.</summary>
public sealed record SandboxOrder
{
    public required string Id { get; init; }

    public string Entity { get; init; } = "order";

    public required long Amount { get; init; }

    public long AmountPaid { get; init; }

    public long AmountDue => Amount - AmountPaid;

    public required string Currency { get; init; }

    public string? Receipt { get; init; }

    public string? OfferId { get; init; }

    /// <summary>created, attempted, paid.</summary>
    public required string Status { get; init; }

    public int Attempts { get; init; }

    [JsonConverter(typeof(NotesOrEmptyList))]
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    public required long CreatedAt { get; init; }
}

/// <summary>An attempt to pay.</summary>
public sealed record SandboxPayment
{
    public required string Id { get; init; }

    public string Entity { get; init; } = "payment";

    public required long Amount { get; init; }

    public required string Currency { get; init; }

    /// <summary>created, authorized, captured, refunded, failed.</summary>
    public required string Status { get; init; }

    public required string OrderId { get; init; }

    public string? InvoiceId { get; init; }

    public bool International { get; init; }

    public required string Method { get; init; }

    public long AmountRefunded { get; init; }

    public string? RefundStatus { get; init; }

    public bool Captured { get; init; }

    public string? Description { get; init; }

    public string? CardId { get; init; }

    public string? Bank => Method == "netbanking" ? "HDFC" : null;

    public string? Wallet { get; init; }

    public string? Vpa => Method == "upi" ? "buyer@okbank" : null;

    public string Email { get; init; } = "buyer@example.com";

    public string Contact { get; init; } = "+919900000000";

    [JsonConverter(typeof(NotesOrEmptyList))]
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>Two per cent, and the tax on it.</summary>
    public long? Fee { get; init; }

    public long? Tax { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorDescription { get; init; }

    public string? ErrorSource { get; init; }

    public string? ErrorStep { get; init; }

    public string? ErrorReason { get; init; }

    public IReadOnlyDictionary<string, string?> AcquirerData { get; init; } = NoData;

    public required long CreatedAt { get; init; }

    [JsonIgnore]
    public long Refundable => Captured ? Amount - AmountRefunded : 0;

    private static readonly Dictionary<string, string?> NoData = [];
}

/// <summary>Money given back.</summary>
public sealed record SandboxRefund
{
    public required string Id { get; init; }

    public string Entity { get; init; } = "refund";

    public required long Amount { get; init; }

    public required string Currency { get; init; }

    public required string PaymentId { get; init; }

    [JsonConverter(typeof(NotesOrEmptyList))]
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    public string? Receipt { get; init; }

    /// <summary>pending, processed, failed.</summary>
    public required string Status { get; init; }

    public required string SpeedRequested { get; init; }

    public string? SpeedProcessed { get; init; }

    public string? BatchId { get; init; }

    public required long CreatedAt { get; init; }
}

/// <summary>Something that happened and the webhook body that tells it, as it was then.</summary>
public sealed record SandboxEvent
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Body { get; init; }

    public required long CreatedAt { get; init; }
}

/// <summary>A list as the provider shows it.</summary>
internal sealed record SandboxList<T>(T[] Items)
{
    public string Entity { get; init; } = "collection";

    public int Count => Items.Length;
}

/// <summary>What the checkout hands to the browser; without a signature nothing is paid yet.</summary>
public sealed record SandboxCheckout
{
    public required string RazorpayPaymentId { get; init; }

    public required string RazorpayOrderId { get; init; }

    public string? RazorpaySignature { get; init; }

    /// <summary>Of the payment: created, authorized, captured, failed.</summary>
    public required string Status { get; init; }

    /// <summary>When a late payment will be captured.</summary>
    public DateTimeOffset? CapturedAfter { get; init; }

    public SandboxError? Error { get; init; }
}

/// <summary>The provider's way of saying no.</summary>
public sealed record SandboxError
{
    public required string Code { get; init; }

    public required string Description { get; init; }

    public string? Field { get; init; }

    public string? Source { get; init; }

    public string? Step { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    [JsonIgnore]
    public int Status { get; init; } = 400;

    /// <summary>A field or a state does not allow it.</summary>
    public static SandboxError Refused(string description, string? field = null, string reason = "input_validation_failed") => new()
    {
        Code = "BAD_REQUEST_ERROR",
        Description = description,
        Field = field,
        Source = "business",
        Step = "payment_initiation",
        Reason = reason,
    };

    public static readonly SandboxError UnknownId = Refused("The id provided does not exist");
}

/// <summary>What came of a request to the sandbox.</summary>
public readonly record struct SandboxResult<T>(T? Value, SandboxError? Error)
{
    public static implicit operator SandboxResult<T>(T value) => new(value, null);

    public static implicit operator SandboxResult<T>(SandboxError error) => new(default, error);
}

/// <summary>The provider writes no notes as an empty list.</summary>
internal sealed class NotesOrEmptyList : JsonConverter<IReadOnlyDictionary<string, string>>
{
    public override bool HandleNull => true;

    public override IReadOnlyDictionary<string, string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            var notes = new Dictionary<string, string>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                notes[name] = reader.GetString()!;
            }

            return notes;
        }

        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options)
    {
        if (value is not { Count: > 0 })
        {
            writer.WriteStartArray();
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (var (name, text) in value)
        {
            writer.WriteString(name, text);
        }

        writer.WriteEndObject();
    }
}
