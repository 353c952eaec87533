using Zoniq.Domain.Catalogue;

namespace Zoniq.Domain.Queueing;

/// <summary>What is the same for everybody in a waiting room, as one statement read it.</summary>
internal sealed record QueueRoom
{
    public long EventId { get; init; }

    public string Status { get; init; } = "";

    public DateTimeOffset BookingStartDate { get; init; }

    public DateTimeOffset BookingEndDate { get; init; }

    public bool QueueEnabled { get; init; }

    public int BatchSize { get; init; }

    public int ProcessingMinutes { get; init; }

    /// <summary>Whether it has rows of its own; the first who needs them makes them.</summary>
    public bool IsPrepared { get; init; }

    public long ServingNumber { get; init; }

    public long NumberedTo { get; init; }

    public bool IsPaused { get; init; }

    public bool IsDraining { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public long LastNumber { get; init; }

    public int RecentAdmissions { get; init; }

    /// <summary>How many were inside after the last tick.</summary>
    public int Processing { get; init; }

    /// <summary>One row, or none when the public knows of no such event; for <c>@eventId</c>.</summary>
    public const string Sql =
        """
        select event.id as event_id,
               event.status,
               event.booking_start_date,
               event.booking_end_date,
               event.queue_enabled,
               event.queue_batch_size as batch_size,
               event.queue_processing_minutes as processing_minutes,
               queue.event_id is not null as is_prepared,
               coalesce(queue.serving_number, 0) as serving_number,
               coalesce(queue.numbered_to, 0) as numbered_to,
               coalesce(queue.is_paused, false) as is_paused,
               coalesce(queue.recent_admissions, 0) as recent_admissions,
               coalesce(queue.processing, 0) as processing,
               coalesce(door.is_draining, false) as is_draining,
               door.opened_at,
               coalesce(door.last_number, 0) as last_number
        from   event
        left join queue on queue.event_id = event.id
        left join queue_door as door on door.event_id = event.id
        where  event.id = @eventId
        and    event.status in ('published', 'completed')
        """;

    /// <summary>Admissions a minute: of the last minutes, and before there are any, as many as can be.</summary>
    public decimal RatePerMinute => Rate(RecentAdmissions, BatchSize, ProcessingMinutes);

    /// <summary>Nobody is called before booking begins, also when that was put off after the queue had opened, while it is paused, or when booking is over.</summary>
    public bool IsCalling(DateTimeOffset now) => BookingStartDate <= now && !IsPaused && !IsOver(now);

    public bool IsOver(DateTimeOffset now) => Status != EventStatus.Published || BookingEndDate < now;

    /// <summary>Why nobody can join now; null when they can.</summary>
    public Problem? WhyShut(DateTimeOffset now) => this switch
    {
        { QueueEnabled: false } => QueueProblems.NotEnabled,
        _ when IsOver(now) => CatalogueProblems.BookingClosed,
        { IsDraining: true } => QueueProblems.Closed,
        _ => null,
    };

    /// <summary>Whole minutes until the person at this position is called; null when nobody is being called.</summary>
    public int? WaitAt(long position, DateTimeOffset now) =>
        IsCalling(now) ? Wait(position, Math.Max(0, BatchSize - Processing), RatePerMinute) : null;

    /// <summary>Of somebody who joins now.</summary>
    public int? WaitForNewcomer(DateTimeOffset now) => WaitAt(LastNumber - ServingNumber + 1, now);

    public static decimal Rate(int recentAdmissions, int batchSize, int processingMinutes) =>
        Math.Round(recentAdmissions > 0 ? recentAdmissions / (decimal)QueuePolicy.RateWindow.TotalMinutes : (decimal)batchSize / processingMinutes, 2);

    private static int Wait(long position, int freeSlots, decimal ratePerMinute) =>
        position <= freeSlots ? 0 : (int)Math.Min(int.MaxValue, Math.Ceiling(position / Math.Max(ratePerMinute, 0.01m)));
}
