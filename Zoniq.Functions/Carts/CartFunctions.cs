using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Bookings;
using Zoniq.Domain.Carts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Carts;

public sealed class CartFunctions(CartService carts, AddToCart adding, ChangeCartQuantity changing, CartValidation validation, CheckoutService checkout)
{
    /// <summary>Opens a cart for an event, or answers the one that is open.</summary>
    [Function("OpenCart")]
    [Refuses("event.not_found", "event.booking_closed")]
    public Task<Result<Cart>> Open(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/cart")] HttpRequest request,
        [Body] OpenCart body, CurrentUser user, CancellationToken cancellationToken) =>
        carts.Open(user.Id, body, cancellationToken);

    /// <summary>Holds places and puts them into the cart: all of them or none.</summary>
    [Function("AddCartItem")]
    [Limited(Limit.Cart)]
    [Refuses(
        "queue.not_admitted", "event.not_found", "category.not_found", "seat.not_found", "event.booking_closed", "cart.category_already_added",
        "cart.ticket_limit", "seat.taken", "category.sold_out", "cart.seats_required", "cart.seats_not_allowed")]
    public Task<Result<Cart>> AddItem(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/cart/items")] HttpRequest request,
        [Body] AddCartItem item, CurrentUser user, CancellationToken cancellationToken) =>
        adding.AddItem(user.Id, item, cancellationToken);

    /// <summary>Changes the number of standing places of a line.</summary>
    [Function("ChangeCartItem")]
    [Limited(Limit.Cart)]
    [Refuses(
        "queue.not_admitted", "cart.item_not_found", "cart.assigned_quantity", "cart.ticket_limit", "category.sold_out", "event.booking_closed",
        "cart.expired")]
    public Task<Result<Cart>> ChangeQuantity(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/cart/items/{itemId:long:min(1)}")] HttpRequest request,
        long itemId, [Body] ChangeQuantity change, CurrentUser user, CancellationToken cancellationToken) =>
        changing.ChangeQuantity(user.Id, itemId, change, cancellationToken);

    /// <summary>Takes a line out of the cart and frees its places.</summary>
    [Function("RemoveCartItem")]
    [Refuses("cart.item_not_found", "cart.expired")]
    public Task<Result<Cart>> RemoveItem(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/cart/items/{itemId:long:min(1)}")] HttpRequest request,
        long itemId, CurrentUser user, CancellationToken cancellationToken) =>
        carts.RemoveItem(user.Id, itemId, cancellationToken);

    /// <summary>Says what checkout would say, and changes nothing.</summary>
    [Function("ValidateCart")]
    public Task<CartCheck> Validate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/cart/validate")] HttpRequest request,
        [Query] CartFilter filter, CurrentUser user, CancellationToken cancellationToken) =>
        validation.Check(user.Id, filter, cancellationToken);

    /// <summary>Turns the cart into a booking that waits for its payment; a free one is confirmed at once.</summary>
    [Function("CheckoutCart")]
    [Limited(Limit.Cart)]
    [Idempotent]
    [Succeeds(Success.Created)]
    [Refuses(
        "queue.not_admitted", "cart.not_found", "cart.empty", "cart.not_active", "event.booking_closed", "seat.taken", "category.sold_out",
        "cart.ticket_limit", "promo.not_found", "promo.not_started", "promo.ended", "promo.minimum_not_met", "cart.expired")]
    public Task<Result<BookingDetail>> Checkout(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/cart/checkout")] HttpRequest request,
        [Query] CartFilter filter, [Body] CheckoutRequest body, CurrentUser user, CancellationToken cancellationToken) =>
        checkout.Checkout(user.Id, filter, body, cancellationToken);

    /// <summary>The cart that is open now, or null.</summary>
    [Function("GetCurrentCart")]
    public Task<Cart?> Current(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/cart/current")] HttpRequest request,
        [Query] CartFilter filter, CurrentUser user, CancellationToken cancellationToken) =>
        carts.Current(user.Id, filter, cancellationToken);

    /// <summary>Abandons the cart and frees its places; also well without a cart.</summary>
    [Function("ClearCart")]
    public Task<Done> Clear(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/cart/clear")] HttpRequest request,
        [Query] CartFilter filter, CurrentUser user, CancellationToken cancellationToken) =>
        carts.Clear(user.Id, filter, cancellationToken);

    /// <summary>Tickets in all carts that are open.</summary>
    [Function("CountCart")]
    public Task<CartCount> Count(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/cart/count")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        carts.Count(user.Id, cancellationToken);
}
