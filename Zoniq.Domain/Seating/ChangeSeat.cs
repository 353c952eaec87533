using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>What is to be different about a seat.</summary>
public sealed record PatchSeat : Patch
{
    /// <summary>Another category of the same event.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? CategoryId { get; init; }

    [StringLength(20, MinimumLength = 1)]
    public string? SeatNumber { get; init; }

    [Clearable]
    [StringLength(10)]
    public string? RowName { get; init; }

    [Clearable]
    [StringLength(50)]
    public string? Section { get; init; }

    [Clearable]
    public int? PositionX { get; init; }

    [Clearable]
    public int? PositionY { get; init; }

    /// <summary>available or blocked.</summary>
    [AllowedValues(null, SeatStatus.Available, SeatStatus.Blocked, ErrorMessage = "must be available or blocked.")]
    public string? Status { get; init; }
}

/// <summary>Changing and removing single seats that nobody has.</summary>
public sealed class ChangeSeat(Database database, TimeProvider clock)
{
    /// <summary>
    /// Refuses a seat that is not there, that is sold or held, and a place that another seat has. To another category goes only a seat without
    /// tickets that no live cart has in a line, because both name the category it had.
    /// </summary>
    public async Task<Result<AdminSeat>> Change(Actor actor, long id, PatchSeat patch, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await Lock(db, id, patch.CategoryId, now) is not { } before)
        {
            return SeatingProblems.SeatNotFound;
        }

        var after = Merge(before, patch);
        if (after == before)
        {
            return before;
        }

        if (before.Status is SeatStatus.Locked or SeatStatus.Booked)
        {
            return SeatingProblems.SeatInUse;
        }

        if (after.CategoryId != before.CategoryId && await Move(db, before, after.CategoryId, now) is { } refusal)
        {
            return refusal;
        }

        if (await Write(db, after) == 0)
        {
            return SeatingProblems.SeatDuplicate;
        }

