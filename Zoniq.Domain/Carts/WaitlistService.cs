using Zoniq.Domain.Accounts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>Waiting for places of a category that is sold out; what is offered, and to whom, is the business of <see cref="WaitlistOffers"/>.</summary>
public sealed class WaitlistService(Database database, TimeProvider clock)
{
    /// <summary>
    /// A place behind all who wait for the category. Refuses while so many can be bought, and whoever waits for the category already or has an offer that is open.
    /// </summary>
    public async Task<Result<WaitlistEntry>> Join(long accountId, long eventId, JoinWaitlist wish, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (categoryId, quantity) = (wish.SeatCategoryId!.Value, wish.Quantity!.Value);
        await using var db = await database.BeginAsync(cancellationToken);

        if (Refusal(quantity, await Facts(db, eventId, categoryId, now)) is { } refusal)
        {
            return refusal;
        }

        if (!await IsInGoodStanding(db, accountId))
        {
            return AccountProblems.AccountBlocked;
        }

        await KeptPlaces.LockAsync(db, categoryId);
        await WaitlistOffers.EndUnusedAsync(db, accountId, atMost: null, now);
        var joined = await db.QuerySingleOrDefaultAsync<long?>(
            $"""
            insert into waitlist_entry (account_id, event_id, category_id, quantity, created_at, changed_at)
            select @accountId, event.id, c.id, @quantity, @now, @now
            from   event
            join   seat_category c on c.event_id = event.id
            {Availability.CountedSql}
            where  event.id = @eventId
            and    event.status = 'published'
            and    c.id = @categoryId
            and    free.places < @quantity
            on conflict (account_id, category_id) where status in ('waiting', 'offered') do nothing
            returning id
            """,
            new { accountId, eventId, categoryId, quantity, now });

        if (joined is null)
        {
            return await WhyNot(db, accountId, eventId, categoryId, quantity, now);
        }

        var entry = (await Load(db, accountId, eventId, now)).Single(entry => entry.Id == joined);
        await db.CommitAsync();
        return entry;
    }

    /// <summary>Refuses events that are not public.</summary>
    public async Task<Result<Waitlist>> Of(long accountId, long eventId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var isPublic = await db.QuerySingleAsync<bool>("select exists (select from event where id = @eventId and status in ('published', 'completed'))", new { eventId });
        return isPublic ? new Waitlist(await Load(db, accountId, eventId, clock.GetUtcNow())) : CatalogueProblems.EventNotFound;
    }

    /// <summary>Gives up what the person waits for, and an offer with all that was put into its cart. Refuses who has neither.</summary>
    public async Task<Result<Done>> Leave(long accountId, long eventId, LeaveWaitlist which, CancellationToken cancellationToken)
    {
        bool? left;

        // Something was offered after their carts were locked: then there is another to be locked, and the offer is the last.
        do
        {
            left = await TryLeave(accountId, eventId, which.SeatCategoryId, cancellationToken);
        }
        while (left is null);

        return left.Value ? Done.Well("Left the waiting list") : WaitlistProblems.NotFound;
    }

    private async Task<bool?> TryLeave(long accountId, long eventId, long? categoryId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);
        var offers = await db.QueryAsync<long>(
            """
            update cart
            set    status = 'abandoned',
                   is_cleared = true
            where  id in (
                select   cart.id
                from     cart
                join     waitlist_entry as entry on entry.cart_id = cart.id
                where    cart.account_id = @accountId
                and      cart.event_id = @eventId
                and      cart.status = 'active'
                and      entry.status = 'offered'    -- else the offer was given up for what is in the cart now
                and      (@categoryId::bigint is null or entry.category_id = @categoryId)
                order by cart.id
                for update of cart)
            returning id
            """,
            new { accountId, eventId, categoryId });
        await CartAbandonment.FreeAsync(db, offers);
        var left = await db.ExecuteAsync(
            """
            update waitlist_entry
            set    status = 'left',
                   changed_at = @now
            where  id in (
                select   id
                from     waitlist_entry
                where    account_id = @accountId
                and      event_id = @eventId
                and      (@categoryId::bigint is null or category_id = @categoryId)
                and      (status = 'waiting' or (status = 'offered' and cart_id = any(@offers)))
                order by id
                for update)
            """,
            new { accountId, eventId, categoryId, offers, now });
        var isOfferedMeanwhile = await db.QuerySingleAsync<bool>(
            """
            select exists (
                select from waitlist_entry as entry
                join   cart on cart.id = entry.cart_id
                where  entry.account_id = @accountId
                and    entry.event_id = @eventId
                and    (@categoryId::bigint is null or entry.category_id = @categoryId)
                and    entry.status = 'offered'
                and    cart.status = 'active'
                and    cart.expires_at > @now)
            """,
            new { accountId, eventId, categoryId, now });

