using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>Looking at one's place in a waiting room, or at the room, and giving the place up. A look costs the same however many wait, and those who look at the same time share it.</summary>
public sealed class QueueService
{
    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Gathered<long, long, Result<QueueEntry>> positions;
    private readonly Gathered<long, long, Result<QueueStatus>> statuses;

    public QueueService(Database database, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        positions = new(QueuePolicy.MostTogether, LookTogether);
        statuses = new(QueuePolicy.MostTogether, async (eventId, people) =>
        {
            var status = await ReadStatus(eventId);
            return [.. people.Select(_ => status)];
        });
    }

    /// <summary>Refuses an event the public does not know, and somebody who has no active place.</summary>
    public Task<Result<QueueEntry>> Position(long accountId, long eventId, CancellationToken cancellationToken) =>
        positions.AskAsync(eventId, accountId, cancellationToken);

    /// <summary>How the room stands, for anybody; refuses an event the public does not know.</summary>
    public Task<Result<QueueStatus>> Status(long eventId, CancellationToken cancellationToken) =>
        statuses.AskAsync(eventId, 0, cancellationToken);

    /// <summary>Gives the place up; who has none is told so. Refuses an event the public does not know.</summary>
    public async Task<Result<Done>> Leave(long accountId, long eventId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);
        var ended = await QueueEnding.OfPersonAsync(db, accountId, eventId, now);

        if (ended == 0)
        {
            var isPublic = await db.QuerySingleAsync<bool>("select exists (select from event where id = @eventId and status in ('published', 'completed'))", new { eventId });
            return isPublic ? new Done(false, "Not in queue") : CatalogueProblems.EventNotFound;
        }

        await QueueEnding.TellAsync(db, accountId, eventId, "left", "You have left the queue.", now);
        await db.CommitAsync();
        return Done.Well("Left the queue");
    }

    private async Task<Result<QueueEntry>[]> LookTogether(long eventId, long[] people)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        var (room, entries) = await QueuePlaces.ReadAsync(db, eventId, people, now);
        return [.. people.Select<long, Result<QueueEntry>>(person => room is null
            ? CatalogueProblems.EventNotFound
            : entries.TryGetValue(person, out var entry) ? entry : QueueProblems.NotInQueue)];
    }

    private async Task<Result<QueueStatus>> ReadStatus(long eventId)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        var (room, counts) = await QueueCounts.ReadAsync(db, eventId);

        if (room is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        return room.QueueEnabled
            ? new QueueStatus
            {
                EventId = eventId,
                QueueEnabled = true,
                TotalInQueue = counts is null ? 0 : counts.Waiting + counts.Processing,
                CurrentlyProcessing = counts?.Processing ?? 0,
                ServingNumber = room.ServingNumber,
                RatePerMinute = room.RatePerMinute,
                EstimatedWaitMinutes = room.WaitForNewcomer(now),
                IsQueueActive = !room.IsOver(now) && room.BookingStartDate <= now,
                IsPaused = room.IsPaused,
            }
            : new QueueStatus { EventId = eventId };
    }
}
