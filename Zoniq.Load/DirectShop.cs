using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Tickets;

namespace Zoniq.Load;

/// <summary>
/// The limit: the same statements in the same transactions, sent by the domain's own services in this process over 32 connections.
/// No HTTP, no JSON, no access check, and a payment provider that answers at once.
/// </summary>
internal sealed class DirectShop(IServiceProvider services, InstantGateway gateway) : IShop
{
    private static readonly CheckoutRequest NoContact = new();

    private readonly AddToCart carts = services.GetRequiredService<AddToCart>();
    private readonly CartService cleared = services.GetRequiredService<CartService>();
    private readonly CheckoutService checkout = services.GetRequiredService<CheckoutService>();
    private readonly PaymentService payments = services.GetRequiredService<PaymentService>();
    private readonly CheckIn gate = services.GetRequiredService<CheckIn>();

    public async Task AddAsync(Buyer buyer, House house, long? seatId, CancellationToken cancellationToken) =>
        Value(await carts.AddItem(
            buyer.Id,
            new AddCartItem { EventId = house.EventId, SeatCategoryId = house.CategoryId, SeatIds = seatId is { } seat ? [seat] : null },
            cancellationToken));

    public Task ClearAsync(Buyer buyer, House house, CancellationToken cancellationToken) =>
        cleared.Clear(buyer.Id, new CartFilter { EventId = house.EventId }, cancellationToken);

    public async Task<long> CheckoutAsync(Buyer buyer, House house, CancellationToken cancellationToken) =>
        Value(await checkout.Checkout(buyer.Id, new CartFilter { EventId = house.EventId }, NoContact, cancellationToken)).Id;

    public async Task<string> CreateOrderAsync(Buyer buyer, long bookingId, CancellationToken cancellationToken) =>
        Value(await payments.CreateOrder(buyer.Id, new CreateOrder { BookingId = bookingId }, cancellationToken)).OrderId;

    public (string PaymentId, string Signature) Pay(string orderId) => gateway.Pay(orderId);

    public async Task VerifyAsync(Buyer buyer, string orderId, string paymentId, string signature, CancellationToken cancellationToken) =>
        Value(await payments.Verify(
            buyer.Id, new VerifyPayment { RazorpayOrderId = orderId, RazorpayPaymentId = paymentId, RazorpaySignature = signature }, cancellationToken));

    public async Task CheckInAsync(Buyer staff, string code, CancellationToken cancellationToken) =>
        Value(await gate.MarkUsed(new Actor(staff.Id, "load", null), new MarkUsed { QrPayload = code, Gate = "Gate 1" }, cancellationToken));

    private static T Value<T>(Result<T> result) => result.Problem is { } problem ? throw new ShopRefusal(problem.Code) : result.Value;
}
