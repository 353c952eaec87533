using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Catalogue;

public sealed class WishlistFunctions(WishlistService wishlists)
{
    /// <summary>The events one has taken note of, newest first.</summary>
    [Function("GetWishlist")]
    public Task<Wishlist> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me/wishlist")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        wishlists.List(user.Id, cancellationToken);

    /// <summary>Takes note of an event.</summary>
    [Function("AddToWishlist")]
    [Succeeds(Success.Created)]
    [Refuses("event.not_found", "wishlist.already_added")]
    public Task<Result<WishlistItem>> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/users/me/wishlist/{eventId:long:min(1)}")] HttpRequest request,
        CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        wishlists.Add(user.Id, eventId, cancellationToken);

    /// <summary>Takes an event off the wishlist.</summary>
    [Function("RemoveFromWishlist")]
    [Refuses("wishlist.not_found")]
    public Task<Result<Done>> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/users/me/wishlist/{eventId:long:min(1)}")] HttpRequest request,
        CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        wishlists.Remove(user.Id, eventId, cancellationToken);

    /// <summary>Whether an event is on the wishlist; an unknown one is not.</summary>
    [Function("CheckWishlist")]
    public Task<WishlistCheck> Check(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me/wishlist/{eventId:long:min(1)}/check")] HttpRequest request,
        CurrentUser user, long eventId, CancellationToken cancellationToken) =>
        wishlists.Check(user.Id, eventId, cancellationToken);
}
