using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>A price category as an administrator enters it.</summary>
public sealed record CreateSeatCategory
{
    [Required]
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }

    [StringLength(20_000)]
    public string? Description { get; init; }

    /// <summary>Rupees: nothing, or at least 1.00.</summary>
    [Required]
    [Price]
    public decimal? Price { get; init; }

    /// <summary>The capacity, as long as the category has no numbered seats; then their number counts.</summary>
    [Required]
    [Range(1, SeatingPolicy.MostPlaces)]
    public int? TotalSeats { get; init; }

    public int? DisplayOrder { get; init; }

    /// <summary>#3B82F6 when not given.</summary>
    [StringLength(10)]
    public string? ColorCode { get; init; }
}

/// <summary>What administrators do with price categories.</summary>
public sealed class SeatCategoryAdministration(Database database, TimeProvider clock)
{
    /// <summary>
    /// A category for standing places, all of them at once; it becomes one for numbered seats with its first numbered seat.
    /// Refuses an event that is not there and a name the event already has.
    /// </summary>
    public async Task<Result<SeatCategory>> Create(Actor actor, long eventId, CreateSeatCategory category, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var price = Money.FromRupees(category.Price!.Value)!.Value;
        await using var db = await database.BeginAsync(cancellationToken);

        // Who gives a category of the event a name waits for whoever else is giving one.
        await db.ExecuteAsync("select from event where id = @eventId for no key update", new { eventId });
        var created = await db.QuerySingleOrDefaultAsync<SeatCategory>(
            """
            with category as (
                insert into seat_category (event_id, name, description, price, total_seats, display_order, color_code, created_at)
                select e.id, @Name, nullif(@Description, ''), @price, @TotalSeats, coalesce(@DisplayOrder, 0), coalesce(nullif(@ColorCode, ''), @UsualColor), @now
                from   event e
                where  e.id = @eventId
                on conflict (event_id, lower(name)) do nothing
                returning *),
            places as (
                insert into seat (event_id, category_id)
                select event_id, id
                from   category, generate_series(1, total_seats))
            select id, event_id, name, description, price, total_seats, total_seats as available_seats,
                   seating_type, display_order, color_code, is_active, created_at
            from   category
            """,
            new { eventId, category.Name, category.Description, price, category.TotalSeats, category.DisplayOrder, category.ColorCode, SeatCategory.UsualColor, now });

        if (created is null)
        {
            return await KnownEvent.ExistsAsync(db, eventId) ? SeatingProblems.CategoryNameTaken : SeatingProblems.EventNotFound;
        }

        await AuditLog.WriteAsync(
            db,
            actor,
            "create_seat_category",
            "seat_category",
            created.Id,
            new JsonObject { ["eventId"] = eventId, ["name"] = created.Name, ["price"] = created.Price.Rupees, ["totalSeats"] = created.TotalSeats },
            now);
        await db.CommitAsync();
        return created;
    }

    /// <summary>All categories of an event, those that are not on sale too. Refuses an event that is not there.</summary>
    public async Task<Result<SeatCategory[]>> OfEvent(long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        var categories = await db.QueryAsync<SeatCategory>(
            $"""
            {SeatCategory.SelectSql}
            where    c.event_id = @eventId
            order by c.display_order, c.name, c.id
            """,
            new { eventId, now = clock.GetUtcNow() });

        return categories.Length > 0 || await KnownEvent.ExistsAsync(db, eventId) ? categories : SeatingProblems.EventNotFound;
    }
}
