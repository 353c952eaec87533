using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>What mails say of transfers, and who gets them.</summary>
internal static class TransferMails
{
    /// <summary>Leaves the offer in the outbox, with the secret in it.</summary>
    public static async Task OfferAsync(Session db, long transferId, string token, DateTimeOffset now)
    {
        var row = (await Load(db, [transferId]))[0];
        await Outbox.EnqueueAsync(
            db,
            Mails.TransferOffered(row.ToEmail, transferId, new TransferOfferMail
            {
                Code = token,
                Sender = row.SenderName,
                SenderEmail = row.SenderEmail,
                EventTitle = row.Title,
                Occasion = row.Occasion,
                Seat = row.Seat,
                Message = row.Message,
                ExpiresAt = row.EventDate < row.ExpiresAt ? row.EventDate : row.ExpiresAt,
            }),
            now);
    }

    /// <summary>Tells of transfers that have ended: the sender, unless it was cancelled, then the recipient; the same few statements, however many there are.</summary>
    public static async Task TellAsync(Session db, long[] transferIds, DateTimeOffset now)
    {
        if (transferIds.Length == 0)
        {
            return;
        }

        foreach (var alike in (await Load(db, transferIds)).GroupBy(row => row.Status))
        {
            await Outbox.EnqueueAllAsync(db, [.. alike.Select(row => row.Result())], now);
        }
    }

    private static Task<TransferRow[]> Load(Session db, long[] ids) =>
        db.QueryAsync<TransferRow>(
            $"""
            select   ticket_transfer.id,
                     ticket_transfer.status,
                     ticket_transfer.ended_by,
                     ticket_transfer.to_email,
                     ticket_transfer.message,
                     ticket_transfer.expires_at,
                     sender.id as sender_id,
                     sender.email as sender_email,
                     coalesce(sender.full_name, sender.username) as sender_name,
                     recipient.id as recipient_id,
                     coalesce(recipient.full_name, recipient.username) as recipient_name,
                     ticket.ticket_number,
                     seat_category.name as category_name,
                     seat.label as seat_label,
                     {MailedEventRow.ColumnsSql}
            from     ticket_transfer
            join     ticket on ticket.id = ticket_transfer.ticket_id
            join     booking on booking.id = ticket.booking_id
            join     event on event.id = booking.event_id
            join     seat on seat.id = ticket.seat_id
            join     seat_category on seat_category.id = ticket.category_id
            join     account as sender on sender.id = ticket_transfer.from_account
            left join account as recipient on recipient.email = ticket_transfer.to_email
            left join venue on venue.id = event.venue_id
            where    ticket_transfer.id = any(@ids)
            order by ticket_transfer.id
            """,
            new { ids });

    private sealed record TransferRow : MailedEventRow
    {
        public long Id { get; init; }

        public string Status { get; init; } = "";

        public string? EndedBy { get; init; }

        public string ToEmail { get; init; } = "";

        public string? Message { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }

        public long SenderId { get; init; }

        public string SenderEmail { get; init; } = "";

        public string SenderName { get; init; } = "";

        /// <summary>Null while nobody has an account with the address.</summary>
        public long? RecipientId { get; init; }

        public string? RecipientName { get; init; }

        public string TicketNumber { get; init; } = "";

        public string CategoryName { get; init; } = "";

        public string? SeatLabel { get; init; }

        public MailedSeat Seat => new(CategoryName, SeatLabel);

        public Mail Result() => Status switch
        {
            "completed" => ToSender(MailTemplate.TransferCompleted),
            "declined" => ToSender(MailTemplate.TransferDeclined),
            "expired" => ToSender(MailTemplate.TransferExpired),
            "cancelled" when ToEmail.EndsWith(MailPolicy.NobodysDomain, StringComparison.Ordinal) =>
                Mails.TransferEnded(MailTemplate.TransferCancelled, SenderEmail, SenderId, Id, About("somebody who has left ZONIQ", SenderName)),
            "cancelled" => Mails.TransferEnded(
                MailTemplate.TransferCancelled, ToEmail, RecipientId, Id, About($"{SenderName} ({SenderEmail})", RecipientName) with { CancelledBy = EndedBy }),
            _ => throw new InvalidOperationException($"Nobody is told of a transfer that is {Status}."),
        };

        /// <summary>The address is all that the sender knows, whoever has claimed it.</summary>
        private Mail ToSender(string template) => Mails.TransferEnded(template, SenderEmail, SenderId, Id, About(ToEmail, SenderName));

        private TransferResultMail About(string otherParty, string? greeted) => new()
        {
            TicketNumber = TicketNumber,
            EventTitle = Title,
            Occasion = Occasion,
            Seat = Seat,
            OtherParty = otherParty,
            HolderName = greeted,
        };
    }
}
