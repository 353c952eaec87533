namespace Zoniq.Domain.Queueing;

/// <summary>What those who wait are told when it happens. Whoever misses it reads the same facts when they ask.</summary>
/// <param name="EventId">Of which waiting room.</param>
/// <param name="AccountId">Whom it is for; null for everybody who waits there.</param>
/// <param name="Target">The client's method.</param>
/// <param name="Payload">One of the records below.</param>
public sealed record QueueNews(long EventId, long? AccountId, string Target, object Payload);

/// <summary>Who is being served; the own wait is (queueNumber − servingNumber) ÷ ratePerMinute, rounded up.</summary>
public sealed record QueueServing
{
    public long EventId { get; init; }

    public long ServingNumber { get; init; }

    public long Waiting { get; init; }

    public decimal RatePerMinute { get; init; }

    /// <summary>Of somebody who joins now; null while nobody is called.</summary>
    public int? EstimatedWaitMinutes { get; init; }

    public bool IsPaused { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>It is one's turn.</summary>
public sealed record QueueAdmitted(long EventId, DateTimeOffset ExpiresAt);

/// <summary>Something became of one's place.</summary>
public sealed record QueueStatusChanged(long EventId, string Status, string Message, string? RedirectUrl);
