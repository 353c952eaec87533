using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>A holder passes a ticket on: the offer, taking it back, and what became of earlier ones.</summary>
public sealed class TransferService(Database database, TimeProvider clock, TransferTokens tokens)
{
    /// <summary>
    /// Offers a ticket to an address, by mail. Refuses a ticket that is not the caller's, that is used or not valid, whose event has begun or is called off, and
    /// one that is offered already; and the caller's own address, proven or claimed. Asked for again as the same operation, it is the same offer.
    /// </summary>
    public async Task<Result<OfferedTicket>> Start(long accountId, long ticketId, OfferTicket offer, Guid operation, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var toEmail = EmailAddress.Normalise(offer.ToEmail);
        await using var db = await database.BeginAsync(cancellationToken);

        var ticket = await LockAsync(db, accountId, ticketId);
        if (await MadeAsync(db, accountId, operation) is { } made)
        {
            return made;
        }

        if (Refusal(ticket, toEmail, now) is { } problem)
        {
            return problem;
        }

        await ExpireEarlierAsync(db, ticketId, now);
        var token = TransferTokens.Make();
        var offered = await db.QuerySingleOrDefaultAsync<OfferedTicket>(
            """
            insert into ticket_transfer (ticket_id, from_account, to_email, token_hash, message, generation, operation, created_at, expires_at)
            select id, holder_id, @toEmail, @hash, nullif(@Message, ''), generation, @operation, @now, least(@latest, @EventDate)
            from   ticket
            where  id = @ticketId
            on conflict (ticket_id) where status = 'pending' do nothing
            returning id as transfer_id, expires_at
            """,
            new { ticketId, toEmail, hash = tokens.Hash(token), offer.Message, operation, now, latest = now + TransferPolicy.Life, ticket!.EventDate });

        if (offered is null)
        {
            return TransferProblems.PendingExists;
        }

        await TransferMails.OfferAsync(db, offered.TransferId, token, now);
        await db.CommitAsync();
        return offered;
    }

    /// <summary>Takes an offer back. Refuses one that is not the caller's, and one that has ended.</summary>
    public async Task<Result<Done>> Cancel(long accountId, long transferId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);
        var cancelled = await db.QueryAsync<long>(
            $"""
            update ticket_transfer
            set    status = 'cancelled',
                   ended_by = 'sender',
                   ended_at = @now
            from   {TicketTransfers.TicketToEventSql}
            where  ticket_transfer.id = @transferId
            and    ticket_transfer.from_account = @accountId
            and    ticket_transfer.status = 'pending'
            and    ticket.id = ticket_transfer.ticket_id
            and    not {TicketTransfers.IsOverSql}
            returning ticket_transfer.id
            """,
            new { transferId, accountId, now });

        if (cancelled.Length == 0)
        {
            return await IsSentByAsync(db, accountId, transferId) ? TransferProblems.NotPending : TransferProblems.NotFound;
        }

