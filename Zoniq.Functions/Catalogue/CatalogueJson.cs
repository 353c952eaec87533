using System.Text.Json.Serialization;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Functions.Catalogue;

[JsonSerializable(typeof(Event[]))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(EventDetail))]
[JsonSerializable(typeof(EventCategory[]))]
[JsonSerializable(typeof(Wishlist))]
[JsonSerializable(typeof(WishlistItem))]
[JsonSerializable(typeof(WishlistCheck))]
[JsonSerializable(typeof(AdminEvent))]
[JsonSerializable(typeof(AdminEventPage))]
[JsonSerializable(typeof(EventCounts))]
[JsonSerializable(typeof(CreateEvent))]
[JsonSerializable(typeof(DuplicateEvent))]
[JsonSerializable(typeof(PatchEvent))]
[JsonSerializable(typeof(UploadedPicture))]
[JsonSerializable(typeof(VenueDetail))]
[JsonSerializable(typeof(CreateVenue))]
[JsonSerializable(typeof(PatchVenue))]
[JsonSerializable(typeof(VenuePage))]
[JsonSerializable(typeof(Venue[]))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
