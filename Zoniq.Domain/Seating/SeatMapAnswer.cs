namespace Zoniq.Domain.Seating;

/// <summary>The seats of an event and who can have them, at most a second old.</summary>
public sealed record SeatMapAnswer
{
    public long EventId { get; init; }

    /// <summary>Never goes back; every change that is not in this answer has a version at least as high. It stands still while an older transaction is open.</summary>
    public long Version { get; init; }

    /// <summary>Everything, rather than only what changed.</summary>
    public bool Full { get; init; } = true;

    public SeatCategory[] Categories { get; init; } = [];

    /// <summary>By section, row and number, numbers as numbers. Standing places are never listed.</summary>
    public Seat[] Seats { get; init; } = [];

    public long[] RemovedSeatIds { get; init; } = [];

    public long TotalSeats { get; init; }

    public long AvailableSeats { get; init; }
}
