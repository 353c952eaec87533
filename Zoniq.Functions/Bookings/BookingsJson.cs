using System.Text.Json.Serialization;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Payments;

namespace Zoniq.Functions.Bookings;

[JsonSerializable(typeof(CheckoutRequest))]
[JsonSerializable(typeof(CancelBooking))]
[JsonSerializable(typeof(BookingDetail))]
[JsonSerializable(typeof(BookingPage))]
internal sealed partial class BookingsJson : JsonSerializerContext;
