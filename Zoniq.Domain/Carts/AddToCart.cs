using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Putting places into a cart, which is what holds them.</summary>
public sealed class AddToCart(Database database, TimeProvider clock, CartPolicy policy)
{
    /// <summary>Holds the places and puts them into the cart: all of them or none.</summary>
    public async Task<Result<Cart>> AddItem(long accountId, AddCartItem item, CancellationToken cancellationToken)
    {
        // Places looked gone, but some were only being decided about, or somebody waits for the category and there may be more than those who wait need.
        return await TryAddItem(accountId, item, lastWord: false, cancellationToken)
            ?? await TryAddItem(accountId, item, lastWord: true, cancellationToken)
            ?? throw new InvalidOperationException("The last word on a hold is an answer.");
    }

    /// <summary>Null, without the last word, when it may go another way for who asks again.</summary>
    private async Task<Result<Cart>?> TryAddItem(long accountId, AddCartItem item, bool lastWord, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (eventId, categoryId) = (item.EventId!.Value, item.SeatCategoryId!.Value);
        await using var db = await database.BeginAsync(cancellationToken);

        var facts = await db.QuerySingleOrDefaultAsync<AddFacts>(
            $"""
            select event.booking_start_date <= @now and event.booking_end_date >= @now and event.status = 'published' as is_open,
                   {QueueGate.MayBuySql} as may_buy,
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
            return await WhyNotHeld(db, categoryId, taken);
        }

        var opened = await CartOpening.OpenAsync(db, accountId, eventId, now + policy.CartLife, now, extend: true);
        var cartId = opened.Id;
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

        var until = policy.HoldUntil(now, opened.ExpiresAt);
        var (places, lifted) = item.SeatIds is { } chosen
            ? await HoldChosen(db, cartId, categoryId, chosen, inCart.SeatIds, lastWord, until, now)
            : await StandingPlaces.HoldAsync(db, cartId, categoryId, quantity, inCart.SeatIds, lastWord, until, now);

        if (places.Length < quantity)
        {
            if (!lastWord)
            {
                return null;
            }

            return item.SeatIds is null
                ? await StandingPlaces.WhatIsLeftAsync(db, categoryId, places.Length, now)
                : await WhyNotHeld(db, categoryId, [.. item.SeatIds.Except(places)]);
        }

        if (item.SeatIds is not null && inCart.SeatIds.Except(lifted).Any())
        {
            await CartLine.LetGoAsync(db, cartId, lifted);
        }

        await db.ExecuteAsync(
            """
            with lifted as (
                update cart_item
                set    locked_until = greatest(locked_until, @until)
                where  cart_id = @cartId
                and    seat_ids <@ @lifted
            )
            insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
            select @cartId, id, @quantity, @places, price, @until, @now
            from   seat_category
            where  id = @categoryId
            """,
            new { cartId, categoryId, quantity, places, lifted, until, now });

        db.Afterwards(measures =>
        {
            measures.Held(quantity, item.SeatIds is not null);
            if (inCart.Tickets == 0)
            {
                measures.CameTo("cart");
            }
        });
        var cart = await CartReader.Load(db, cartId);
        await db.CommitAsync();
        return cart;
    }

    private static Problem? Refusal(AddCartItem item, AddFacts? facts) => facts switch
    {
        null => CatalogueProblems.EventNotFound,
        { IsOpen: false } => CatalogueProblems.BookingClosed,
        { MayBuy: false } => CartProblems.NotAdmitted,
        { CategoryId: null } => SeatingProblems.CategoryNotFound,
        { SeatingType: "assigned" } when item.SeatIds is null => CartProblems.SeatsRequired,
        { SeatingType: "general" } when item.SeatIds is not null => CartProblems.SeatsNotAllowed,
        _ when item.SeatIds is { } chosen && facts.Known < chosen.Length => SeatingProblems.SeatNotFound,
        _ => null,
    };

    private static async Task<(long[] Places, long[] Lifted)> HoldChosen(
        Session db, long cartId, long categoryId, long[] chosen, long[] others, bool lastWord, DateTimeOffset until, DateTimeOffset now)
    {
        var leftOver = lastWord && await KeptPlaces.AreLeftOverAsync(db, categoryId, chosen.Length, mayWait: true, now);
        var held = await SeatHolds.HoldAsync(db, cartId, categoryId, chosen, others, leftOver, until, now);
        return ([.. chosen.Intersect(held)], held);
    }

    /// <summary>Somebody was faster, or somebody waits for the seats; or an administrator was faster, and a seat is no longer one of the category.</summary>
    private static async Task<Problem> WhyNotHeld(Session db, long categoryId, long[] seatIds)
    {
        var taken = await db.QueryAsync<TakenSeat>(
            """
            select   id as seat_id,
                     label as seat_label
            from     seat
            where    id = any(@seatIds)
            and      category_id = @categoryId
            order by id
            """,
            new { seatIds, categoryId });
        return taken.Length < seatIds.Length ? SeatingProblems.SeatNotFound : SeatingProblems.SeatsTaken(taken);
    }

    private sealed record AddFacts
    {
        public bool IsOpen { get; init; }

        public bool MayBuy { get; init; }

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
}
