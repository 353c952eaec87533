using System.Text.Json.Serialization;
using Zoniq.Domain.Administration;

namespace Zoniq.Functions.Administration;

[JsonSerializable(typeof(CancelEvent))]
[JsonSerializable(typeof(EventRefundProgress))]
[JsonSerializable(typeof(RefundPayment))]
internal sealed partial class EventCancellationJson : JsonSerializerContext;