        if (isOfferedMeanwhile)
        {
            return null;
        }

        if (left == 0)
        {
            return false;
        }

        await db.CommitAsync();
        return true;
    }

    private static Task<JoinFacts?> Facts(Session db, long eventId, long categoryId, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<JoinFacts>(
            """
            select booking_start_date <= @now and booking_end_date >= @now and status = 'published' as is_open,
                   max_tickets_per_booking,
                   exists (
                       select from seat_category
                       where  event_id = event.id
                       and    id = @categoryId
                       and    is_active) as has_category
            from   event
            where  id = @eventId
            and    status in ('published', 'completed')
            """,
            new { eventId, categoryId, now });

    private static Problem? Refusal(int quantity, JoinFacts? facts) => facts switch
    {
        null => CatalogueProblems.EventNotFound,
        { HasCategory: false } => SeatingProblems.CategoryNotFound,
        { IsOpen: false } => CatalogueProblems.BookingClosed,
        _ when quantity > facts.MaxTicketsPerBooking => Problem.Validation("quantity", $"must be between 1 and {facts.MaxTicketsPerBooking}."),
        _ => null,
    };

    /// <summary>Somebody who is being blocked does not wait afterwards.</summary>
    private static Task<bool> IsInGoodStanding(Session db, long accountId) =>
        db.QuerySingleOrDefaultAsync<bool>("select true from account where id = @accountId and is_active and not is_blocked for share", new { accountId });

    private static async Task<Problem> WhyNot(Session db, long accountId, long eventId, long categoryId, int quantity, DateTimeOffset now)
    {
        var isThere = await db.QuerySingleAsync<bool>(
            """
            select exists (
                select from waitlist_entry
                where  account_id = @accountId
                and    category_id = @categoryId
                and    status in ('waiting', 'offered'))
            """,
            new { accountId, categoryId });
        return isThere ? WaitlistProblems.AlreadyJoined : Refusal(quantity, await Facts(db, eventId, categoryId, now)) ?? WaitlistProblems.NotSoldOut;
    }

    private static Task<WaitlistEntry[]> Load(Session db, long accountId, long eventId, DateTimeOffset now) =>
        db.QueryAsync<WaitlistEntry>(
            """
            select   entry.id,
                     entry.event_id,
                     entry.category_id as seat_category_id,
                     seat_category.name as category_name,
                     entry.quantity,
                     case when entry.status = 'offered' and (cart.status <> 'active' or cart.expires_at <= @now) then 'expired' else entry.status end as status,
                     case when entry.status = 'waiting' then (
                         select count(*)
                         from   waitlist_entry as ahead
                         where  ahead.category_id = entry.category_id
                         and    ahead.status = 'waiting'
                         and    ahead.id <= entry.id) end as position,
                     entry.cart_id,
                     cart.expires_at as offer_expires_at,
                     entry.created_at
            from     waitlist_entry as entry
            join     seat_category on seat_category.id = entry.category_id
            left join cart on cart.id = entry.cart_id
            where    entry.account_id = @accountId
            and      entry.event_id = @eventId
            order by entry.id
            """,
            new { accountId, eventId, now });

    private sealed record JoinFacts
    {
        public bool IsOpen { get; init; }

        public int MaxTicketsPerBooking { get; init; }

        public bool HasCategory { get; init; }
    }
}
