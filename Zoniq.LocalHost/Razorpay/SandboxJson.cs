using System.Text.Json.Serialization;

namespace Zoniq.LocalHost.Razorpay;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SandboxOrder))]
[JsonSerializable(typeof(SandboxPayment))]
[JsonSerializable(typeof(SandboxRefund))]
[JsonSerializable(typeof(SandboxList<SandboxOrder>))]
[JsonSerializable(typeof(SandboxList<SandboxPayment>))]
[JsonSerializable(typeof(SandboxList<SandboxRefund>))]
[JsonSerializable(typeof(SandboxCheckout))]
[JsonSerializable(typeof(SandboxErrorBody))]
[JsonSerializable(typeof(SandboxEventBody))]
[JsonSerializable(typeof(SandboxEntry))]
[JsonSerializable(typeof(SandboxState))]
[JsonSerializable(typeof(SandboxOrderState))]
[JsonSerializable(typeof(CheckoutPage))]
[JsonSerializable(typeof(PayRequest))]
[JsonSerializable(typeof(WebhookSwitch))]
[JsonSerializable(typeof(DashboardRefund))]
internal sealed partial class SandboxJson : JsonSerializerContext;

internal sealed record SandboxErrorBody(SandboxError Error);

/// <summary>The envelope of a webhook.</summary>
internal sealed record SandboxEventBody
{
    public string Entity { get; init; } = "event";

    public required string AccountId { get; init; }

    public required string Event { get; init; }

    public required string[] Contains { get; init; }

    public required SandboxEventPayload Payload { get; init; }

    public required long CreatedAt { get; init; }
}

internal sealed record SandboxEventPayload
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Wrapped<SandboxPayment>? Payment { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Wrapped<SandboxOrder>? Order { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Wrapped<SandboxRefund>? Refund { get; init; }
}

internal sealed record Wrapped<T>(T Entity);

/// <summary>What the checkout page and tests send.</summary>
/// <param name="Method">card (if absent), upi, netbanking.</param>
/// <param name="Outcome">success (if absent), fail, authorized, late.</param>
internal sealed record PayRequest(string? Method = null, string? Outcome = null);

/// <summary>Whether webhooks are sent as they happen or held back.</summary>
internal sealed record WebhookSwitch(bool Deliver);
