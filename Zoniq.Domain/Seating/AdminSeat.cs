using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Seating;

/// <summary>A numbered seat as administrators see it.</summary>
public sealed record AdminSeat
{
    /// <summary>Everything up to further conditions, for the alias <c>s</c> of table seat and <c>@now</c>. Standing places are no seats, and neither are those out of stock.</summary>
    internal const string SelectSql =
        $"""
        select s.id, s.event_id, s.category_id, s.seat_number, s.row_name, s.section, {SeatStatus.Sql} as status, s.label as seat_label, s.position_x, s.position_y
        from   seat s
        where  s.label is not null
        and    s.category_id is not null
        """;

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

/// <summary>What stands on the ticket.</summary>
internal static class SeatLabel
{
    public static string Of(string? section, string? row, string number) => (section, row) switch
    {
        (_, null) => number,
        (null, _) => $"{row}{number}",
        _ => $"{section}-{row}{number}",
    };
}

/// <summary>How many seats were made.</summary>
public sealed record SeatsCreated(string Message, int Count);

/// <summary>How many numbered seats of an event are in which state.</summary>
public sealed record SeatCounts
{
    public long Available { get; init; }

    public long Locked { get; init; }

    public long Booked { get; init; }

    public long Blocked { get; init; }
}

/// <summary>How many locks were cleared that had run out.</summary>
public sealed record LocksReleased(string Message, int Count);

/// <summary>Which seats of an event somebody wants to see.</summary>
public sealed record AdminSeatFilter
{
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? CategoryId { get; init; }

    /// <summary>available, locked, booked or blocked.</summary>
    [AllowedValues(null, SeatStatus.Available, SeatStatus.Locked, SeatStatus.Booked, SeatStatus.Blocked, ErrorMessage = "must be available, locked, booked or blocked.")]
    public string? Status { get; init; }
}
