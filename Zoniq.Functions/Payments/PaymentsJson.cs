using System.Text.Json.Serialization;
using Zoniq.Domain.Payments;

namespace Zoniq.Functions.Payments;

[JsonSerializable(typeof(CreateOrder))]
[JsonSerializable(typeof(VerifyPayment))]
[JsonSerializable(typeof(PaymentOrder))]
[JsonSerializable(typeof(PaymentVerification))]
[JsonSerializable(typeof(PaymentState))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(WebhookReceipt))]
internal sealed partial class PaymentsJson : JsonSerializerContext;
