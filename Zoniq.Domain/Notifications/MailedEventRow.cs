namespace Zoniq.Domain.Notifications;

/// <summary>A row about an event that a mail is about.</summary>
internal abstract record MailedEventRow
{
    /// <summary>What it needs of <c>event</c> and the left-joined <c>venue</c>.</summary>
    public const string ColumnsSql =
        """
        event.title,
        event.event_date,
        event.event_end_date,
        event.time_zone,
        venue.name as venue_name,
        nullif(concat_ws(', ', venue.address, venue.city, venue.state, venue.pincode), '') as venue_address
        """;

    public string Title { get; init; } = "";

    public DateTimeOffset EventDate { get; init; }

    public DateTimeOffset? EventEndDate { get; init; }

    public string TimeZone { get; init; } = "";

    public string? VenueName { get; init; }

    public string? VenueAddress { get; init; }

    public MailedOccasion Occasion => new()
    {
        EventDate = EventDate,
        EventEndDate = EventEndDate,
        TimeZone = TimeZone,
        VenueName = VenueName,
        VenueAddress = VenueAddress,
    };
}
