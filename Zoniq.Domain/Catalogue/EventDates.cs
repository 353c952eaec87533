namespace Zoniq.Domain.Catalogue;

/// <summary>The dates of an event as moments, in an order that makes sense.</summary>
internal sealed record EventDates(DateTimeOffset EventDate, DateTimeOffset? EventEndDate, DateTimeOffset BookingStartDate, DateTimeOffset BookingEndDate)
{
    /// <summary>What was entered, read in the zone of the venue.</summary>
    public static Result<EventDates> Read(CreateEvent draft, TimeZoneInfo zone) =>
        new EventDates(draft.EventDate!.In(zone), draft.EventEndDate?.In(zone), draft.BookingStartDate!.In(zone), draft.BookingEndDate!.In(zone)).InOrder();

    /// <summary>Refuses a booking that ends before it begins, an event before its booking begins, and an event that ends before it begins.</summary>
    public Result<EventDates> InOrder()
    {
        var errors = new Dictionary<string, string[]>();

        if (BookingEndDate <= BookingStartDate)
        {
            errors["bookingEndDate"] = ["must be after bookingStartDate."];
        }

        if (EventDate < BookingStartDate)
        {
            errors["eventDate"] = ["must not be before bookingStartDate."];
        }

        if (EventEndDate < EventDate)
        {
            errors["eventEndDate"] = ["must not be before eventDate."];
        }

        return errors.Count == 0 ? this : Problem.Validation(errors);
    }
}
