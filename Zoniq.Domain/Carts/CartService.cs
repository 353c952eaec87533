using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>A buyer's cart: what it holds is theirs until the cart expires.</summary>
public sealed class CartService(Database database, TimeProvider clock, CartPolicy policy)
{
    /// <summary>The active cart of the event, or a new one.</summary>
    public async Task<Result<Cart>> Open(long accountId, OpenCart request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var eventId = request.EventId!.Value;
        await using var db = await database.BeginAsync(cancellationToken);

        var facts = await db.QuerySingleOrDefaultAsync<EventFacts>(
            """
            select booking_start_date <= @now and booking_end_date >= @now and status = 'published' as is_open
            from   event
            where  id = @eventId
            and    status in ('published', 'completed')
            """,
            new { eventId, now });

        if (facts is null)
        {
            return CatalogueProblems.EventNotFound;
        }

        if (!facts.IsOpen)
        {
            return CatalogueProblems.BookingClosed;
        }

        var cartId = await OpenCart(db, accountId, eventId, now, extend: false);
        var cart = await CartReader.Load(db, cartId);
        await db.CommitAsync();
        return cart;
    }

    /// <summary>Holds the places and puts them into the cart: all of them or none.</summary>
    public async Task<Result<Cart>> AddItem(long accountId, AddCartItem item, CancellationToken cancellationToken)
    {
        var result = await TryAddItem(accountId, item, lastWord: false, cancellationToken);

        // Standing places looked sold out, but some were only being decided about: ask again, waiting for those decisions.
        return result.Problem?.Code == SeatingProblems.SoldOut.Code
            ? await TryAddItem(accountId, item, lastWord: true, cancellationToken)
            : result;
    }

    private async Task<Result<Cart>> TryAddItem(long accountId, AddCartItem item, bool lastWord, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (eventId, categoryId) = (item.EventId!.Value, item.SeatCategoryId!.Value);
        await using var db = await database.BeginAsync(cancellationToken);

        var facts = await db.QuerySingleOrDefaultAsync<AddFacts>(
            """
            select event.booking_start_date <= @now and event.booking_end_date >= @now and event.status = 'published' as is_open,
                   event.queue_enabled,
                   event.max_tickets_per_booking,
                   category.id as category_id,
                   category.seating_type,
                   seats.known,
                   seats.taken
            from   event
            left join seat_category as category
                   on  category.event_id = event.id
                   and category.id = @categoryId
                   and category.is_active
            cross join lateral (
                select count(*) as known,
                       array_agg(seat.id order by seat.id) filter (
                           where is_blocked
                           or    booking_id is not null
                           or    (locked_until > @now
                                  and cart_id not in (select id from cart where account_id = @accountId and event_id = @eventId))) as taken
                from   seat
                where  seat.id = any(@seatIds)
                and    seat.category_id = category.id
                and    seat.label is not null) as seats
            where  event.id = @eventId
            and    event.status in ('published', 'completed')
            """,
            new { eventId, categoryId, accountId, seatIds = item.SeatIds ?? [], now });

        if (Refusal(item, facts) is { } refusal)
        {
            return refusal;
        }

        if (facts!.Taken is { Length: > 0 } taken)
        {
            return await WhichSeats(db, taken);
        }

        var cartId = await OpenCart(db, accountId, eventId, now, extend: true);
        var inCart = await db.QuerySingleAsync<CartFacts>(
            """
            select coalesce(sum(quantity), 0)::integer as tickets,
                   coalesce(bool_or(category_id = @categoryId), false) as has_category,
                   coalesce((select array_agg(seat_id)
                             from   cart_item as line, unnest(line.seat_ids) as seat_id
                             where  line.cart_id = @cartId), '{}') as seat_ids
            from   cart_item
            where  cart_id = @cartId
            """,
            new { cartId, categoryId });
        var quantity = item.SeatIds?.Length ?? item.Quantity;

        if (inCart.HasCategory)
        {
            return CartProblems.CategoryAlreadyAdded;
        }

        if (inCart.Tickets + quantity > facts.MaxTicketsPerBooking)
        {
            return CartProblems.TicketLimit(facts.MaxTicketsPerBooking);
        }

        var until = now + policy.SeatHold;
        var places = item.SeatIds is { } chosen
            ? await HoldChosen(db, cartId, chosen, inCart.SeatIds, until, now)
            : await HoldStanding(db, cartId, categoryId, quantity, inCart.SeatIds, lastWord, until, now);

        if (places.Length < quantity)
        {
            return item.SeatIds is null
                ? await WhatIsLeft(db, categoryId, now)
                : await WhichSeats(db, [.. item.SeatIds.Except(places)]);
        }

        await db.ExecuteAsync(
            """
            with lifted as (
                update cart_item
                set    locked_until = @until
                where  cart_id = @cartId
            )
            insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
            select @cartId, id, @quantity, @places, price, @until, @now
            from   seat_category
            where  id = @categoryId
            """,
            new { cartId, categoryId, quantity, places, until, now });

        var cart = await CartReader.Load(db, cartId);
        await db.CommitAsync();
        return cart;
    }

