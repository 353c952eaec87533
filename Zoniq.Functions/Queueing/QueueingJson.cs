using System.Text.Json.Serialization;
using Zoniq.Domain.Queueing;

namespace Zoniq.Functions.Queueing;

[JsonSerializable(typeof(QueueEntry))]
[JsonSerializable(typeof(QueueStatus))]
[JsonSerializable(typeof(Fairness))]
[JsonSerializable(typeof(Entrant))]
[JsonSerializable(typeof(QueueChange))]
[JsonSerializable(typeof(QueueOverview))]
[JsonSerializable(typeof(QueueServing))]
[JsonSerializable(typeof(QueueAdmitted))]
[JsonSerializable(typeof(QueueStatusChanged))]
internal sealed partial class QueueingJson : JsonSerializerContext;
