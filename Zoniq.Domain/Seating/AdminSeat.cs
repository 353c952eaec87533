namespace Zoniq.Domain.Seating;

/// <summary>A numbered seat as administrators see it.</summary>
public sealed record AdminSeat
{
    public long Id { get; init; }

    public long EventId { get; init; }

    public long CategoryId { get; init; }

    public string? SeatNumber { get; init; }

    public string? RowName { get; init; }

    public string? Section { get; init; }

    /// <summary>available, locked, booked or blocked; see <see cref="SeatStatus"/>.</summary>
    public string Status { get; init; } = SeatStatus.Available;

    /// <summary>With a row <c>[section-]row+number</c>, such as <c>Floor-A1</c>; else the number.</summary>
    public string? SeatLabel { get; init; }

    public int? PositionX { get; init; }

    public int? PositionY { get; init; }
}

/// <summary>How many seats were made.</summary>
public sealed record SeatsCreated(string Message, int Count);
