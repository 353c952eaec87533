using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Queueing;

/// <summary>
/// What moves the waiting rooms on: opens them, ends what is overdue, lets the next in, sends home who still waits when booking is over, and tells. Any number of instances may do it at once: a room that one of them is busy with is
/// left to it. What it does and says does not depend on how many wait.
/// </summary>
public sealed partial class QueueTick(Database database, TimeProvider clock, MailOptions website, Measures measures, ILogger<QueueTick> logger)
{
    /// <summary>Since when rooms that could let somebody in have not, and whom they had called by then: another instance may have gone on.</summary>
    private readonly ConcurrentDictionary<long, (DateTimeOffset Since, long Serving)> stalls = new();

    /// <summary>Every room once; one that fails is logged and does not hold up the others, and neither does one whose draw is large.</summary>
    public Task<QueueNews[]> TickAsync(CancellationToken cancellationToken) =>
        EachAsync(
            room => true,
            async room =>
            {
                if (room.IsDrawn)
                {
                    return await MoveOnAsync(room, cancellationToken);
                }

                await OpenAsync(room, cancellationToken);
                return [.. await DrawAsync(room, least: 0, QueuePolicy.MostDrawnInATick, cancellationToken), .. await MoveOnAsync(room, cancellationToken)];
            },
            cancellationToken);

    /// <summary>The draws that a tick leaves alone; meanwhile it goes on with the other rooms.</summary>
    public Task<QueueNews[]> DrawAsync(CancellationToken cancellationToken) =>
        EachAsync(room => !room.IsDrawn, room => DrawAsync(room, QueuePolicy.MostDrawnInATick + 1, long.MaxValue, cancellationToken), cancellationToken);

    private async Task<QueueNews[]> EachAsync(Func<Room, bool> isMeant, Func<Room, Task<QueueNews[]>> what, CancellationToken cancellationToken)
    {
        var news = new List<QueueNews>();
        var rooms = await Rooms(cancellationToken);
        foreach (var over in stalls.Keys.Except(rooms.Select(room => room.EventId)))
        {
            stalls.TryRemove(over, out _);
            measures.QueueStalled(over, TimeSpan.Zero);
        }

        foreach (var room in rooms.Where(isMeant))
        {
            try
            {
                news.AddRange(await what(room));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailure(logger, room.EventId, failure);
                CountStall(room.EventId, serving: null);
            }
        }

        return [.. news];
    }

    /// <summary>Those that may still call somebody, or have somebody inside or waiting.</summary>
    private async Task<Room[]> Rooms(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QueryAsync<Room>(
            """
            select   event.id as event_id,
                     event.slug,
                     queue.entrants_hash is not null as is_drawn
            from     event
            left join queue on queue.event_id = event.id
            where    event.queue_enabled
            and      event.status in ('published', 'completed')
            and      (event.booking_end_date >= @now
                      or (select true
                          from   queue_entry
                          where  queue_entry.event_id = event.id
                          and    queue_entry.status in ('waiting', 'processing')
                          limit  1))    -- limited, it is looked for room by room, and not among everybody who waits anywhere
            order by event.id
            """,
            new { now = clock.GetUtcNow() });
    }

    /// <summary>
    /// Opens the room when it is time, in a moment of its own: whoever joins after it does not wait for the draw. An instance that dies in between leaves the draw to the next tick.
    /// </summary>
    private async Task OpenAsync(Room room, CancellationToken cancellationToken)
    {
        var (eventId, now) = (room.EventId, clock.GetUtcNow());
        await using var db = await database.BeginAsync(cancellationToken);
        await QueueDoor.PrepareAsync(db, eventId, now);
        await db.ExecuteAsync("select from queue_door where event_id = @eventId and opened_at is null for update", new { eventId });
        await db.ExecuteAsync(QueueDoor.OpenSql, new { eventId, now });
        await db.CommitAsync();
    }

