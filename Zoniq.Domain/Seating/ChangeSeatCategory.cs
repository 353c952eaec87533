using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>What is to be different about a price category.</summary>
public sealed record PatchSeatCategory : Patch
{
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }

    [Clearable]
    [StringLength(20_000)]
    public string? Description { get; init; }

    /// <summary>Rupees: nothing, or at least 1.00. Carts and bookings keep the price they were made at.</summary>
    [Price]
    public decimal? Price { get; init; }

    /// <summary>The capacity of a category of standing places; not below what is sold and held.</summary>
    [Range(1, SeatingPolicy.MostPlaces)]
    public int? TotalSeats { get; init; }

    public int? DisplayOrder { get; init; }

    /// <summary>Empty for the usual #3B82F6.</summary>
    [StringLength(10)]
    public string? ColorCode { get; init; }

    /// <summary>Whether anything of it can be bought.</summary>
    public bool? IsActive { get; init; }
}

/// <summary>Changing and removing price categories, while people buy.</summary>
public sealed class ChangeSeatCategory(Database database, TimeProvider clock)
{
    /// <summary>
    /// Refuses a category that is not there, a name the event already has, another capacity for numbered seats, and a capacity below what is sold and held.
    /// </summary>
    public async Task<Result<SeatCategory>> Change(Actor actor, long id, PatchSeatCategory patch, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await Lock(db, id, now) is not { } before)
        {
            return SeatingProblems.CategoryNotFound;
        }

        var after = Merge(before, patch);
        if (after == before)
        {
            return before;
        }

        if (after.TotalSeats != before.TotalSeats && before.SeatingType == SeatCategory.Assigned)
        {
            return SeatingProblems.SeatsAssigned;
        }

        if (await Write(db, after) == 0)
        {
            return SeatingProblems.CategoryNameTaken;
        }

        if (await Resize(db, before, after.TotalSeats, now) is { } refusal)
        {
            return refusal;
        }

        await AuditLog.WriteAsync(db, actor, "update_seat_category", "seat_category", id, AuditLog.Changes(before, after), now);
        var changed = await Load(db, id, now);
        await db.CommitAsync();
        return changed!;
    }

    /// <summary>
    /// With its places. Refuses a category that is not there, and one of which anything is held or was ever sold: a booking, even one that was not paid, keeps it.
    /// Lines of carts whose lock has run out go with it.
    /// </summary>
    public async Task<Result<Done>> Delete(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await Lock(db, id, now) is not { } category)
        {
            return SeatingProblems.CategoryNotFound;
        }

        if (await WasSold(db, id) || await CountInUse(db, category, now) > 0 || !await Remove(db, id, now))
        {
            return SeatingProblems.CategoryHasSales;
        }

        await AuditLog.WriteAsync(
            db,
            actor,
            "delete_seat_category",
            "seat_category",
            id,
            new JsonObject { ["eventId"] = category.EventId, ["name"] = category.Name, ["totalSeats"] = category.TotalSeats },
            now);
        await db.CommitAsync();
        return Done.Well("Category deleted successfully");
    }

    /// <summary>Who changes the stock of an event takes its row first; buyers do not wait for these locks.</summary>
    private static async Task<SeatCategory?> Lock(Session db, long id, DateTimeOffset now)
    {
        await db.ExecuteAsync("select from event where id = (select event_id from seat_category where id = @id) for no key update", new { id });
        await db.ExecuteAsync("select from seat_category where id = @id for no key update", new { id });
        return await Load(db, id, now);
    }

    private static Task<SeatCategory?> Load(Session db, long id, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<SeatCategory>(
            $"""
            {SeatCategory.SelectSql}
            where c.id = @id
            """,
            new { id, now });

    private static SeatCategory Merge(SeatCategory category, PatchSeatCategory patch) => category with
    {
        Name = patch.Name ?? category.Name,
        Description = patch.After(patch.Description, category.Description),
        Price = patch.Price is { } price ? Money.FromRupees(price)!.Value : category.Price,
        TotalSeats = patch.TotalSeats ?? category.TotalSeats,
        DisplayOrder = patch.DisplayOrder ?? category.DisplayOrder,
        ColorCode = patch.ColorCode is "" ? SeatCategory.UsualColor : patch.ColorCode ?? category.ColorCode,
        IsActive = patch.IsActive ?? category.IsActive,
    };

    private static Task<int> Write(Session db, SeatCategory category) =>
        db.ExecuteAsync(
            """
            update seat_category
            set    name = @Name,
                   description = @Description,
                   price = @Price,
                   total_seats = @TotalSeats,
                   display_order = @DisplayOrder,
                   color_code = @ColorCode,
                   is_active = @IsActive
            where  id = @Id
            and    not exists (
                select from seat_category as other
                where  other.event_id = @EventId
                and    lower(other.name) = lower(@Name)
                and    other.id <> @Id)
            """,
            category);

    /// <summary>Adds or removes standing places, in one statement for any number.</summary>
    private static async Task<Problem?> Resize(Session db, SeatCategory category, int capacity, DateTimeOffset now)
    {
        if (capacity > category.TotalSeats)
        {
            await db.ExecuteAsync(
                """
                insert into seat (event_id, category_id)
                select @EventId, @Id
                from   generate_series(1, @more)
                """,
                new { category.EventId, category.Id, more = capacity - category.TotalSeats });
        }

        var surplus = category.TotalSeats - capacity;
        return surplus > 0 && await StockRemoval.StandingAsync(db, category.Id, surplus, now) < surplus
            ? SeatingProblems.CapacityAtLeast(await CountInUse(db, category, now))
            : null;
    }

    private static Task<long> CountInUse(Session db, SeatCategory category, DateTimeOffset now) =>
        db.QuerySingleAsync<long>(
            $"""
            select count(*)
            from   seat s
            where  s.event_id = @EventId
            and    s.category_id = @Id
            and    not ({StockRemoval.IsNobodysSql})
            """,
            new { category.EventId, category.Id, now });

    private static Task<bool> WasSold(Session db, long id) =>
        db.QuerySingleAsync<bool>("select exists (select from ticket where category_id = @id)", new { id });

    private static async Task<bool> Remove(Session db, long id, DateTimeOffset now)
    {
        // The places before the lines, as buyers do: whoever is adding one is done before, or finds it gone.
        // Changes to add up there are none without a ticket; looking for them would mean to wait for those who add up, and they wait for the category.
        await StockRemoval.AllAsync(db, [id], now);
        await db.ExecuteAsync("delete from cart_item where category_id = @id", new { id });
        return await db.ExecuteAsync(
            """
            delete from seat_category
            where  id = @id
            and    not exists (select from seat where seat.event_id = seat_category.event_id and seat.category_id = @id)
            and    not exists (select from ticket where ticket.category_id = @id)
            """,
            new { id }) == 1;
    }
}
