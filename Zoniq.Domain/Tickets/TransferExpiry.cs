using System.Diagnostics;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>Writes down what the clock has ended, and tells the senders. Nothing depends on it: an offer that is over is over everywhere at once.</summary>
public sealed class TransferExpiry(Database database, TimeProvider clock)
{
    /// <summary>Transfers of one transaction.</summary>
    public const int Batch = 200;

    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(20);

    /// <summary>Until nothing is left or it is time to stop; returns how many have expired.</summary>
    public async Task<int> ExpireOverdue(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var expired = 0;

        for (var last = Batch; last == Batch && Stopwatch.GetElapsedTime(started) < LongestRun; expired += last)
        {
            last = await ExpireSome(cancellationToken);
        }

        return expired;
    }

    private async Task<int> ExpireSome(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);
        var expired = await db.QueryAsync<long>(
            $"""
            with due as materialized (
                select   ticket_transfer.id
                from     ticket_transfer
                join     ticket on ticket.id = ticket_transfer.ticket_id
                join     booking on booking.id = ticket.booking_id
                join     event on event.id = booking.event_id
                where    ticket_transfer.status = 'pending'
                and      {TicketTransfers.IsOverSql}
                order by ticket_transfer.id
                limit    @Batch
                for update of ticket_transfer skip locked    -- somebody ends it just now: if not, the next time
            )
            update ticket_transfer
            set    status = 'expired',
                   ended_at = @now
            from   due
            where  ticket_transfer.id = due.id
            returning ticket_transfer.id
            """,
            new { now, Batch });
        await TransferMails.TellAsync(db, expired, now);
        await db.CommitAsync();
        return expired.Length;
    }
}
