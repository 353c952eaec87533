namespace Zoniq.Domain.Seating;

/// <summary>What has become of places since the version before, for those who look at the map of an event. Whoever misses a version reads the difference.</summary>
public sealed record SeatsChanged
{
    public long EventId { get; init; }

    /// <summary>One more than that of the message before.</summary>
    public long Version { get; init; }

    /// <summary>A seat that is not on the map any more is blocked.</summary>
    public ChangedSeat[] Seats { get; init; } = [];

    /// <summary>A category that is not on sale any more has nothing left.</summary>
    public ChangedCategory[] Categories { get; init; } = [];
}

/// <summary>Who can have a numbered seat now; see <see cref="SeatStatus"/>.</summary>
public sealed record ChangedSeat(long Id, string Status);

/// <summary>Places of a category that can be put into a cart now.</summary>
public sealed record ChangedCategory(long Id, long AvailableSeats);
