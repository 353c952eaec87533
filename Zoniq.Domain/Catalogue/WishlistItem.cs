namespace Zoniq.Domain.Catalogue;

/// <summary>An event somebody has taken note of.</summary>
public sealed record WishlistItem(long Id, long EventId, Event Event, DateTimeOffset CreatedAt);

/// <summary>All that a person has taken note of, newest first.</summary>
public sealed record Wishlist(WishlistItem[] Items, int Total);

/// <summary>Whether an event is on somebody's wishlist.</summary>
public sealed record WishlistCheck(bool IsInWishlist);
