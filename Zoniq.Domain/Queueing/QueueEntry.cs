using System.Text.Json.Serialization;

namespace Zoniq.Domain.Queueing;

/// <summary>Somebody's place in the waiting room of an event.</summary>
public sealed record QueueEntry : IAwaited
{
    public Guid QueueEntryId { get; init; }

    public long EventId { get; init; }

    /// <summary>waiting, processing (may buy), completed, expired or left.</summary>
    public string Status { get; init; } = "";

    /// <summary>1 is next; 0 while it is one's turn; null before the queue opens. Never grows.</summary>
    public long? Position { get; init; }

    /// <summary>How many are called before; null before the queue opens.</summary>
    public long? TotalAhead { get; init; }

    /// <summary>Given once, contiguous for each event; null until the next tick.</summary>
    public long? QueueNumber { get; init; }

    /// <summary>The highest number called so far.</summary>
    public long ServingNumber { get; init; }

    /// <summary>Whole minutes; null before the queue opens, while it is paused, and when booking is over.</summary>
    public int? EstimatedWaitMinutes { get; init; }

    public DateTimeOffset JoinedAt { get; init; }

    /// <summary>Until when one may buy; null before it is one's turn.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether one may buy now.</summary>
    public bool CanProceed { get; init; }

    [JsonIgnore]
    public TimeSpan? AskAgainIn => Status == "waiting" ? QueuePolicy.Tick : null;
}

/// <summary>How a waiting room stands.</summary>
public sealed record QueueStatus : IAwaited
{
    public long EventId { get; init; }

    public bool QueueEnabled { get; init; }

    /// <summary>Waiting and processing.</summary>
    public long TotalInQueue { get; init; }

    public long CurrentlyProcessing { get; init; }

    /// <summary>The highest number called so far.</summary>
    public long ServingNumber { get; init; }

    /// <summary>Admissions a minute.</summary>
    public decimal RatePerMinute { get; init; }

    /// <summary>Of somebody who joins now; null before the queue opens, while it is paused, and when booking is over.</summary>
    public int? EstimatedWaitMinutes { get; init; }

    /// <summary>Whether the queue is on and booking is open.</summary>
    public bool IsQueueActive { get; init; }

    public bool IsPaused { get; init; }

    [JsonIgnore]
    public TimeSpan? AskAgainIn => QueueEnabled ? QueuePolicy.Tick : null;
}
