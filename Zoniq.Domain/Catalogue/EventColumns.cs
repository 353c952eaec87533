namespace Zoniq.Domain.Catalogue;

/// <summary>The columns of the three views of an event, for the aliases <c>e</c> (event) and <c>v</c> (venue, which may be missing).</summary>
internal static class EventColumns
{
    private const string Common =
        """
        e.id, e.title, e.slug, e.short_description, e.category, e.time_zone, e.event_date, e.event_end_date,
        e.booking_start_date, e.booking_end_date, e.status, e.banner_image_url, e.thumbnail_image_url, e.organizer_name,
        e.max_tickets_per_booking, e.created_at, e.queue_enabled,
        v.id as place_id, v.name as place_name, v.city as place_city, v.state as place_state
        """;

    private const string Page =
        """
        e.description, e.terms_and_conditions, e.organizer_contact, e.extra_data as extra_data_text,
        e.refund_type, e.refund_hours_before, e.refund_percent, e.published_at
        """;

    /// <summary>The public is told how the waiting room works only where there is one.</summary>
    private const string Queue =
        """
        case when e.queue_enabled then e.queue_batch_size end as queue_batch_size,
        case when e.queue_enabled then e.queue_processing_minutes end as queue_processing_minutes
        """;

    /// <summary>Of <see cref="Event"/>.</summary>
    public const string OfList = $"{Common}, {Queue}";

    /// <summary>Of <see cref="EventDetail"/>.</summary>
    public const string OfDetail = $"{Common}, {Queue}, {Page}";

    /// <summary>Of <see cref="AdminEvent"/>.</summary>
    public const string OfAdministration = $"{Common}, {Page}, e.queue_batch_size, e.queue_processing_minutes, e.created_by, e.updated_at, e.cancelled_at";
}
