using System.Text.Json.Serialization;

namespace Zoniq.Functions.Realtime;

[JsonSerializable(typeof(LiveConnection))]
[JsonSerializable(typeof(Subscribe))]
internal sealed partial class RealtimeJson : JsonSerializerContext;