        await AuditLog.WriteAsync(db, actor, "update_seat", "seat", id, AuditLog.Changes(before, after), now);
        await db.CommitAsync();
        return after;
    }

    /// <summary>
    /// Refuses a seat that is not there, and one that is sold or held. With its last seat a category becomes one for standing places again, with none
    /// until an administrator enters how many.
    /// </summary>
    public async Task<Result<Done>> Delete(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await Lock(db, id, to: null, now) is not { } seat)
        {
            return SeatingProblems.SeatNotFound;
        }

        if (!await StockRemoval.OneAsync(db, id, now))
        {
            return SeatingProblems.SeatInUse;
        }

        await Leave(db, seat.CategoryId);
        await AuditLog.WriteAsync(
            db, actor, "delete_seat", "seat", id, new JsonObject { ["eventId"] = seat.EventId, ["categoryId"] = seat.CategoryId, ["seatLabel"] = seat.SeatLabel }, now);
        await db.CommitAsync();
        return Done.Well("Seat deleted successfully");
    }

    /// <summary>Who changes the stock of an event takes its row first; then no buyer can take the seat.</summary>
    private static async Task<AdminSeat?> Lock(Session db, long id, long? to, DateTimeOffset now)
    {
        await db.ExecuteAsync("select from event where id = (select event_id from seat where id = @id) for no key update", new { id });
        if (to is not null)
        {
            await LockBothCategories(db, id, to.Value, now);
        }

        return await db.QuerySingleOrDefaultAsync<AdminSeat>(
            $"""
            {AdminSeat.SelectSql}
            and    s.id = @id
            for    update
            """,
            new { id, now });
    }

    /// <summary>
    /// In id order: the categories as those take them who add up what was booked, then the seat and the standing places that make way for it as buyers take them.
    /// </summary>
    private static Task<int> LockBothCategories(Session db, long id, long to, DateTimeOffset now) =>
        db.ExecuteAsync(
            $"""
            select from seat_category
            where    event_id = (select event_id from seat where id = @id)
            and      (id = @to or id = (select category_id from seat where id = @id))
            order by id
            for no key update;

            select from seat s
            where    s.event_id = (select event_id from seat where id = @id)
            and      (s.id = @id or (s.category_id = @to and s.label is null and {StockRemoval.IsNobodysSql}))
            order by s.id
            for update;
            """,
            new { id, to, now });

    private static AdminSeat Merge(AdminSeat seat, PatchSeat patch)
    {
        var after = seat with
        {
            CategoryId = patch.CategoryId ?? seat.CategoryId,
            SeatNumber = patch.SeatNumber ?? seat.SeatNumber,
            RowName = patch.After(patch.RowName, seat.RowName),
            Section = patch.After(patch.Section, seat.Section),
            PositionX = patch.After(patch.PositionX, seat.PositionX),
            PositionY = patch.After(patch.PositionY, seat.PositionY),
            Status = patch.Status ?? seat.Status,
        };
        return after with { SeatLabel = SeatLabel.Of(after.Section, after.RowName, after.SeatNumber!) };
    }

    private static Task<int> Write(Session db, AdminSeat seat) =>
        db.ExecuteAsync(
            """
            update seat
            set    category_id = @CategoryId,
                   seat_number = @SeatNumber,
                   row_name = @RowName,
                   section = @Section,
                   label = @SeatLabel,
                   position_x = @PositionX,
                   position_y = @PositionY,
                   is_blocked = @isBlocked,
                   cart_id = null,
                   locked_until = null
            where  id = @Id
            and    not exists (
                select from seat as other
                where  other.event_id = @EventId
                and    coalesce(other.section, '') = coalesce(@Section, '')
                and    coalesce(other.row_name, '') = coalesce(@RowName, '')
                and    other.seat_number = @SeatNumber
                and    other.label is not null
                and    other.category_id is not null
                and    other.id <> @Id)
            """,
            new
            {
                seat.Id,
                seat.EventId,
                seat.CategoryId,
                seat.SeatNumber,
                seat.RowName,
                seat.Section,
                seat.SeatLabel,
                seat.PositionX,
                seat.PositionY,
                isBlocked = seat.Status == SeatStatus.Blocked,
            });

    private static async Task<Problem?> Move(Session db, AdminSeat seat, long to, DateTimeOffset now)
    {
        var target = await db.QuerySingleOrDefaultAsync<MoveTarget>(
            """
            select seating_type,
                   total_seats,
                   exists (select from ticket where seat_id = @Id)
                   or exists (
                       select from cart_item
                       join   cart on cart.id = cart_item.cart_id
                       where  cart_item.category_id = @CategoryId
                       and    @Id = any(cart_item.seat_ids)
                       and    cart.status = 'active'
                       and    cart.expires_at > @now) as is_named
            from   seat_category
            where  id = @to
            and    event_id = @EventId
            """,
            new { seat.Id, seat.EventId, seat.CategoryId, to, now });

        if (target is null)
        {
            return Problem.Validation("categoryId", "must be a category of the event.");
        }

        if (target.IsNamed)
        {
            return SeatingProblems.SeatInUse with { Detail = "A ticket or a cart names the seat with its category; delete it and add it to the other one instead." };
        }

        if (target.SeatingType == SeatCategory.General
            ? !await StockRemoval.StandingAsync(db, seat.EventId, to, now)
            : target.TotalSeats >= SeatingPolicy.MostPlaces)
        {
            return Problem.Validation("categoryId", "must be a category that has room for numbered seats.");
        }

        await Leave(db, seat.CategoryId);
        await db.ExecuteAsync(
            """
            update seat_category
            set    seating_type = 'assigned',
                   total_seats = case seating_type when 'assigned' then total_seats else 0 end + 1
            where  id = @to
            """,
            new { to });
        return null;
    }

    private static Task<int> Leave(Session db, long categoryId) =>
        db.ExecuteAsync(
            """
            update seat_category
            set    seating_type = case total_seats when 1 then 'general' else seating_type end,
                   total_seats = total_seats - 1
            where  id = @categoryId
            """,
            new { categoryId });

    private sealed record MoveTarget
    {
        public string SeatingType { get; init; } = "";

        public int TotalSeats { get; init; }

        public bool IsNamed { get; init; }
    }
}
