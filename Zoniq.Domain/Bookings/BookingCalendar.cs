using System.Text;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Bookings;

/// <summary>
/// A booking as an entry for its buyer's calendar (RFC 5545). It keeps its name for ever, and its number grows with every change of what it shows and once more
/// when it is called off, so that a calendar which gets it again knows which of the two is right.
/// </summary>
public sealed class BookingCalendar(Database database, TimeProvider clock, MailOptions options) : IAttachmentSource
{
    private const string ContentType = "text/calendar; charset=utf-8";

    public string Kind => "calendar";

    /// <summary>Refuses a booking that was never confirmed; one that was called off says so.</summary>
    public async Task<Result<Document>> Download(long accountId, long bookingId, CancellationToken cancellationToken) =>
        await Load(bookingId, accountId, cancellationToken) switch
        {
            null => BookingProblems.NotFound,
            { ConfirmedAt: null } => BookingProblems.NotConfirmed,
            var row => new Document(Write(row), ContentType, FileName(row)),
        };

    /// <summary>Nothing for a booking that does not stand any more.</summary>
    public async Task<IReadOnlyList<MailAttachment>> MakeAsync(long id, CancellationToken cancellationToken) =>
        await Load(id, accountId: null, cancellationToken) is { ConfirmedAt: not null, IsCalledOff: false } row
            ? [new MailAttachment(FileName(row), ContentType, Write(row))]
            : [];

    private static string FileName(EntryRow row) => $"booking-{row.BookingNumber}.ics";

    private byte[] Write(EntryRow row)
    {
        var calendar = new Calendar { ProductId = "-//ZONIQ//Bookings//EN" };
        calendar.Events.Add(new CalendarEvent
        {
            Uid = $"{row.BookingNumber}@zoniq.app",
            Sequence = row.CalendarRevision + (row.IsCalledOff ? 1 : 0),
            Status = row.IsCalledOff ? EventStatus.Cancelled : EventStatus.Confirmed,
            DtStamp = Moment(clock.GetUtcNow()),
            DtStart = Moment(row.EventDate),
            DtEnd = row.EventEndDate is { } end ? Moment(end) : null,
            Summary = OneLine(row.Title),
            Location = row.Place is null ? null : OneLine(row.Place),
            Description = $"Booking {row.BookingNumber}, {(row.TicketCount == 1 ? "1 ticket" : $"{row.TicketCount} tickets")}",
            Url = new Uri($"{options.FrontendUrl}/bookings/{row.BookingNumber}"),
        });
        return Encoding.UTF8.GetBytes(new CalendarSerializer().SerializeToString(calendar)!);
    }

    /// <summary>In UTC: the calendar shows it in the zone its owner is in, and needs no table of the venue's.</summary>
    private static CalDateTime Moment(DateTimeOffset moment) => new(moment.UtcDateTime, CalDateTime.UtcTzId);

    private static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));

    private async Task<EntryRow?> Load(long bookingId, long? accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleOrDefaultAsync<EntryRow>(
            """
            select booking.booking_number,
                   booking.confirmed_at,
                   booking.status <> 'confirmed' or event.status = 'cancelled' as is_called_off,
                   booking.ticket_count,
                   event.title,
                   event.event_date,
                   event.event_end_date,
                   event.calendar_revision,
                   nullif(concat_ws(', ', venue.name, venue.address, venue.city, venue.state, venue.pincode), '') as place
            from   booking
            join   event on event.id = booking.event_id
            left join venue on venue.id = event.venue_id
            where  booking.id = @bookingId
            and    (@accountId::bigint is null or booking.account_id = @accountId)
            """,
            new { bookingId, accountId });
    }

    private sealed record EntryRow
    {
        public string BookingNumber { get; init; } = "";

        public DateTimeOffset? ConfirmedAt { get; init; }

        public bool IsCalledOff { get; init; }

        public int TicketCount { get; init; }

        public string Title { get; init; } = "";

        public DateTimeOffset EventDate { get; init; }

        public DateTimeOffset? EventEndDate { get; init; }

        public int CalendarRevision { get; init; }

        public string? Place { get; init; }
    }
}
