using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// How offers of tickets end without their two parties. Each is to be called in the transaction that ends them, and tells the other party by mail.
/// Whoever moves a ticket locks in this order: event, account, booking, ticket, transfer. Offers are made and claimed with the ticket's row locked, so
/// whoever has locked it sees every offer there is of it.
/// </summary>
public static class TicketTransfers
{
    /// <summary>Whether a row of ticket_transfer is over by the clock, where it is joined with its event.</summary>
    internal const string IsOverSql = "(ticket_transfer.expires_at <= @now or event.event_date <= @now)";

    /// <summary>From a row of ticket_transfer to its event, after <c>from</c>.</summary>
    internal const string TicketToEventSql =
        """
               ticket
               join booking on booking.id = ticket.booking_id
               join event on event.id = booking.event_id
        """;

    /// <summary>Somebody has entered with each of these tickets: nobody can claim it any more. Their rows are locked.</summary>
    public static async Task EndByEntryAsync(Session db, long[] ticketIds, DateTimeOffset now)
    {
        // Hardly any ticket at a gate is on offer, and people are waiting behind.
        if (await db.QueryAsync<long>("select ticket_id from ticket_transfer where ticket_id = any(@ticketIds) and status = 'pending'", new { ticketIds }) is { Length: > 0 } offered)
        {
            await EndAsync(db, "ticket.id = any(@id)", offered, "entry", now);
        }
    }

    /// <summary>The tickets of a booking are void. Their rows are locked.</summary>
    public static Task EndWithBookingAsync(Session db, long bookingId, DateTimeOffset now) =>
        EndAsync(db, "ticket.booking_id = @id", bookingId, "booking", now);

    /// <summary>The event does not take place. Its row is locked, so no more offers are being made.</summary>
    public static Task EndWithEventAsync(Session db, long eventId, DateTimeOffset now) =>
        EndAsync(db, "booking.event_id = @id", eventId, "event", now);

    /// <summary>Somebody is blocked: what they offered, and nobody has claimed yet, stays where it is.</summary>
    public static Task EndOfSenderAsync(Session db, long accountId, DateTimeOffset now) =>
        EndAsync(db, "ticket_transfer.from_account = @id", accountId, "office", now);

    /// <summary>Somebody is gone: what was offered to them goes back to whoever offered it, who learns no new address.</summary>
    public static async Task EndOfRecipientAsync(Session db, string email, string instead, DateTimeOffset now)
    {
        var offered = await db.QueryAsync<long>(
            """
            update ticket_transfer
            set    to_email = @instead,
                   message = null
            where  to_email = @email
            and    status = 'pending'
            returning id
            """,
            new { email, instead });
        await EndAsync(db, "ticket_transfer.id = any(@id)", offered, "office", now);
    }

    /// <summary>What is over by the clock has expired, whatever else happens to it.</summary>
    private static async Task EndAsync(Session db, string which, object id, string endedBy, DateTimeOffset now)
    {
        var ended = await db.QueryAsync<long>(
            $"""
            with open as materialized (
                select   ticket_transfer.id,
                         {IsOverSql} as is_over
                from     ticket_transfer
                join     ticket on ticket.id = ticket_transfer.ticket_id
                join     booking on booking.id = ticket.booking_id
                join     event on event.id = booking.event_id
                where    ticket_transfer.status = 'pending'
                and      {which}
                order by ticket_transfer.id
                for update of ticket_transfer
            )
            update ticket_transfer
            set    status = case when open.is_over then 'expired' else 'cancelled' end,
                   ended_by = case when not open.is_over then @endedBy end,
                   ended_at = @now
            from   open
            where  ticket_transfer.id = open.id
            returning ticket_transfer.id
            """,
            new { id, endedBy, now });
        await TransferMails.TellAsync(db, ended, now);
    }
}
