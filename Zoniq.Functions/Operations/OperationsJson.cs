using System.Text.Json.Serialization;

namespace Zoniq.Functions.Operations;

[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class OperationsJson : JsonSerializerContext;
