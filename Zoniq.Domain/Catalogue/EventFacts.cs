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
            IsBookingOpen = EventSale.IsOpen(listed.Status, listed.BookingStartDate, listed.BookingEndDate, now) && figures.AvailableSeats > 0,
            IsSoldOut = figures is { TotalSeats: > 0, AvailableSeats: 0 },
        };
}