    /// <summary>The draw of a room that has opened, if it has so many entrants and nobody else is at it.</summary>
    private async Task<QueueNews[]> DrawAsync(Room room, long least, long most, CancellationToken cancellationToken)
    {
        await using var drawing = await database.BeginAsync(cancellationToken);
        var entrants = await drawing.QuerySingleOrDefaultAsync<long?>(
            """
            select door.entrant_count
            from   queue
            join   queue_door as door on door.event_id = queue.event_id
            where  queue.event_id = @EventId
            and    queue.entrants_hash is null
            and    door.opened_at is not null
            and    door.entrant_count between @least and @most
            for no key update of queue skip locked
            """,
            new { room.EventId, least, most });

        if (entrants is null)
        {
            return [];
        }

        await QueueDraw.DrawAsync(drawing, room.EventId);
        await drawing.CommitAsync();
        return entrants == 0 ? [] : [Told(room, accountId: null, "waiting", "The queue has opened; your number is ready.")];
    }

    /// <summary>In one transaction, so that those inside are never more than there may be.</summary>
    private async Task<QueueNews[]> MoveOnAsync(Room room, CancellationToken cancellationToken)
    {
        var (eventId, now) = (room.EventId, clock.GetUtcNow());
        await using var db = await database.BeginAsync(cancellationToken);
        var isMine = await db.QuerySingleOrDefaultAsync<bool>(
            """
            select true
            from   queue
            where  event_id = @eventId
            and    entrants_hash is not null
            for no key update skip locked
            """,
            new { eventId });

        if (!isMine || await db.QuerySingleOrDefaultAsync<QueueRoom>(QueueRoom.Sql, new { eventId }) is not { QueueEnabled: true } before)
        {
            return [];
        }

        var overdue = await EndOverdue(db, eventId, now);
        var admitted = await Admit(db, before, now);
        var sentHome = before.IsOver(now) ? await SendHome(db, eventId, now) : 0;
        await Count(db, eventId, admitted, now);
        var (after, counts) = await QueueCounts.ReadAsync(db, eventId);

        if (after!.IsDraining && counts is { Waiting: 0, Processing: 0 })
        {
            await SwitchOff(db, eventId, now);
        }

        var serving = new QueueServing
        {
            EventId = eventId,
            ServingNumber = after.ServingNumber,
            Waiting = counts!.Waiting,
            RatePerMinute = after.RatePerMinute,
            EstimatedWaitMinutes = after.WaitForNewcomer(now),
            IsPaused = after.IsPaused,
            At = now,
        };
        var isNews = await Keep(db, serving);
        await db.CommitAsync();
        measures.QueueMoved(eventId, counts.Waiting, admitted.Length);
        if (counts.Waiting > 0 && admitted.Length == 0 && before.IsCalling(now) && counts.Processing < before.BatchSize)
        {
            CountStall(eventId, after.ServingNumber);
        }
        else
        {
            stalls.TryRemove(eventId, out _);
            measures.QueueStalled(eventId, TimeSpan.Zero);
        }
        return
        [
            .. overdue.Select(accountId => Told(room, accountId, "expired", "Your time to buy has run out; join the queue again for another turn.")),
            .. admitted.Select(next => new QueueNews(eventId, next.AccountId, "queueAdmitted", new QueueAdmitted(eventId, next.ExpiresAt))),
            .. sentHome > 0 ? [Told(room, accountId: null, "expired", "Booking is over, and the queue has ended.")] : Array.Empty<QueueNews>(),
            .. isNews ? [new QueueNews(eventId, null, "queueServing", serving)] : Array.Empty<QueueNews>(),
        ];
    }

    private static Task<long[]> EndOverdue(Session db, long eventId, DateTimeOffset now) =>
        db.QueryAsync<long>(
            """
            update queue_entry
            set    status = 'expired',
                   ended_at = @now
            where  event_id = @eventId
            and    status = 'processing'
            and    expires_at <= @now
            returning account_id
            """,
            new { eventId, now });

