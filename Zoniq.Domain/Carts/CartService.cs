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

        var opened = await CartOpening.OpenAsync(db, accountId, eventId, now + policy.CartLife, now, extend: false);
        var cart = await CartReader.Load(db, opened.Id);
        await db.CommitAsync();
        return cart;
    }

    /// <summary>Takes a line out of the cart and frees its places; the cart's life does not change.</summary>
    public async Task<Result<Cart>> RemoveItem(long accountId, long itemId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var line = await CartLine.LockAsync(db, accountId, itemId, now);

        if (line is null)
        {
            return CartProblems.ItemNotFound;
        }

        if (line.IsExpired(now))
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

        var cart = await CartReader.LoadReduced(db, line.CartId);
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

        var cartId = await db.QuerySingleOrDefaultAsync<long?>(
            $"""
            update cart
            set    status = 'abandoned',
                   is_cleared = true
            where  id = (
                select   id
                from     cart
                where    account_id = @accountId
                and      status = 'active'
                and      (@EventId::bigint is null or event_id = @EventId)
                order by expires_at > @now desc, {CartReader.LastChangedFirstSql}
                limit    1
                for update)
            returning id
            """,
            new { accountId, filter.EventId, now = clock.GetUtcNow() });

        if (cartId is { } cleared)
        {
            await CartAbandonment.FreeAsync(db, [cleared]);
            await db.CommitAsync();
        }

        return Done.Well("Cart cleared");
    }

    private sealed record EventFacts
    {
        public bool IsOpen { get; init; }
    }
}
