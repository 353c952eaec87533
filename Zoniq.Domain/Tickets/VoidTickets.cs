using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>Tickets that were passed on and are called off with the booking of somebody else.</summary>
public static class VoidTickets
{
    /// <summary>Tells everybody who holds tickets of a booking and is not its buyer, who gets a mail of their own; in the transaction that voids them.</summary>
    public static async Task TellHoldersAsync(Session db, long bookingId, bool isEventOff, DateTimeOffset now)
    {
        var holders = await db.QueryAsync<Holder>(
            $"""
            select   account.id,
                     account.email,
                     coalesce(account.full_name, account.username) as name,
                     array_agg(ticket.ticket_number order by ticket.id) as ticket_numbers,
                     {MailedEventRow.ColumnsSql}
            from     booking
            join     ticket on ticket.booking_id = booking.id and ticket.holder_id <> booking.account_id and ticket.used_at is null
            join     account on account.id = ticket.holder_id
            join     event on event.id = booking.event_id
            left join venue on venue.id = event.venue_id
            where    booking.id = @bookingId
            group by account.id, event.id, venue.id
            order by account.id
            """,
            new { bookingId });
        await Outbox.EnqueueAllAsync(db, [.. holders.Select(holder => holder.Mail(bookingId, isEventOff))], now);
    }

    private sealed record Holder : MailedEventRow
    {
        public long Id { get; init; }

        public string Email { get; init; } = "";

        public string Name { get; init; } = "";

        public string[] TicketNumbers { get; init; } = [];

        public Mail Mail(long bookingId, bool isEventOff) => Mails.TicketVoid(new Addressee(Id, Email), bookingId, new VoidTicketMail
        {
            EventTitle = Title,
            Occasion = Occasion,
            TicketNumbers = TicketNumbers,
            IsEventOff = isEventOff,
            HolderName = Name,
        });
    }
}
