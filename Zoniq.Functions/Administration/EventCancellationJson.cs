using System.Text.Json.Serialization;
using Zoniq.Domain.Administration;

namespace Zoniq.Functions.Administration;

[JsonSerializable(typeof(CancelEvent))]
internal sealed partial class EventCancellationJson : JsonSerializerContext;
