using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Tickets;

/// <summary>An entry is to be taken back.</summary>
public sealed record UndoCheckIn
{
    [Required]
    [StringLength(50)]
    public string? TicketNumber { get; init; }

    /// <summary>For the log.</summary>
    [Required]
    [StringLength(500, MinimumLength = 1)]
    public string? Reason { get; init; }
}

/// <summary>Takes an entry back: the wrong ticket was scanned, or somebody has to go out again.</summary>
public sealed class CheckInUndo(Database database, TimeProvider clock)
{
    /// <summary>The ticket may enter again; its scans stay, and offline scans made before this belong to the entry that was taken back. Refuses a ticket nobody entered with.</summary>
    public async Task<Result<Done>> Undo(Actor actor, UndoCheckIn wish, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var number = NumberAlphabet.Normalise(wish.TicketNumber!);
        await using var db = await database.BeginAsync(cancellationToken);

        var ticketId = await db.QuerySingleOrDefaultAsync<long?>(
            """
            update ticket
            set    status = 'valid',
                   used_at = null,
                   entries_undone = entries_undone + 1,
                   reopened_at = @now
            where  ticket_number = @number
            and    status = 'used'
            returning id
            """,
            new { number, now });

        if (ticketId is null)
        {
            return await db.QuerySingleAsync<bool>("select exists (select from ticket where ticket_number = @number)", new { number })
                ? CheckInProblems.NotUsed
                : CheckInProblems.Unknown;
        }

        await AuditLog.WriteAsync(db, actor, "check_in_undo", "ticket", ticketId, new JsonObject { ["ticketNumber"] = number, ["reason"] = wish.Reason }, now);
        await db.CommitAsync();
        return Done.Well("The ticket may enter again");
    }
}
