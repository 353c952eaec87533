using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>
/// Whoever was sent a ticket claims or declines it, with the secret of the mailed link and as the owner of the address it was sent to. What became of the
/// offer is said to nobody else.
/// </summary>
public sealed class TransferAnswers(Database database, TimeProvider clock, TransferTokens tokens)
{
    /// <summary>
    /// The ticket is the caller's, under a new generation: what the holder before has printed is void. Of any number at once one has it. Refuses a secret that is none;
    /// an account whose proven address is another; an offer that has ended or is over; a ticket that was used or called off.
    /// </summary>
    public async Task<Result<ClaimedTicket>> Claim(long accountId, AnswerOffer answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var offer = await FindAsync(db, accountId, answer.TransferToken);
        if (Refusal(offer, accountId) is { } problem)
        {
            return problem;
        }

        // Before the offer: whoever enters with it, calls it off or claims it is waited for.
        await db.ExecuteAsync("select from ticket where id = @TicketId for no key update", new { offer!.TicketId });
        var claimed = await db.QuerySingleOrDefaultAsync<ClaimedTicket>(
            $"""
            with claimed as (
                update ticket_transfer
                set    status = 'completed',
                       to_account = @accountId,
                       ended_at = @now
                from   {TicketTransfers.TicketToEventSql}
                where  ticket_transfer.id = @Id
                and    ticket_transfer.status = 'pending'
                and    not {TicketTransfers.IsOverSql}
                and    ticket.id = ticket_transfer.ticket_id
                and    ticket.status = 'valid'
                and    ticket.holder_id = ticket_transfer.from_account
                and    event.status <> 'cancelled'
                returning ticket_transfer.ticket_id
            )
            update ticket
            set    holder_id = @accountId,
                   generation = generation + 1
            from   claimed
            where  ticket.id = claimed.ticket_id
            returning ticket.id as ticket_id, ticket.ticket_number
            """,
            new { offer.Id, accountId, now });

        if (claimed is null)
        {
            return await WhyNotClaimed(db, offer.Id, now);
        }

        await TransferMails.TellAsync(db, [offer.Id], now);
        await db.CommitAsync();
        return claimed;
    }

    /// <summary>The ticket stays where it is. Refuses as a claim, but for the ticket.</summary>
    public async Task<Result<Done>> Decline(long accountId, AnswerOffer answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var offer = await FindAsync(db, accountId, answer.TransferToken);
        if (Refusal(offer, accountId) is { } problem)
        {
            return problem;
        }

        var declined = await db.ExecuteAsync(
            $"""
            update ticket_transfer
            set    status = 'declined',
                   ended_at = @now
            from   {TicketTransfers.TicketToEventSql}
            where  ticket_transfer.id = @Id
            and    ticket_transfer.status = 'pending'
            and    ticket.id = ticket_transfer.ticket_id
            and    not {TicketTransfers.IsOverSql}
            """,
            new { offer!.Id, now });

        if (declined == 0)
        {
            return (await HowItStands(db, offer.Id, now)).HasExpired ? TransferProblems.Expired : TransferProblems.NotPending;
        }

        await TransferMails.TellAsync(db, [offer.Id], now);
        await db.CommitAsync();
        return Done.Well("Transfer declined");
    }

    /// <summary>With the caller's addresses, which stay as they are until the end.</summary>
    private Task<Offer?> FindAsync(Session db, long accountId, string token) =>
        db.QuerySingleOrDefaultAsync<Offer>(
            """
            select ticket_transfer.id,
                   ticket_transfer.ticket_id,
                   ticket_transfer.from_account,
                   ticket_transfer.to_email,
                   account.email,
                   account.claimed_email
            from   ticket_transfer
            cross join account
            where  ticket_transfer.token_hash = any(@hashes)
            and    account.id = @accountId
            for share of account
            """,
            new { hashes = tokens.Hashes(token), accountId });

    /// <summary>Before anything is said about the offer. A sender who has taken the recipient's address since is still no recipient.</summary>
    private static Problem? Refusal(Offer? offer, long accountId) => offer switch
    {
        null => TransferProblems.NotFound,
        _ when offer.ToEmail == offer.Email && offer.FromAccount != accountId => null,
        _ when offer.ToEmail == offer.ClaimedEmail => AccountProblems.EmailNotVerified,
        _ => TransferProblems.WrongRecipient,
    };

    private static async Task<Problem> WhyNotClaimed(Session db, long transferId, DateTimeOffset now) => await HowItStands(db, transferId, now) switch
    {
        { HasExpired: true } => TransferProblems.Expired,
        { EndedBy: "entry" } => TransferProblems.TicketUsed,
        { EndedBy: "booking" or "event" } => TransferProblems.TicketNotValid,
        { Status: not "pending" } => TransferProblems.NotPending,
        { TicketStatus: "used" } => TransferProblems.TicketUsed,
        _ => TransferProblems.TicketNotValid,
    };

    private static Task<Standing> HowItStands(Session db, long transferId, DateTimeOffset now) =>
        db.QuerySingleAsync<Standing>(
            $"""
            select ticket_transfer.status,
                   ticket_transfer.ended_by,
                   ticket.status as ticket_status,
                   ticket_transfer.status = 'expired' or (ticket_transfer.status = 'pending' and {TicketTransfers.IsOverSql}) as has_expired
            from   ticket_transfer
            join   ticket on ticket.id = ticket_transfer.ticket_id
            join   booking on booking.id = ticket.booking_id
            join   event on event.id = booking.event_id
            where  ticket_transfer.id = @transferId
            """,
            new { transferId, now });

    private sealed record Offer
    {
        public long Id { get; init; }

        public long TicketId { get; init; }

        public long FromAccount { get; init; }

        public string ToEmail { get; init; } = "";

        /// <summary>The proven one of the caller.</summary>
        public string Email { get; init; } = "";

        public string? ClaimedEmail { get; init; }
    }

    private sealed record Standing
    {
        public string Status { get; init; } = "";

        public string? EndedBy { get; init; }

        public string TicketStatus { get; init; } = "";

        public bool HasExpired { get; init; }
    }
}
