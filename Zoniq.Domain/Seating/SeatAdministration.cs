using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>One numbered seat as an administrator enters it.</summary>
public sealed record CreateSeat
{
    [Required]
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? CategoryId { get; init; }

    [Required]
    [StringLength(20, MinimumLength = 1)]
    public string? SeatNumber { get; init; }

    [StringLength(10)]
    public string? RowName { get; init; }

    [StringLength(50)]
    public string? Section { get; init; }

    public int? PositionX { get; init; }

    public int? PositionY { get; init; }
}

/// <summary>A block of rows with the same number of seats.</summary>
public sealed record CreateSeats
{
    [Required]
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? CategoryId { get; init; }

    [StringLength(50)]
    public string? Section { get; init; }

    /// <summary>1 to 100 different names.</summary>
    [Required]
    [Length(1, 100)]
    [RowNames]
    public string[]? Rows { get; init; }

    [Required]
    [Range(1, 100)]
    public int? SeatsPerRow { get; init; }
}

/// <summary>What administrators do with numbered seats.</summary>
public sealed class SeatAdministration(Database database, TimeProvider clock)
{
    /// <summary>Refuses an event or category that is not there, a place that exists, and a category whose standing places were sold or are held.</summary>
    public async Task<Result<AdminSeat>> Create(Actor actor, long eventId, CreateSeat seat, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await MakeRoom(db, eventId, seat.CategoryId!.Value, 1, now) is { } refusal)
        {
            return refusal;
        }

        var planned = await Placed(db, eventId, new PlannedSeat(seat.Section, seat.RowName, seat.SeatNumber!, seat.PositionX, seat.PositionY));
        if (await Insert(db, eventId, seat.CategoryId.Value, [planned]) is not [var created])
        {
            return SeatingProblems.SeatDuplicate;
        }

