using System.Text.Json.Serialization;
using Zoniq.Domain.Carts;

namespace Zoniq.Functions.Carts;

[JsonSerializable(typeof(OpenCart))]
[JsonSerializable(typeof(AddCartItem))]
[JsonSerializable(typeof(ChangeQuantity))]
[JsonSerializable(typeof(ApplyPromo))]
[JsonSerializable(typeof(BestSeatsAnswer))]
[JsonSerializable(typeof(Cart))]
[JsonSerializable(typeof(FindBestSeats))]
[JsonSerializable(typeof(CartCheck))]
[JsonSerializable(typeof(CartCount))]
[JsonSerializable(typeof(JoinWaitlist))]
[JsonSerializable(typeof(WaitlistEntry))]
[JsonSerializable(typeof(Waitlist))]
internal sealed partial class CartsJson : JsonSerializerContext;
