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
    /// Ends a cart's lock as if it had run out: the line stays in the cart and may take the seat again as long as nobody else has it.
    /// An available seat stays as it is; refuses one that is sold or blocked.
    /// </summary>
    public async Task<Result<AdminSeat>> Release(Actor actor, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        // The seat before the line, as buyers do.
        var cartId = await db.QuerySingleOrDefaultAsync<long?>(
            """
            select cart_id
            from   seat
            where  id = @id
            and    label is not null
            and    category_id is not null
            and    locked_until > @now
            for    update
            """,
            new { id, now });

        if (cartId is not null)
        {
            await db.ExecuteAsync(
                """
                with freed as (
                    update seat
                    set    cart_id = null,
                           locked_until = null
                    where  id = @id
                )
                update cart_item
                set    locked_until = @now
                where  cart_id = @cartId
                and    @id = any(seat_ids)
                and    locked_until > @now
                """,
                new { id, cartId, now });
            var released = await SeatReader.Find(db, id, now);
            var changes = AuditLog.Changes(released! with { Status = SeatStatus.Locked }, released);
            changes["cartId"] = cartId;
            await AuditLog.WriteAsync(db, actor, "force_release_seat", "seat", id, changes, now);
            await db.CommitAsync();
            return released;
        }

        return await SeatReader.Find(db, id, now) switch
        {
            null => SeatingProblems.SeatNotFound,
            { Status: SeatStatus.Booked } => SeatingProblems.SeatBooked,
            { Status: SeatStatus.Blocked } => SeatingProblems.SeatBlocked,
            { } seat => seat,
        };
    }

    /// <summary>Clears locks that have run out, of places that nobody is deciding about. Nothing waits for it: such a place is free already.</summary>
    public async Task<LocksReleased> ReleaseExpired(Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var released = await db.ExecuteAsync(
            """
            update seat
            set    cart_id = null,
                   locked_until = null
            where  id = any(array(
                select   seat.id
                from     cart
                join     cart_item on cart_item.cart_id = cart.id
                cross join lateral unnest(cart_item.seat_ids) as wanted (id)
                join     seat on seat.id = wanted.id and seat.cart_id = cart.id
                where    not cart.is_cleared
                and      seat.locked_until <= @now
                order by seat.id
                for update of seat skip locked))
            """,
            new { now });

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
}
