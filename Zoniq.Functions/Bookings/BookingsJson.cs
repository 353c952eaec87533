using System.Text.Json.Serialization;
using Zoniq.Domain.Bookings;

namespace Zoniq.Functions.Bookings;

[JsonSerializable(typeof(CheckoutRequest))]
[JsonSerializable(typeof(BookingDetail))]
[JsonSerializable(typeof(BookingPage))]
internal sealed partial class BookingsJson : JsonSerializerContext;
