using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Says beforehand what checkout would say; changes nothing.</summary>
public sealed class CartValidation(Database database, TimeProvider clock)
{
    public async Task<CartCheck> Check(long accountId, CartFilter filter, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);

        var cart = await db.QuerySingleOrDefaultAsync<CartState>(
            """
            select   cart.id,
                     cart.expires_at > @now as is_live,
                     event.status = 'published' and event.booking_start_date <= @now and event.booking_end_date >= @now as is_open
            from     cart
            join     event on event.id = cart.event_id
            where    cart.account_id = @accountId
            and      cart.status in ('active', 'expired')
            and      (@EventId::bigint is null or cart.event_id = @EventId)
            order by cart.status, cart.expires_at > @now desc, cart.updated_at desc
            limit    1
            """,
            new { accountId, filter.EventId, now });

        if (cart is null)
        {
            return Invalid("No active cart found");
        }

        if (!cart.IsLive)
        {
            return Invalid("Cart has expired");
        }

        var lines = await db.QueryAsync<LineState>(
            $"""
            select   c.name,
                     c.seating_type = 'assigned' as is_assigned,
                     item.quantity,
                     count(*) filter (where mine.is_held) as held,
                     count(*) filter (where mine.is_held or mine.is_free) as obtainable,
                     others.mine + others.free - case when {KeptPlaces.CategoryIsAwaitedSql} then seats_kept(c.id, others.free, @now) else 0 end as available
            from     cart_item as item
            join     seat_category as c on c.id = item.category_id
            cross join lateral (
                select count(*) filter (where cart_id = item.cart_id) as mine,
                       count(*) filter (where cart_id is distinct from item.cart_id) as free
                from   seat
                where  category_id = c.id
                and    booking_id is null
                and    not is_blocked
                and    (cart_id is null or locked_until <= @now or cart_id = item.cart_id)) as others
            cross join lateral unnest(item.seat_ids) as wanted (id)
            left join seat on seat.id = wanted.id    -- an administrator may have taken it away
            cross join lateral (
                select seat.cart_id is not distinct from item.cart_id and seat.locked_until > @now as is_held,
                       seat.booking_id is null and not seat.is_blocked
                       and (seat.cart_id is null or seat.cart_id = item.cart_id or seat.locked_until <= @now) as is_free) as mine
            where    item.cart_id = @Id
            group by c.id, item.id, others.mine, others.free
            order by item.id
            """,
            new { cart.Id, now });

        string[] errors =
        [
            .. lines.Length == 0 ? ["Cart is empty"] : Array.Empty<string>(),
            .. cart.IsOpen ? Array.Empty<string>() : ["Booking is no longer open for this event"],
            .. lines.Where(line => line.IsAssigned && line.Obtainable < line.Quantity).Select(_ => "Seat has been taken by another user"),
            .. lines.Where(line => !line.IsAssigned && line.Available < line.Quantity).Select(line => $"Only {line.Available} seats available in {line.Name}"),
        ];
        var lapsed = lines.Any(line => line.Held < line.Quantity && (line.IsAssigned ? line.Obtainable : line.Available) >= line.Quantity);

        return new CartCheck
        {
            IsValid = errors.Length == 0,
            Errors = errors,
            Warnings = lapsed ? ["Seat lock expired, re-locking required"] : [],
        };
    }

    private static CartCheck Invalid(string error) => new() { Errors = [error] };

    private sealed record CartState
    {
        public long Id { get; init; }

        public bool IsLive { get; init; }

        public bool IsOpen { get; init; }
    }

    private sealed record LineState
    {
        public string Name { get; init; } = "";

        public bool IsAssigned { get; init; }

        public int Quantity { get; init; }

        public long Held { get; init; }

        public long Obtainable { get; init; }

        public long Available { get; init; }
    }
}