    /// <summary>More or fewer standing places of a category that is in the cart.</summary>
    public async Task<Result<Cart>> ChangeQuantity(long accountId, long itemId, ChangeQuantity change, CancellationToken cancellationToken)
    {
        var result = await TryChangeQuantity(accountId, itemId, change, lastWord: false, cancellationToken);
        return result.Problem?.Code == SeatingProblems.SoldOut.Code
            ? await TryChangeQuantity(accountId, itemId, change, lastWord: true, cancellationToken)
            : result;
    }

    private async Task<Result<Cart>> TryChangeQuantity(long accountId, long itemId, ChangeQuantity change, bool lastWord, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var quantity = change.Quantity!.Value;
        await using var db = await database.BeginAsync(cancellationToken);

        var line = await LockLine(db, accountId, itemId);

        if (line is null)
        {
            return CartProblems.ItemNotFound;
        }

        if (line.ExpiresAt <= now)
        {
            return CartProblems.Expired;
        }

        if (!line.IsOpen(now))
        {
            return CatalogueProblems.BookingClosed;
        }

        if (line.SeatingType == "assigned")
        {
            return CartProblems.AssignedQuantity;
        }

        if (line.QueueEnabled && quantity > line.Quantity)
        {
            return CartProblems.NotAdmitted;
        }

        if (line.Tickets - line.Quantity + quantity > line.MaxTicketsPerBooking)
        {
            return CartProblems.TicketLimit(line.MaxTicketsPerBooking);
        }

        var until = now + policy.SeatHold;
        var kept = await KeepStanding(db, line, quantity, lastWord, until, now);

        if (kept.Length < quantity)
        {
            return await WhatIsLeft(db, line.CategoryId, now);
        }

        await db.ExecuteAsync(
            """
            with extended as (
                update cart
                set    expires_at = @now + @CartLife,
                       updated_at = @now
                where  id = @CartId
            )
            update cart_item
            set    locked_until = @until,
                   quantity = case when id = @itemId then @quantity else quantity end,
                   seat_ids = case when id = @itemId then @kept else seat_ids end
            where  cart_id = @CartId
            """,
            new { line.CartId, itemId, quantity, kept, until, now, policy.CartLife });

        var cart = await CartReader.Load(db, line.CartId);
        await db.CommitAsync();
        return cart;
    }

    /// <summary>Takes a line out of the cart and frees its places; the cart's life does not change.</summary>
    public async Task<Result<Cart>> RemoveItem(long accountId, long itemId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var line = await LockLine(db, accountId, itemId);

        if (line is null)
        {
            return CartProblems.ItemNotFound;
        }

        if (line.ExpiresAt <= now)
        {
            return CartProblems.Expired;
        }

        await SeatHolds.ReleaseAsync(db, line.CartId, line.SeatIds);
        await db.ExecuteAsync(
            """
            with touched as (
                update cart
                set    updated_at = @now
                where  id = @CartId
            )
            delete from cart_item
            where  id = @itemId
            """,
            new { line.CartId, itemId, now });

        var cart = await CartReader.Load(db, line.CartId);
        await db.CommitAsync();
        return cart;
    }

    /// <summary>The cart of the event, else the one last changed; null when there is none that lives.</summary>
    public async Task<Cart?> Current(long accountId, CartFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await CartReader.FindLive(db, accountId, filter.EventId, clock.GetUtcNow()) is { } cartId
            ? await CartReader.Load(db, cartId)
            : null;
    }

