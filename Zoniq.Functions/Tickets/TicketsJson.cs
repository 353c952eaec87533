using System.Text.Json.Serialization;
using Zoniq.Domain.Tickets;

namespace Zoniq.Functions.Tickets;

[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(Ticket[]))]
[JsonSerializable(typeof(TicketList))]
internal sealed partial class TicketsJson : JsonSerializerContext;
