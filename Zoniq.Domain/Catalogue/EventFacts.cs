using Zoniq.Domain.Seating;

namespace Zoniq.Domain.Catalogue;

/// <summary>What follows for an event from its figures and the time.</summary>
internal static class EventFacts
{
    public static T Complete<T>(T listed, EventFigures figures, DateTimeOffset now)
        where T : Event =>
        listed with
        {
            MinPrice = figures.MinPrice,
            MaxPrice = figures.MaxPrice,
            TotalSeats = figures.TotalSeats,
            AvailableSeats = figures.AvailableSeats,
            IsBookingOpen = IsOnSale(listed, now) && figures.AvailableSeats > 0,
            IsSoldOut = figures is { TotalSeats: > 0, AvailableSeats: 0 },
        };

    /// <summary>The booking window, both ends included: published, begun, and not over.</summary>
    private static bool IsOnSale(Event listed, DateTimeOffset now) =>
        listed.Status == EventStatus.Published && listed.BookingStartDate <= now && now <= listed.BookingEndDate;
}