    /// <summary>Tickets in all carts that live.</summary>
    public async Task<CartCount> Count(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<CartCount>(
            """
            select coalesce(sum(cart_item.quantity), 0)::integer as count
            from   cart
            join   cart_item on cart_item.cart_id = cart.id
            where  cart.account_id = @accountId
            and    cart.status = 'active'
            and    cart.expires_at > @now
            """,
            new { accountId, now = clock.GetUtcNow() });
    }

    /// <summary>Abandons the cart and frees what it still holds; also well when there is none.</summary>
    public async Task<Done> Clear(long accountId, CartFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);

        var cart = await db.QuerySingleOrDefaultAsync<CartToClear>(
            """
            update cart
            set    status = 'abandoned',
                   is_cleared = true
            where  id = (
                select   id
                from     cart
                where    account_id = @accountId
                and      status = 'active'
                and      (@EventId::bigint is null or event_id = @EventId)
                order by updated_at desc
                limit    1
                for update)
            returning id,
                      coalesce((select array_agg(seat_id)
                                from   cart_item, unnest(seat_ids) as seat_id
                                where  cart_item.cart_id = cart.id), '{}') as seat_ids
            """,
            new { accountId, filter.EventId });

        if (cart is not null)
        {
            await SeatHolds.ReleaseAsync(db, cart.Id, cart.SeatIds);
            await db.CommitAsync();
        }