    /// <summary>Some of those who wait for what will not come.</summary>
    private static Task<int> SendHome(Session db, long eventId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update queue_entry
            set    status = 'expired',
                   ended_at = @now
            where  id = any(array(
                select   id
                from     queue_entry
                where    event_id = @eventId
                and      status = 'waiting'
                order by id
                limit    @most
                for update))
            """,
            new { eventId, now, most = QueuePolicy.MostEndedInATick });

    /// <summary>
    /// The lowest numbers that wait, as many as may be inside. It waits for somebody who is just leaving rather than going past: nobody is overtaken. Numbers become visible in their
    /// order, so none below the last that was called can still come.
    /// </summary>
    private static async Task<Admission[]> Admit(Session db, QueueRoom room, DateTimeOffset now) =>
        !room.IsCalling(now)
            ? []
            : await db.QueryAsync<Admission>(
                """
                with next as materialized (
                    select   id
                    from     queue_entry
                    where    event_id = @EventId
                    and      status = 'waiting'
                    and      number > @ServingNumber
                    order by number
                    limit    greatest(0, @BatchSize - (
                                 select count(*)
                                 from   queue_entry
                                 where  event_id = @EventId
                                 and    status = 'processing'))
                    for update
                )
                update queue_entry
                set    status = 'processing',
                       admitted_at = @now,
                       expires_at = date_trunc('second', @now, 'UTC') + make_interval(mins => @ProcessingMinutes),    -- it ends by the tick that is due then, not by the one after
                       batch_size = @BatchSize
                where  id = any(array(select id from next))    -- joined, an unknown number is planned as a walk through everybody who waits
                returning queue_entry.account_id, queue_entry.number, queue_entry.expires_at
                """,
                new { room.EventId, room.ServingNumber, room.BatchSize, room.ProcessingMinutes, now });

    /// <summary>What everybody who looks is told until the next tick.</summary>
    private static Task<int> Count(Session db, long eventId, Admission[] admitted, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update queue
            set    serving_number = greatest(serving_number, @called),
                   numbered_to = (
                       select last_number
                       from   queue_door
                       where  event_id = @eventId),
                   processing = (
                       select count(*)
                       from   queue_entry
                       where  event_id = @eventId
                       and    status = 'processing'),
                   recent_admissions = (
                       select count(*)
                       from   queue_entry
                       where  event_id = @eventId
                       and    admitted_at > @since)
            where  event_id = @eventId
            """,
            new { eventId, called = admitted.Select(next => next.Number).DefaultIfEmpty().Max(), since = now - QueuePolicy.RateWindow });

    /// <summary>False when the last message said the same.</summary>
    private static async Task<bool> Keep(Session db, QueueServing serving) =>
        await db.ExecuteAsync(
            """
            update queue
            set    told = @told
            where  event_id = @EventId
            and    told is distinct from @told
            """,
            new { serving.EventId, told = $"{serving.ServingNumber} {serving.Waiting} {serving.RatePerMinute} {serving.IsPaused}" }) == 1;

    /// <summary>The queue of a drained room. Whoever changes the event just now is not waited for, because they may wait for this room; the next tick does it then.</summary>
    private static Task<int> SwitchOff(Session db, long eventId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            with drained as (
                update event
                set    queue_enabled = false,
                       updated_at = @now
                where  id = (
                    select id
                    from   event
                    where  id = @eventId
                    for no key update skip locked)
                returning id
            ),
            quiet as (
                update queue
                set    is_paused = false,
                       processing = 0
                from   drained
                where  queue.event_id = drained.id
            )
            update queue_door
            set    is_draining = false
            from   drained
            where  queue_door.event_id = drained.id
            """,
            new { eventId, now });

    /// <param name="eventId">Whose room.</param>
    /// <param name="serving">The highest number called; null when it could not be found out.</param>
    private void CountStall(long eventId, long? serving)
    {
        var now = clock.GetUtcNow();
        var stall = stalls.AddOrUpdate(eventId, (now, serving ?? 0), (_, known) => serving > known.Serving ? (now, serving.Value) : known);
        measures.QueueStalled(eventId, now - stall.Since);
    }

    private QueueNews Told(Room room, long? accountId, string status, string message) =>
        new(room.EventId, accountId, "queueStatus", new QueueStatusChanged(room.EventId, status, message, $"{website.FrontendUrl}/events/{room.Slug}"));

    [LoggerMessage(LogLevel.Error, "The waiting room of event {EventId} could not be moved on; the next tick tries again.")]
    private static partial void LogFailure(ILogger logger, long eventId, Exception failure);

    private sealed record Room
    {
        public long EventId { get; init; }

        public string Slug { get; init; } = "";

        public bool IsDrawn { get; init; }
    }

    private sealed record Admission
    {
        public long AccountId { get; init; }

        public long Number { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }
    }
}
