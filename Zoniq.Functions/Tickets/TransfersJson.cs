using System.Text.Json.Serialization;
using Zoniq.Domain.Tickets;

namespace Zoniq.Functions.Tickets;

[JsonSerializable(typeof(OfferedTicket))]
[JsonSerializable(typeof(ClaimedTicket))]
[JsonSerializable(typeof(TransferPage))]
internal sealed partial class TransfersJson : JsonSerializerContext;