        await AuditLog.WriteAsync(
            db, actor, "create_seat", "seat", created.Id, new JsonObject { ["eventId"] = eventId, ["categoryId"] = created.CategoryId, ["seatLabel"] = created.SeatLabel }, now);
        await db.CommitAsync();
        return created;
    }

    /// <summary>All of the seats or none, in one statement; refuses like <see cref="Create"/>.</summary>
    public async Task<Result<SeatsCreated>> CreateMany(Actor actor, long eventId, CreateSeats block, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var planned = block.Rows!
            .SelectMany((row, index) => Enumerable.Range(1, block.SeatsPerRow!.Value).Select(number => new PlannedSeat(block.Section, row.Trim(), $"{number}", number - 1, index)))
            .ToArray();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await MakeRoom(db, eventId, block.CategoryId!.Value, planned.Length, now) is { } refusal)
        {
            return refusal;
        }

        if ((await Insert(db, eventId, block.CategoryId.Value, planned)).Length < planned.Length)
        {
            return SeatingProblems.SeatDuplicate;
        }

        var details = new JsonObject
        {
            ["eventId"] = eventId,
            ["categoryId"] = block.CategoryId,
            ["section"] = block.Section,
            ["rows"] = new JsonArray([.. block.Rows!.Select(row => JsonValue.Create(row.Trim()))]),
            ["seatsPerRow"] = block.SeatsPerRow,
            ["count"] = planned.Length,
        };
        await AuditLog.WriteAsync(db, actor, "bulk_create_seats", "seat", null, details, now);
        await db.CommitAsync();
        return new SeatsCreated($"{planned.Length} seats created successfully", planned.Length);
    }

    /// <summary>
    /// Where it was not said: as a block would have put it, number − 1 across, on the line of its row; a number that is none goes behind
    /// the last seat of its row, and a new row behind the last one of its section. With the event locked, so that no two get the same place.
    /// </summary>
    private static async Task<PlannedSeat> Placed(Session db, long eventId, PlannedSeat seat)
    {
        if (seat is { X: not null, Y: not null })
        {
            return seat;
        }

        var house = await db.QuerySingleAsync<Geometry>(
            """
            select max(position_x) filter (where row_name is not distinct from @Row) as last_in_row,
                   min(position_y) filter (where row_name is not distinct from @Row) as row_line,
                   max(position_y) as last_line
            from   seat
            where  event_id = @eventId
            and    category_id is not null
            and    label is not null
            and    section is not distinct from @Section
            """,
            new { eventId, seat.Section, seat.Row });
        var number = int.TryParse(seat.Number, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) && whole > 0 ? whole - 1 : (int?)null;
        return seat with { X = seat.X ?? number ?? Behind(house.LastInRow), Y = seat.Y ?? house.RowLine ?? Behind(house.LastLine) };
    }

    /// <summary>Behind the last place there is nothing.</summary>
    private static int Behind(int? last) => last is { } place ? Math.Min(place, int.MaxValue - 1) + 1 : 0;

    /// <summary>Locks the event and the category, which afterwards has no standing places. Says why not.</summary>
    private static async Task<Problem?> MakeRoom(Session db, long eventId, long categoryId, int seats, DateTimeOffset now)
    {
        // Who changes the stock of an event takes its row first: two blocks that overlap then meet here and not in the middle.
        // Selling does not wait for this lock.
        var isThere = await db.QuerySingleOrDefaultAsync<long?>("select id from event where id = @eventId for no key update", new { eventId });
        if (isThere is null)
        {
            return SeatingProblems.EventNotFound;
        }

        var category = await db.QuerySingleOrDefaultAsync<SeatCategory>(
            """
            select seating_type, total_seats
            from   seat_category
            where  id = @categoryId
            and    event_id = @eventId
            for    no key update
            """,
            new { categoryId, eventId });
        if (category is null)
        {
            return SeatingProblems.CategoryNotFound;
        }

        if (category.SeatingType == SeatCategory.General && !await StockRemoval.StandingAsync(db, eventId, categoryId, now))
        {
            return SeatingProblems.CategoryHasSales;
        }

        return category.SeatingType == SeatCategory.Assigned && category.TotalSeats + seats > SeatingPolicy.MostPlaces
            ? Problem.Validation("categoryId", $"would have more than {SeatingPolicy.MostPlaces} seats.")
            : null;
    }

    /// <summary>Those that were not there; with fewer than planned nothing may be committed.</summary>
    private static Task<AdminSeat[]> Insert(Session db, long eventId, long categoryId, PlannedSeat[] seats) =>
        db.QueryAsync<AdminSeat>(
            """
            with added as (
                insert into seat (event_id, category_id, label, section, row_name, seat_number, position_x, position_y)
                select   @eventId, @categoryId, label, section, row_name, seat_number, x, y
                from     unnest(@labels, @sections, @rows, @numbers, @xs, @ys) with ordinality as planned (label, section, row_name, seat_number, x, y, place)
                order by place
                on conflict do nothing
                returning *),
            house as (
                update seat_category
                set    seating_type = 'assigned',
                       total_seats = case seating_type when 'assigned' then total_seats else 0 end + (select count(*) from added)
                where  id = @categoryId)
            select id, event_id, category_id, seat_number, row_name, section, 'available' as status, label as seat_label, position_x, position_y
            from   added
            """,
            new
            {
                eventId,
                categoryId,
                labels = Array.ConvertAll(seats, seat => seat.Label),
                sections = Array.ConvertAll(seats, seat => seat.Section),
                rows = Array.ConvertAll(seats, seat => seat.Row),
                numbers = Array.ConvertAll(seats, seat => seat.Number),
                xs = Array.ConvertAll(seats, seat => seat.X),
                ys = Array.ConvertAll(seats, seat => seat.Y),
            });

    private sealed record Geometry
    {
        public int? LastInRow { get; init; }

        public int? RowLine { get; init; }

        public int? LastLine { get; init; }
    }

    private sealed record PlannedSeat(string? Section, string? Row, string Number, int? X, int? Y)
    {
        public string? Section { get; } = string.IsNullOrEmpty(Section) ? null : Section;

        public string? Row { get; } = string.IsNullOrEmpty(Row) ? null : Row;

        public string Label => SeatLabel.Of(Section, Row, Number);
    }
}
