using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Finding and showing carts.</summary>
internal static class CartReader
{
    /// <summary>An order of carts: the one last changed comes first, and offers of waiting lists that nobody has touched come last, however new they are.</summary>
    public const string LastChangedFirstSql = "is_waitlist_offer and updated_at = created_at, updated_at desc";

    /// <summary>For <c>@accountId</c>, <c>@eventId</c> and <c>@now</c>: the id of the cart that somebody means who has at most one in mind; of one that is over, so that they can be told.</summary>
    public const string MeantSql =
        $"""
        select   id
        from     cart
        where    account_id = @accountId
        and      (@eventId::bigint is null or event_id = @eventId)
        order by status = 'active' desc, expires_at > @now desc, {LastChangedFirstSql}
        limit    1
        """;

    /// <summary>The live cart of the event, else the one last changed.</summary>
    public static Task<long?> FindLive(Session db, long accountId, long? eventId, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<long?>(
            $"""
            select   id
            from     cart
            where    account_id = @accountId
            and      status = 'active'
            and      expires_at > @now
            and      (@eventId::bigint is null or event_id = @eventId)
            order by {LastChangedFirstSql}
            limit    1
            """,
            new { accountId, eventId, now });

    /// <summary>After lines have become fewer: a code whose minimum is not met any more is dropped.</summary>
    public static async Task<Cart> LoadReduced(Session db, long cartId)
    {
        var cart = await Load(db, cartId);

        if (cart.PromoCode is null || !(cart.Subtotal < cart.PromoMinAmount))
        {
            return cart;
        }

        await PromoUses.ReturnAsync(db, [cartId]);
        return await Load(db, cartId);
    }

    public static async Task<Cart> Load(Session db, long cartId)
    {
        await using var read = await db.QueryMultipleAsync(
            """
            select cart.id,
                   cart.account_id as user_id,
                   cart.event_id,
                   event.title as event_title,
                   event.event_date,
                   coalesce(event.thumbnail_image_url, event.banner_image_url) as event_image,
                   cart.status,
                   cart.is_waitlist_offer,
                   cart.expires_at,
                   promo_code.code as promo_code,
                   promo_use.kind as promo_kind,
                   promo_use.value as promo_value,
                   promo_use.min_amount as promo_min_amount
            from   cart
            join   event on event.id = cart.event_id
            left join promo_use on promo_use.cart_id = cart.id and promo_use.state = 'reserved'
            left join promo_code on promo_code.id = promo_use.promo_id
            where  cart.id = @cartId;

            select   cart_item.id,
                     cart_item.category_id as seat_category_id,
                     seat_category.name as category_name,
                     seat_category.color_code as category_color,
                     case when seat_category.seating_type = 'assigned' then cart_item.seat_ids end as seat_ids,
                     cart_item.quantity,
                     cart_item.unit_price,
                     cart_item.unit_price * cart_item.quantity as subtotal,
                     cart_item.locked_until
            from     cart_item
            join     seat_category on seat_category.id = cart_item.category_id
            where    cart_item.cart_id = @cartId
            order by cart_item.id
            """,
            new { cartId });

        var cart = await read.ReadSingleAsync<Cart>();
        CartItem[] items = [.. await read.ReadAsync<CartItem>()];
        var subtotal = items.Aggregate(Money.Zero, (sum, item) => sum + item.Subtotal);
        var discount = cart.PromoKind is { } kind ? new PromoTerms(kind, cart.PromoValue).DiscountOn(subtotal) : Money.Zero;

        return cart with
        {
            Items = items,
            Subtotal = subtotal,
            DiscountAmount = discount,
            Total = subtotal - discount,
            ItemCount = items.Sum(item => item.Quantity),
        };
    }
}

/// <summary>Which cart is meant: that of an event, or the one last changed.</summary>
public sealed record CartFilter
{
    public long? EventId { get; init; }
}
