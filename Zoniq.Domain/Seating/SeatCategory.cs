namespace Zoniq.Domain.Seating;

/// <summary>Places of one event at one price.</summary>
public sealed record SeatCategory
{
    /// <summary>Numbered seats that the buyer picks.</summary>
    public const string Assigned = "assigned";

    /// <summary>Standing places, sold by number.</summary>
    public const string General = "general";

    /// <summary>When none is entered.</summary>
    internal const string UsualColor = "#3B82F6";

    /// <summary>Everything up to the where clause, for the alias <c>c</c> of table seat_category and <c>@now</c>.</summary>
    internal const string SelectSql =
        $"""
        select     c.id, c.event_id, c.name, c.description, c.price, c.total_seats, free.places as available_seats, kept.places as kept,
                   c.seating_type, c.display_order, c.color_code, c.is_active, c.created_at
        from       seat_category c
        {Availability.CountedSql}
        """;

    public long Id { get; init; }

    public long EventId { get; init; }

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    /// <summary>Nothing, or at least one rupee.</summary>
    public Money Price { get; init; }

    /// <summary>The listed seats of an assigned category, the entered capacity of a general one.</summary>
    public int TotalSeats { get; init; }

    /// <summary>Places that can be put into a cart now.</summary>
    public long AvailableSeats { get; init; }

    /// <summary>assigned once it has a listed seat, otherwise general.</summary>
    public string SeatingType { get; init; } = General;

    public int DisplayOrder { get; init; }

    /// <summary>For the seat map, such as #3B82F6.</summary>
    public string? ColorCode { get; init; }

    public bool IsActive { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Free, but for those on the waiting list.</summary>
    internal long Kept { get; init; }
}
