using System.Text.Json.Serialization;
using Zoniq.Domain.Tickets;

namespace Zoniq.Functions.Tickets;

[JsonSerializable(typeof(TicketKeys))]
[JsonSerializable(typeof(MarkUsed))]
[JsonSerializable(typeof(CheckedIn))]
[JsonSerializable(typeof(GateManifest))]
[JsonSerializable(typeof(SyncScans))]
[JsonSerializable(typeof(SyncedScans))]
[JsonSerializable(typeof(UndoCheckIn))]
[JsonSerializable(typeof(GateCounts))]
internal sealed partial class CheckInJson : JsonSerializerContext;
