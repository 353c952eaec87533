using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain.Administration;

/// <summary>Why an event does not take place.</summary>
public sealed record CancelEvent
{
    [StringLength(500)]
    public string? Reason { get; init; }
}

/// <summary>Why an event cannot be taken up again.</summary>
public static class EventCancellationProblems
{
    public static readonly Problem NotCancelled = new("event.not_cancelled", ProblemKind.Conflict, "This event is not cancelled.");

    public static readonly Problem RefundsRunning =
        new("event.refunds_running", ProblemKind.Conflict, "Bookings of this event are still being called off; please try again in a moment.");
}

/// <summary>
/// An event is cancelled at once, and with it its carts, its queue, its waiting lists and the offers of its tickets. Its bookings follow one after the other in <see cref="EventRefunds"/>: what is left
/// to do is what is still pending or confirmed.
/// </summary>
public sealed class EventCancellation(Database database, TimeProvider clock)
{
    /// <summary>From any status; one that is cancelled already stays as it is.</summary>
    public async Task<Result<AdminEvent>> Cancel(Actor actor, long id, CancelEvent why, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var reason = string.IsNullOrEmpty(why.Reason) ? null : why.Reason;
        await using var db = await database.BeginAsync(cancellationToken);

        var before = await db.QuerySingleOrDefaultAsync<string>(
            """
            update event
            set    status = 'cancelled',
                   cancelled_at = @now,
                   cancellation_reason = @reason,
                   updated_at = @now
            from   (
                select id,
                       status
                from   event
                where  id = @id
                and    status <> 'cancelled'
                for no key update) as before
            where  event.id = before.id
            returning before.status
            """,
            new { id, reason, now });

        if (before is not null)
        {
            await CartAbandonment.OfEventAsync(db, id);
            await QueueEnding.OfEventAsync(db, id, now);
            await WaitlistEnding.OfEventAsync(db, id, now);
            await EventReminders.WithdrawAsync(db, id);
            await TicketTransfers.EndWithEventAsync(db, id, now);
            await AuditLog.WriteAsync(db, actor, "cancel_event", "event", id, StatusChange(before, EventStatus.Cancelled, reason), now);
        }

        var found = await EventAdministration.Load(db, id, now);
        await db.CommitAsync();
        return found is null ? CatalogueProblems.EventNotFound : found;
    }

    /// <summary>Makes it a draft again. Its bookings stay cancelled, and all of them must be before.</summary>
    public async Task<Result<AdminEvent>> Reactivate(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var reactivated = await db.ExecuteAsync(
            """
            update event
            set    status = 'draft',
                   cancelled_at = null,
                   cancellation_reason = null,
                   updated_at = @now
            where  id = @id
            and    status = 'cancelled'
            and    not exists (
                       select from booking
                       where  event_id = @id
                       and    status in ('pending', 'confirmed'))
            """,
            new { id, now });

        var found = await EventAdministration.Load(db, id, now);

        if (reactivated == 0)
        {
            return found switch
            {
                null => CatalogueProblems.EventNotFound,
                { Status: EventStatus.Cancelled } => EventCancellationProblems.RefundsRunning,
                _ => EventCancellationProblems.NotCancelled,
            };
        }

        // A cart that was being opened while the event was cancelled would live on.
        await CartAbandonment.OfEventAsync(db, id);
        await AuditLog.WriteAsync(db, actor, "reactivate_event", "event", id, StatusChange(EventStatus.Cancelled, EventStatus.Draft, reason: null), now);
        await db.CommitAsync();
        return found!;
    }

    private static JsonObject StatusChange(string before, string after, string? reason)
    {
        var details = new JsonObject { ["status"] = new JsonObject { ["before"] = before, ["after"] = after } };

        if (reason is not null)
        {
            details["reason"] = reason;
        }

        return details;
    }
}
