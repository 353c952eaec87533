namespace Zoniq.Domain.Seating;

/// <summary>Refusals about seat categories and places.</summary>
public static class SeatingProblems
{
    public static readonly Problem EventNotFound =
        new("event.not_found", ProblemKind.NotFound, "There is no such event.");

    public static readonly Problem CategoryNotFound =
        new("category.not_found", ProblemKind.NotFound, "There is no such seat category for this event.");

    public static readonly Problem SeatNotFound =
        new("seat.not_found", ProblemKind.NotFound, "There is no such seat in this category.");

    public static readonly Problem SeatTaken =
        new("seat.taken", ProblemKind.Conflict, "A seat has just been taken by someone else.");

    public static readonly Problem SoldOut =
        new("category.sold_out", ProblemKind.Conflict, "There are not enough places left in this category.");

    public static readonly Problem SeatDuplicate =
        new("seat.duplicate", ProblemKind.Conflict, "A seat with the same section, row and number already exists.");

    public static readonly Problem SeatInUse =
        new("seat.in_use", ProblemKind.Conflict, "The seat is held or sold.");

    public static readonly Problem SeatBooked =
        new("seat.booked", ProblemKind.Conflict, "The seat is sold.");

    public static readonly Problem SeatBlocked =
        new("seat.blocked", ProblemKind.Conflict, "The seat is blocked.");

    public static readonly Problem SeatsAssigned =
        new("category.seats_assigned", ProblemKind.Conflict, "The category has numbered seats, and their number is its capacity.");

    public static readonly Problem BelowSold =
        new("category.below_sold", ProblemKind.Conflict, "More places than that are sold or held.");

    public static readonly Problem CategoryNameTaken =
        new("category.name_taken", ProblemKind.Conflict, "This event already has a category with that name.");

    public static readonly Problem CategoryHasSales =
        new("category.has_sales", ProblemKind.Conflict, "Places of this category are already sold or held.");

    /// <summary>The refusal that names the seats somebody else was faster with (member <c>seats</c>).</summary>
    public static Problem SeatsTaken(TakenSeat[] seats) => seats switch
    {
        [] => SeatTaken.With("seats", seats),
        [var only] => (SeatTaken with { Detail = $"Seat {only.SeatLabel} has just been taken by someone else." }).With("seats", seats),
        _ => (SeatTaken with { Detail = $"Seats {string.Join(", ", seats.Select(seat => seat.SeatLabel))} have just been taken by someone else." }).With("seats", seats),
    };

    /// <summary>The refusal that says how many places are left (member <c>available</c>).</summary>
    public static Problem OnlyLeft(string categoryName, long available) =>
        (SoldOut with
        {
            Detail = available switch
            {
                0 => $"{categoryName} is sold out.",
                1 => $"Only one place is left in {categoryName}.",
                _ => $"Only {available} places are left in {categoryName}.",
            },
        }).With("available", available);

    /// <summary>The refusal of a capacity below what is sold and held (member <c>minimum</c>).</summary>
    public static Problem CapacityAtLeast(long minimum) =>
        (BelowSold with { Detail = $"{minimum} places are sold or held, so the capacity cannot be lower." }).With("minimum", minimum);

    /// <summary>The refusal at checkout, when a hold had lapsed and others took the places (member <c>categories</c>).</summary>
    public static Problem LostAtCheckout(SoldOutCategory[] categories) => SoldOut.With("categories", categories);
}

/// <summary>A category of which fewer places are left than a cart wants.</summary>
public sealed record SoldOutCategory
{
    public long SeatCategoryId { get; init; }

    public int Requested { get; init; }

    public int Available { get; init; }
}

/// <summary>A seat somebody else has taken.</summary>
public sealed record TakenSeat
{
    public long SeatId { get; init; }

    public string? SeatLabel { get; init; }
}
