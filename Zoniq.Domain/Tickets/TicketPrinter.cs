using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>Prints tickets that are paid for: one for its holder, or all of a booking to go with its mail.</summary>
public sealed class TicketPrinter(Database database, TimeProvider clock, TicketSigner signer, TicketPdf pdf) : IAttachmentSource
{
    public string Kind => "tickets";

    /// <summary>One ticket; null when it is not good for entry, or when somebody else holds it by now: its code is theirs alone.</summary>
    public async Task<byte[]?> PrintTicketAsync(long ticketId, long holderId, CancellationToken cancellationToken) =>
        await Load(bookingId: null, ticketId, holderId, cancellationToken) is { Length: > 0 } ticket ? Draw(ticket) : null;

    /// <summary>One PDF with a page for each ticket that its buyer holds; nothing when there is none.</summary>
    public async Task<IReadOnlyList<MailAttachment>> MakeAsync(long id, CancellationToken cancellationToken)
    {
        var tickets = await Load(bookingId: id, ticketId: null, holderId: null, cancellationToken);
        return tickets.Length == 0
            ? []
            : [new MailAttachment($"tickets-{tickets[0].BookingNumber}.pdf", "application/pdf", Draw(tickets))];
    }

    private byte[] Draw(PrintableRow[] rows) =>
        pdf.Draw([.. rows.Select(row => row.Ticket(signer.Sign(row.TicketId, row.EventId, row.Generation)))], clock.GetUtcNow());

    private async Task<PrintableRow[]> Load(long? bookingId, long? ticketId, long? holderId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<PrintableRow>(
            """
            select   ticket.id as ticket_id,
                     ticket.ticket_number,
                     ticket.generation,
                     ticket.price,
                     booking.booking_number,
                     event.id as event_id,
                     event.title as event_title,
                     event.event_date,
                     event.event_end_date,
                     event.time_zone,
                     event.organizer_name,
                     event.terms_and_conditions as terms,
                     venue.name as venue_name,
                     venue.address as venue_address,
                     venue.city as venue_city,
                     venue.state as venue_state,
                     venue.pincode as venue_pincode,
                     seat_category.name as category_name,
                     seat_category.color_code as category_color,
                     seat.label as seat_label,
                     seat.section,
                     seat.row_name,
                     seat.seat_number,
                     coalesce(holder.full_name, holder.username) as holder_name
            from     ticket
            join     booking on booking.id = ticket.booking_id
            join     event on event.id = booking.event_id
            join     seat on seat.id = ticket.seat_id
            join     seat_category on seat_category.id = ticket.category_id
            join     account as holder on holder.id = ticket.holder_id
            left join venue on venue.id = event.venue_id
            where    ((ticket.id = @ticketId and ticket.holder_id = @holderId) or (ticket.booking_id = @bookingId and ticket.holder_id = booking.account_id))
            and      booking.status = 'confirmed'
            and      ticket.status in ('valid', 'used')
            order by ticket.id
            """,
            new { bookingId, ticketId, holderId });
    }

    private sealed record PrintableRow
    {
        public long TicketId { get; init; }

        public string TicketNumber { get; init; } = "";

        public int Generation { get; init; }

        public Money Price { get; init; }

        public string BookingNumber { get; init; } = "";

        public long EventId { get; init; }

        public string EventTitle { get; init; } = "";

        public DateTimeOffset EventDate { get; init; }

        public DateTimeOffset? EventEndDate { get; init; }

        public string TimeZone { get; init; } = "";

        public string? OrganizerName { get; init; }

        public string? Terms { get; init; }

        public string? VenueName { get; init; }

        public string? VenueAddress { get; init; }

        public string? VenueCity { get; init; }

        public string? VenueState { get; init; }

        public string? VenuePincode { get; init; }

        public string CategoryName { get; init; } = "";

        public string CategoryColor { get; init; } = "";

        public string? SeatLabel { get; init; }

        public string? Section { get; init; }

        public string? RowName { get; init; }

        public string? SeatNumber { get; init; }

        public string? HolderName { get; init; }

        public PrintedTicket Ticket(string qrPayload) => new()
        {
            TicketId = TicketId,
            TicketNumber = TicketNumber,
            BookingNumber = BookingNumber,
            EventTitle = EventTitle,
            EventDate = EventDate,
            EventEndDate = EventEndDate,
            TimeZone = TimeZone,
            OrganizerName = OrganizerName,
            Terms = Terms,
            VenueName = VenueName,
            VenueAddress = VenueAddress,
            VenueCity = VenueCity,
            VenueState = VenueState,
            VenuePincode = VenuePincode,
            CategoryName = CategoryName,
            CategoryColor = CategoryColor,
            SeatLabel = SeatLabel,
            Section = Section,
            RowName = RowName,
            SeatNumber = SeatNumber,
            Price = Price,
            HolderName = HolderName,
            QrPayload = qrPayload,
        };
    }
}
