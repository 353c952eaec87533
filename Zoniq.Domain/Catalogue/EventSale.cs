namespace Zoniq.Domain.Catalogue;

/// <summary>What decides whether an event is on sale, and on what terms.</summary>
public sealed record EventSale
{
    /// <summary>The columns of this record, for the alias <c>e</c> of table event.</summary>
    public const string Columns = "e.id, e.status, e.booking_start_date, e.booking_end_date, e.max_tickets_per_booking, e.queue_enabled";

    public long Id { get; init; }

    public string Status { get; init; } = "";

    public DateTimeOffset BookingStartDate { get; init; }

    public DateTimeOffset BookingEndDate { get; init; }

    /// <summary>1 to 50.</summary>
    public int MaxTicketsPerBooking { get; init; }

    public bool QueueEnabled { get; init; }

    /// <summary>Otherwise it is as if it did not exist.</summary>
    public bool IsPublic => EventStatus.IsPublic(Status);

    /// <summary>Published and within its booking window, both ends included.</summary>
    public bool IsOpenAt(DateTimeOffset now) => IsOpen(Status, BookingStartDate, BookingEndDate, now);

    /// <summary>The booking window: published, and begun, and not over.</summary>
    public static bool IsOpen(string status, DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        status == EventStatus.Published && start <= now && now <= end;
}