        return Done.Well("Cart cleared");
    }

    private static Problem? Refusal(AddCartItem item, AddFacts? facts) => facts switch
    {
        null => CatalogueProblems.EventNotFound,
        { IsOpen: false } => CatalogueProblems.BookingClosed,
        { QueueEnabled: true } => CartProblems.NotAdmitted,
        { CategoryId: null } => SeatingProblems.CategoryNotFound,
        { SeatingType: "assigned" } when item.SeatIds is null => CartProblems.SeatsRequired,
        { SeatingType: "general" } when item.SeatIds is not null => CartProblems.SeatsNotAllowed,
        _ when item.SeatIds is { } chosen && facts.Known < chosen.Length => SeatingProblems.SeatNotFound,
        _ => null,
    };

    private async Task<long> OpenCart(Session db, long accountId, long eventId, DateTimeOffset now, bool extend)
    {
        var parameters = new { accountId, eventId, now, expires = now + policy.CartLife, extend };

        await db.ExecuteAsync(
            """
            update cart
            set    status = 'expired'
            where  account_id = @accountId
            and    event_id = @eventId
            and    status = 'active'
            and    expires_at <= @now
            """,
            parameters);
        return await db.QuerySingleAsync<long>(
            """
            insert into cart (account_id, event_id, expires_at, created_at, updated_at)
            values (@accountId, @eventId, @expires, @now, @now)
            on conflict (account_id, event_id) where status = 'active' do update
            set    expires_at = case when @extend then excluded.expires_at else cart.expires_at end,
                   updated_at = excluded.updated_at
            returning id
            """,
            parameters);
    }

    private static async Task<long[]> HoldChosen(Session db, long cartId, long[] chosen, long[] others, DateTimeOffset until, DateTimeOffset now)
    {
        var held = await SeatHolds.HoldAsync(db, cartId, [.. chosen, .. others], until, now);
        return [.. chosen.Intersect(held)];
    }

    private static async Task<long[]> HoldStanding(
        Session db, long cartId, long categoryId, int quantity, long[] others, bool lastWord, DateTimeOffset until, DateTimeOffset now)
    {
        var places = lastWord
            ? await SeatHolds.HoldRemainingAsync(db, cartId, categoryId, quantity, until, now)
            : await SeatHolds.HoldAnyAsync(db, cartId, categoryId, quantity, until, now);

        if (places.Length == quantity && others.Length > 0)
        {
            await SeatHolds.LiftAsync(db, cartId, others, until, now);
        }

        return places;
    }

    /// <summary>The places of a line after its quantity changes: those it still has, some given back or some more taken.</summary>
    private static async Task<long[]> KeepStanding(Session db, CartLine line, int quantity, bool lastWord, DateTimeOffset until, DateTimeOffset now)
    {
        // The whole house may have to be waited for, and only in id order: so what is missing is taken before the rest is lifted.
        var stillHeld = await db.QueryAsync<long>(
            """
            select id
            from   seat
            where  id = any(@SeatIds)
            and    cart_id = @CartId
            """,
            new { line.SeatIds, line.CartId });
        var missing = Math.Max(0, quantity - stillHeld.Length);
        var more = missing == 0
            ? []
            : await HoldStanding(db, line.CartId, line.CategoryId, missing, [], lastWord, until, now);

        if (more.Length < missing)
        {
            return more;
        }

        var lifted = await SeatHolds.LiftAsync(db, line.CartId, line.AllSeatIds, until, now);
        var own = line.SeatIds.Intersect(lifted).ToArray();
        long[] kept = [.. own.Concat(more).Take(quantity)];
        var surplus = own.Except(kept).ToArray();

        if (surplus.Length > 0)
        {
            await SeatHolds.ReleaseAsync(db, line.CartId, surplus);
        }

        return kept;
    }

    private static Task<CartLine?> LockLine(Session db, long accountId, long itemId) =>
        db.QuerySingleOrDefaultAsync<CartLine>(
            """
            select cart.id as cart_id,
                   cart.expires_at,
                   cart_item.category_id,
                   cart_item.quantity,
                   cart_item.seat_ids,
                   seat_category.seating_type,
                   event.status as event_status,
                   event.booking_start_date,
                   event.booking_end_date,
                   event.queue_enabled,
                   event.max_tickets_per_booking,
                   (select sum(line.quantity)::integer from cart_item as line where line.cart_id = cart.id) as tickets,
                   (select array_agg(seat_id)
                    from   cart_item as line, unnest(line.seat_ids) as seat_id
                    where  line.cart_id = cart.id) as all_seat_ids
            from   cart_item
            join   cart on cart.id = cart_item.cart_id
            join   seat_category on seat_category.id = cart_item.category_id
            join   event on event.id = cart.event_id
            where  cart_item.id = @itemId
            and    cart.account_id = @accountId
            and    cart.status in ('active', 'expired')
            for update of cart
            """,
            new { itemId, accountId });

    private static async Task<Problem> WhichSeats(Session db, long[] seatIds) =>
        SeatingProblems.SeatsTaken(await db.QueryAsync<TakenSeat>(
            """
            select   id as seat_id,
                     label as seat_label
            from     seat
            where    id = any(@seatIds)
            order by id
            """,
            new { seatIds }));

    private static async Task<Problem> WhatIsLeft(Session db, long categoryId, DateTimeOffset now)
    {
        var left = await db.QuerySingleAsync<Remainder>(
            """
            select name,
                   (select count(*)
                    from   seat
                    where  category_id = seat_category.id
                    and    booking_id is null
                    and    not is_blocked
                    and    (cart_id is null or locked_until <= @now)) as available
            from   seat_category
            where  id = @categoryId
            """,
            new { categoryId, now });
        return SeatingProblems.OnlyLeft(left.Name, left.Available);
    }

    private sealed record Remainder
    {
        public string Name { get; init; } = "";

        public long Available { get; init; }
    }

    private sealed record EventFacts
    {
        public bool IsOpen { get; init; }
    }

    private sealed record AddFacts
    {
        public bool IsOpen { get; init; }

        public bool QueueEnabled { get; init; }

        public int MaxTicketsPerBooking { get; init; }

        public long? CategoryId { get; init; }

        public string? SeatingType { get; init; }

        public long Known { get; init; }

        public long[]? Taken { get; init; }
    }

    private sealed record CartFacts
    {
        public int Tickets { get; init; }

        public bool HasCategory { get; init; }

        public long[] SeatIds { get; init; } = [];
    }

    private sealed record CartToClear
    {
        public long Id { get; init; }

        public long[] SeatIds { get; init; } = [];
    }

    private sealed record CartLine
    {
        public long CartId { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }

        public long CategoryId { get; init; }

        public int Quantity { get; init; }

        public long[] SeatIds { get; init; } = [];

        public string SeatingType { get; init; } = "";

        public string EventStatus { get; init; } = "";

        public DateTimeOffset BookingStartDate { get; init; }

        public DateTimeOffset BookingEndDate { get; init; }

        public bool QueueEnabled { get; init; }

        public int MaxTicketsPerBooking { get; init; }

        public int Tickets { get; init; }

        public long[] AllSeatIds { get; init; } = [];

        public bool IsOpen(DateTimeOffset now) =>
            EventStatus == "published" && BookingStartDate <= now && now <= BookingEndDate;
    }
}
