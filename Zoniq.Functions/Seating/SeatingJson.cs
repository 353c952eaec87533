using System.Text.Json.Serialization;
using Zoniq.Domain.Seating;

namespace Zoniq.Functions.Seating;

[JsonSerializable(typeof(SeatMapAnswer))]
[JsonSerializable(typeof(SeatCategory[]))]
[JsonSerializable(typeof(SeatsChanged))]
[JsonSerializable(typeof(CreateSeatCategory))]
[JsonSerializable(typeof(AdminSeat))]
[JsonSerializable(typeof(CreateSeat))]
[JsonSerializable(typeof(CreateSeats))]
[JsonSerializable(typeof(SeatsCreated))]
[JsonSerializable(typeof(AdminSeat[]))]
[JsonSerializable(typeof(SeatCounts))]
[JsonSerializable(typeof(PatchSeat))]
[JsonSerializable(typeof(LocksReleased))]
[JsonSerializable(typeof(PatchSeatCategory))]
[JsonSerializable(typeof(TakenSeat[]))]
[JsonSerializable(typeof(SoldOutCategory[]))]
internal sealed partial class SeatingJson : JsonSerializerContext;
