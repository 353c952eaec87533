using Zoniq.Domain.Seating;

namespace Zoniq.Domain.Catalogue;

/// <summary>Refusals about events and venues.</summary>
public static class CatalogueProblems
{
    public static readonly Problem EventNotFound = SeatingProblems.EventNotFound;

    public static readonly Problem VenueNotFound =
        new("venue.not_found", ProblemKind.NotFound, "There is no such venue.");

    public static readonly Problem VenueInUse =
        new("venue.in_use", ProblemKind.Conflict, "Published events are still to take place there.");

    public static readonly Problem EventNotDraft =
        new("event.not_draft", ProblemKind.Conflict, "Only a draft can be deleted.");

    public static readonly Problem EventHasBookings =
        new("event.has_bookings", ProblemKind.Conflict, "The event has bookings, which are never deleted.");

    public static readonly Problem BookingClosed =
        new("event.booking_closed", ProblemKind.Conflict, "Booking is not open for this event.");

    public static readonly Problem EventCancelled =
        new("event.cancelled", ProblemKind.Conflict, "This event has been cancelled.");

    public static readonly Problem EventCompleted =
        new("event.completed", ProblemKind.Conflict, "This event is over.");

    public static readonly Problem EventNotPublishable =
        new("event.not_publishable", ProblemKind.Conflict, "The event is not ready to be published.");

    public static readonly Problem AlreadyInWishlist =
        new("wishlist.already_added", ProblemKind.Conflict, "This event is on your wishlist already.");

    public static readonly Problem NotInWishlist =
        new("wishlist.not_found", ProblemKind.NotFound, "This event is not on your wishlist.");
}
