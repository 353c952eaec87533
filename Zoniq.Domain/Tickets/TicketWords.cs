using System.Globalization;

namespace Zoniq.Domain.Tickets;

/// <summary>How dates, places and seats are put on a ticket.</summary>
internal static class TicketWords
{
    /// <summary><c>Sat, 12 December 2026 · 7:30 pm IST</c>, in the venue's zone.</summary>
    public static string When(PrintedTicket ticket)
    {
        var zone = Zone(ticket);
        var start = TimeZoneInfo.ConvertTime(ticket.EventDate, zone);
        return $"{Day(start)} · {Time(start)} {ZoneName(ticket.TimeZone, start)}";
    }

    /// <summary><c>until 10:30 pm</c>, with the day when it is another one; null when the end is not known.</summary>
    public static string? Until(PrintedTicket ticket)
    {
        if (ticket.EventEndDate is not { } endDate)
        {
            return null;
        }

        var zone = Zone(ticket);
        var start = TimeZoneInfo.ConvertTime(ticket.EventDate, zone);
        var end = TimeZoneInfo.ConvertTime(endDate, zone);

        // A night that ends in the small hours is still that night.
        return end.Date == start.Date || end - start < TimeSpan.FromHours(12) ? $"until {Time(end)}" : $"until {Day(end)} · {Time(end)}";
    }

    /// <summary>Street, city, state and pincode, as far as they are known.</summary>
    public static string Address(PrintedTicket ticket) =>
        string.Join(", ", new[] { ticket.VenueAddress, ticket.VenueCity, string.Join(' ', new[] { ticket.VenueState, ticket.VenuePincode }.Where(IsSaid)) }.Where(IsSaid));

    /// <summary>Section, row and seat as far as they are known; else the seat's label; a standing place has none.</summary>
    public static IReadOnlyList<(string Label, string Value)> Place(PrintedTicket ticket)
    {
        var parts = new[] { (Label: "SECTION", Value: ticket.Section), (Label: "ROW", Value: ticket.RowName), (Label: "SEAT", Value: ticket.SeatNumber) };
        return IsSaid(ticket.SeatNumber) ? [.. parts.Where(part => IsSaid(part.Value)).Select(part => (part.Label, part.Value!))]
            : IsSaid(ticket.SeatLabel) ? [.. parts[..1].Where(part => IsSaid(part.Value)).Select(part => (part.Label, part.Value!)), ("SEAT", ticket.SeatLabel!)]
            : [("ADMISSION", "General admission")];
    }

    public static string Price(PrintedTicket ticket) => ticket.Price == Money.Zero ? "Free" : ticket.Price.ToString();

    public static bool IsSaid(string? text) => !string.IsNullOrWhiteSpace(text);

    private static string Day(DateTimeOffset time) => time.ToString("ddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToString("h:mm tt", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static TimeZoneInfo Zone(PrintedTicket ticket) => TimeZoneInfo.FindSystemTimeZoneById(ticket.TimeZone);

    /// <summary>India's own abbreviation is unmistakable there; elsewhere the offset is.</summary>
    private static string ZoneName(string zone, DateTimeOffset time) =>
        zone is "Asia/Kolkata" or "Asia/Calcutta" ? "IST"
        : time.Offset == TimeSpan.Zero ? "GMT"
        : $"GMT{(time.Offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(time.Offset.Hours)}{(time.Offset.Minutes == 0 ? "" : $":{Math.Abs(time.Offset.Minutes):00}")}";
}
