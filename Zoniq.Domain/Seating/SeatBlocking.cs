using System.Text.Json.Nodes;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Seating;

/// <summary>Taking seats out of sale and back, and ending locks. A buyer who wants the same seat at the same instant is either before or after.</summary>
public sealed class SeatBlocking(Database database, TimeProvider clock)
{
    /// <summary>Nobody can have the seat. One that is blocked stays so; refuses one that is sold or held.</summary>
    public async Task<Result<AdminSeat>> Block(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var blocked = await db.ExecuteAsync(
            $"""
            update seat s
            set    is_blocked = true,
                   cart_id = null,
                   locked_until = null
            where  s.id = @id
            and    s.label is not null
            and    s.category_id is not null
            and    {SeatStatus.IsFreeSql}
            """,
            new { id, now });

        return await Changed(db, actor, "block_seat", id, blocked, SeatStatus.Blocked, now);
    }

    /// <summary>The seat can be had again. One that is available stays so; refuses one that is sold or held.</summary>
    public async Task<Result<AdminSeat>> Unblock(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var unblocked = await db.ExecuteAsync(
            """
            update seat
            set    is_blocked = false
            where  id = @id
            and    label is not null
            and    category_id is not null
            and    is_blocked
            """,
            new { id });

        return await Changed(db, actor, "unblock_seat", id, unblocked, SeatStatus.Available, now);
    }

    /// <summary>
    /// Ends the lock as if it had run out, that is the lock of the whole line of the cart: the line stays and may take its seats again as long as nobody else has them.
    /// An available seat stays as it is; refuses one that is sold or blocked.
    /// </summary>
    public async Task<Result<AdminSeat>> Release(Actor actor, long id, CancellationToken cancellationToken)
    {
        var released = await TryRelease(actor, id, cancellationToken);

        // The seat changed hands while this waited for it: once more, for whoever has it now.
        return released is { Problem: null, Value.Status: SeatStatus.Locked } ? await TryRelease(actor, id, cancellationToken) : released;
    }

    private async Task<Result<AdminSeat>> TryRelease(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        // The seats before the line, as buyers do.
        var line = await db.QuerySingleOrDefaultAsync<ReleasedLine>(
            """
            with line as materialized (
                select line.id, line.cart_id, line.seat_ids
                from   seat
                join   cart_item line on line.cart_id = seat.cart_id and seat.id = any(line.seat_ids)
                where  seat.id = @id
                and    seat.label is not null
                and    seat.category_id is not null
                and    seat.locked_until > @now
            ),
            held as materialized (
                select   seat.id
                from     line
                join     seat on seat.id = any(line.seat_ids) and seat.cart_id = line.cart_id
                where    seat.locked_until > @now
                order by seat.id
                for update of seat
            ),
            freed as (
                update seat
                set    cart_id = null,
                       locked_until = null
                where  id in (select id from held)
                returning id
            )
            update cart_item
            set    locked_until = @now
            where  id = (select id from line)
            and    exists (select from freed where id = @id)
            returning cart_id, (select array_agg(id order by id) from freed) as seat_ids
            """,
            new { id, now });
        var seat = await SeatReader.Find(db, id, now);

        if (line is not null)
        {
            var changes = AuditLog.Changes(seat! with { Status = SeatStatus.Locked }, seat);
            changes["cartId"] = line.CartId;
            changes["seatIds"] = new JsonArray([.. line.SeatIds.Select(freed => JsonValue.Create(freed))]);
            await AuditLog.WriteAsync(db, actor, "force_release_seat", "seat", id, changes, now);
            await db.CommitAsync();
        }

        return seat switch
        {
            null => SeatingProblems.SeatNotFound,
            { Status: SeatStatus.Booked } => SeatingProblems.SeatBooked,
            { Status: SeatStatus.Blocked } => SeatingProblems.SeatBlocked,
            _ => seat,
        };
    }

    /// <summary>Clears locks that have run out, of places that nobody is deciding about. Nothing waits for it: such a place is free already.</summary>
    public async Task<LocksReleased> ReleaseExpired(Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var released = await SeatHolds.ReleaseLapsedAsync(db, endAfter: DateTimeOffset.UnixEpoch, atMost: null, now);

        if (released > 0)
        {
            await AuditLog.WriteAsync(db, actor, "release_expired_locks", "seat", null, new JsonObject { ["count"] = released }, now);
            await db.CommitAsync();
        }

        return new LocksReleased($"Released {released} expired seat {(released == 1 ? "lock" : "locks")}", released);
    }

    private static async Task<Result<AdminSeat>> Changed(Session db, Actor actor, string action, long id, int changed, string wanted, DateTimeOffset now)
    {
        var seat = await SeatReader.Find(db, id, now);

        if (changed == 0)
        {
            return seat switch
            {
                null => SeatingProblems.SeatNotFound,
                _ when seat.Status == wanted => seat,
                _ => SeatingProblems.SeatInUse,
            };
        }

        var before = seat! with { Status = wanted == SeatStatus.Blocked ? SeatStatus.Available : SeatStatus.Blocked };
        await AuditLog.WriteAsync(db, actor, action, "seat", id, AuditLog.Changes(before, seat), now);
        await db.CommitAsync();
        return seat;
    }

    private sealed record ReleasedLine
    {
        public long CartId { get; init; }

        public long[] SeatIds { get; init; } = [];
    }
}
