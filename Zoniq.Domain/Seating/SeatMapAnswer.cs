namespace Zoniq.Domain.Seating;

/// <summary>The seats of an event and who can have them, at most a second old.</summary>
public sealed record SeatMapAnswer
{
    public long EventId { get; init; }

    /// <summary>Grows with every change; everything that was committed before it is in this answer.</summary>
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
