using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>A code for the cart.</summary>
public sealed record ApplyPromo
{
    /// <summary>In any case.</summary>
    [Required]
    [StringLength(32, MinimumLength = 1)]
    public string? Code { get; init; }
}

/// <summary>The code of a cart. It takes one use of the code for as long as the cart lives.</summary>
public sealed class CartPromo(Database database, TimeProvider clock)
{
    /// <summary>In place of the code that the cart had; refused, the cart keeps that one.</summary>
    public async Task<Result<Cart>> Apply(long accountId, CartFilter filter, ApplyPromo wish, CancellationToken cancellationToken)
    {
        var code = wish.Code!.ToUpperInvariant();
        var result = await TryApply(accountId, filter.EventId, code, cancellationToken);

        // What carts that ran out have of it is free, but still counted: it is given back, and the code asked for again.
        return (result.Problem == PromoProblems.Exhausted || result.Problem == PromoProblems.UserLimit) && await EndLapsed(accountId, code, cancellationToken) > 0
            ? await TryApply(accountId, filter.EventId, code, cancellationToken)
            : result;
    }

    /// <summary>Takes the code out of the cart, which is also well without one.</summary>
    public async Task<Result<Cart>> Remove(long accountId, CartFilter filter, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var cart = await Lock(db, accountId, filter.EventId, now);

        if (Refusal(cart, now) is { } refusal)
        {
            return refusal;
        }

        await PromoUses.ReturnAsync(db, [cart!.Id]);
        await db.ExecuteAsync("update cart set updated_at = @now where id = @Id", new { cart.Id, now });
        var changed = await CartReader.Load(db, cart.Id);
        await db.CommitAsync();
        return changed;
    }

    private async Task<Result<Cart>> TryApply(long accountId, long? eventId, string code, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var cart = await Lock(db, accountId, eventId, now);

        if (Refusal(cart, now) is { } refusal)
        {
            return refusal;
        }

        var promo = await LockCode(db, cart!, accountId, code);

        if (promo is null)
        {
            return PromoProblems.NotFound;
        }

        if (promo.Refusal(promo.Subtotal, now) is { } notNow)
        {
            return notNow;
        }

        if (!await Take(db, cart!, accountId, promo.Id, now))
        {
            return promo.UsedByPerson >= promo.PerUserLimit ? PromoProblems.UserLimit : PromoProblems.Exhausted;
        }

        var changed = await CartReader.Load(db, cart!.Id);
        await db.CommitAsync();
        return changed;
    }

    private async Task<int> EndLapsed(long accountId, string code, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);
        var ended = await PromoUses.EndLapsedAsync(db, code, accountId, clock.GetUtcNow());
        await db.CommitAsync();
        return ended;
    }

    private static Task<OwnCart?> Lock(Session db, long accountId, long? eventId, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<OwnCart>(
            $"""
            select id,
                   event_id,
                   status,
                   expires_at
            from   cart
            where  id = (
                {CartReader.MeantSql})
            for update
            """,
            new { accountId, eventId, now });

    private static Problem? Refusal(OwnCart? cart, DateTimeOffset now) => cart switch
    {
        null or { Status: "converted" or "abandoned" } => CartProblems.NotFound,
        { Status: "expired" } => CartProblems.Expired,
        _ when cart.ExpiresAt <= now => CartProblems.Expired,
        _ => null,
    };

    /// <summary>Also locks the code that is replaced; then looks, in a statement that sees what those have taken who had the lock before.</summary>
    private static async Task<WantedCode?> LockCode(Session db, OwnCart cart, long accountId, string code)
    {
        var parameters = new { code, cart.Id, cart.EventId, accountId };
        await db.ExecuteAsync(
            """
            select
            from     promo_code
            where    code = @code
            or       id = (select promo_id from promo_use where cart_id = @Id)
            order by id
            for update
            """,
            parameters);
        return await db.QuerySingleOrDefaultAsync<WantedCode>(
            """
            select id,
                   code,
                   is_active and (event_id is null or event_id = @EventId) as is_for_cart,
                   starts_at,
                   ends_at,
                   kind,
                   value,
                   min_amount,
                   per_user_limit,
                   (select count(*)
                    from   promo_use
                    where  promo_id = promo_code.id
                    and    account_id = @accountId
                    and    state <> 'returned'
                    and    cart_id <> @Id) as used_by_person,
                   (select coalesce(sum(unit_price * quantity), 0)::bigint
                    from   cart_item
                    where  cart_id = @Id) as subtotal
            from   promo_code
            where  code = @code
            """,
            parameters);
    }

    private static async Task<bool> Take(Session db, OwnCart cart, long accountId, long promoId, DateTimeOffset now) =>
        await db.QuerySingleOrDefaultAsync<long?>(
            """
            delete from promo_use where cart_id = @Id;

            update cart set updated_at = @now where id = @Id;

            insert into promo_use (cart_id, promo_id, account_id, state, kind, value, min_amount, created_at)
            select @Id, id, @accountId, 'reserved', kind, value, min_amount, @now
            from   promo_code
            where  id = @promoId
            and    (max_uses is null or used_count < max_uses)
            and    (per_user_limit is null or per_user_limit > (
                        select count(*)
                        from   promo_use
                        where  promo_id = promo_code.id
                        and    account_id = @accountId
                        and    state <> 'returned'))
            returning promo_id;
            """,
            new { cart.Id, accountId, promoId, now }) is not null;

    private sealed record OwnCart
    {
        public long Id { get; init; }

        public long EventId { get; init; }

        public string Status { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }
    }

    private sealed record WantedCode : OfferedCode
    {
        public int? PerUserLimit { get; init; }

        /// <summary>In other carts and bookings.</summary>
        public long UsedByPerson { get; init; }

        public Money Subtotal { get; init; }
    }
}
