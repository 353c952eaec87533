namespace Zoniq.Domain.Seating;

/// <summary>A numbered seat on the map.</summary>
public sealed record Seat
{
    public long Id { get; init; }

    public long CategoryId { get; init; }

    /// <summary>What is printed on the ticket: <c>Floor-A1</c>.</summary>
    public string? SeatLabel { get; init; }

    public string? RowName { get; init; }

    public string? Section { get; init; }

    /// <summary>available, locked, booked or blocked; see <see cref="SeatStatus"/>.</summary>
    public string Status { get; init; } = SeatStatus.Available;

    public int? PositionX { get; init; }

    public int? PositionY { get; init; }

    internal string? SeatNumber { get; init; }
}

/// <summary>What can be said of a place at a moment. None of it is stored: it follows from who has the place, and until when.</summary>
public static class SeatStatus
{
    public const string Available = "available";

    public const string Locked = "locked";

    public const string Booked = "booked";

    public const string Blocked = "blocked";

    /// <summary>An expression over the alias <c>s</c> of table seat and <c>@now</c>: a hold that has run out is no hold.</summary>
    public const string Sql =
        """
        case
            when s.booking_id is not null then 'booked'
            when s.is_blocked then 'blocked'
            when s.cart_id is not null and s.locked_until > @now then 'locked'
            else 'available'
        end
        """;

    /// <summary>A condition over the alias <c>s</c> of table seat and <c>@now</c>: the place can be put into a cart.</summary>
    public const string IsFreeSql =
        "s.booking_id is null and not s.is_blocked and (s.cart_id is null or s.locked_until <= @now)";
}
