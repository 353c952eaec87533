namespace Zoniq.Domain.Seating;

/// <summary>The seats of an event and who can have them, at most a second old.</summary>
public sealed record SeatMapAnswer
{
    public long EventId { get; init; }

    /// <summary>Every change that is not in this answer has a higher one. Changes within a second share one.</summary>
    public long Version { get; init; }

    /// <summary>Everything, rather than only what changed.</summary>
    public bool Full { get; init; } = true;

    /// <summary>In the order in which they are displayed.</summary>
    public SeatCategory[] Categories { get; init; } = [];

    /// <summary>By section, row and number, numbers as numbers. Standing places are never listed.</summary>
    public Seat[] Seats { get; init; } = [];

    /// <summary>Of what changed, the seats that are not on this map, or on this part of it.</summary>
    public long[] RemovedSeatIds { get; init; } = [];

    public long TotalSeats { get; init; }

    public long AvailableSeats { get; init; }
}