        await TransferMails.TellAsync(db, cancelled, now);
        await db.CommitAsync();
        return Done.Well("Transfer cancelled");
    }

    /// <summary>
    /// What the caller sent, and what was sent to the address they have proven or claimed by them. Whoever changes the address keeps what they claimed, and leaves the
    /// rest with the address; what somebody else claimed at it is none of its next owner's business.
    /// </summary>
    public async Task<TransferPage> History(long accountId, TransferFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string Mine =
            $"""
            from   ticket_transfer
            join   ticket on ticket.id = ticket_transfer.ticket_id
            join   booking on booking.id = ticket.booking_id
            join   event on event.id = booking.event_id
            join   account as sender on sender.id = ticket_transfer.from_account
            where  (ticket_transfer.from_account = @accountId
                    or ticket_transfer.to_account = @accountId
                    or (ticket_transfer.to_email = (select email from account where id = @accountId) and ticket_transfer.to_account is null))
            and    (@Status::text is null
                    or @Status = case when ticket_transfer.status = 'pending' and {TicketTransfers.IsOverSql} then 'expired' else ticket_transfer.status end)
            """;
        var parameters = new { accountId, filter.Status, now = clock.GetUtcNow(), page.Offset, page.Size };
        await using var db = await database.OpenAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            {Mine};

            select   ticket_transfer.id,
                     ticket.ticket_number,
                     sender.email as from_email,
                     ticket_transfer.to_email,
                     case when ticket_transfer.from_account = @accountId then 'sent' else 'received' end as direction,
                     case when ticket_transfer.status = 'pending' and {TicketTransfers.IsOverSql} then 'expired' else ticket_transfer.status end as status,
                     ticket_transfer.message,
                     ticket_transfer.created_at,
                     case when ticket_transfer.status = 'completed' then ticket_transfer.ended_at end as transferred_at,
                     least(ticket_transfer.expires_at, event.event_date) as expires_at
            {Mine}
            order by ticket_transfer.id desc
            offset   @Offset
            limit    @Size
            """,
            parameters);

        return new TransferPage
        {
            Total = await read.ReadSingleAsync<long>(),
            Transfers = [.. await read.ReadAsync<Transfer>()],
            Page = page.Number,
            PageSize = page.Size,
        };
    }

    private static Problem? Refusal(OwnTicket? ticket, string toEmail, DateTimeOffset now) => ticket switch
    {
        null => TicketProblems.NotFound,
        _ when toEmail == ticket.Email || toEmail == ticket.ClaimedEmail => TransferProblems.ToSelf,
        { Status: "used" } => TransferProblems.TicketUsed,
        { Status: not "valid" } or { BookingStatus: not "confirmed" } => TransferProblems.TicketNotValid,
        { EventStatus: "cancelled" } => TransferProblems.NotTransferable,
        _ when ticket.EventDate <= now => TransferProblems.NotTransferable,
        _ => null,
    };

    /// <summary>
    /// The ticket stays as it is until the offer is there, and so do its event and its holder: one that is being called off, or blocked, ends what was offered, and nothing after that.
    /// Null also for a holder who was blocked since they were let in.
    /// </summary>
    private static Task<OwnTicket?> LockAsync(Session db, long accountId, long ticketId) =>
        db.QuerySingleOrDefaultAsync<OwnTicket>(
            """
            select ticket.status,
                   booking.status as booking_status,
                   event.status as event_status,
                   event.event_date,
                   holder.email,
                   holder.claimed_email
            from   ticket
            join   booking on booking.id = ticket.booking_id
            join   event on event.id = booking.event_id
            join   account as holder on holder.id = ticket.holder_id
            where  ticket.id = @ticketId
            and    ticket.holder_id = @accountId
            and    holder.is_active
            and    not holder.is_blocked
            for share of event, holder
            for no key update of ticket
            """,
            new { ticketId, accountId });

    private static Task<OfferedTicket?> MadeAsync(Session db, long accountId, Guid operation) =>
        db.QuerySingleOrDefaultAsync<OfferedTicket>(
            """
            select id as transfer_id,
                   expires_at
            from   ticket_transfer
            where  operation = @operation
            and    from_account = @accountId
            """,
            new { operation, accountId });

    /// <summary>An earlier offer that is over by the clock is in nobody's way.</summary>
    private static async Task ExpireEarlierAsync(Session db, long ticketId, DateTimeOffset now)
    {
        var expired = await db.QueryAsync<long>(
            """
            update ticket_transfer
            set    status = 'expired',
                   ended_at = @now
            where  ticket_id = @ticketId
            and    status = 'pending'
            and    expires_at <= @now
            returning id
            """,
            new { ticketId, now });
        await TransferMails.TellAsync(db, expired, now);
    }

    private static Task<bool> IsSentByAsync(Session db, long accountId, long transferId) =>
        db.QuerySingleAsync<bool>("select exists (select from ticket_transfer where id = @transferId and from_account = @accountId)", new { transferId, accountId });

    private sealed record OwnTicket
    {
        public string Status { get; init; } = "";

        public string BookingStatus { get; init; } = "";

        public string EventStatus { get; init; } = "";

        public DateTimeOffset EventDate { get; init; }

        public string Email { get; init; } = "";

        public string? ClaimedEmail { get; init; }
    }
}
