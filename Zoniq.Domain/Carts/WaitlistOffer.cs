using Zoniq.Domain.Notifications;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Carts;

/// <summary>
/// One offer: the places, held in a cart, the entry and the mail are one transaction. Locks are taken in the order account, cart, category, seats, entries. Who is next is found before,
/// because the cart is theirs, and again with the category locked, because only then it is certain.
/// </summary>
internal static class WaitlistOffer
{
    /// <summary>
    /// A condition over the alias <c>entry</c>: the owner has a cart for the event, and is passed over meanwhile. For <c>@now</c> and <c>@cartId</c>, which does not count.
    /// </summary>
    private const string IsBusySql =
        """
        exists (
            select from cart
            where  cart.account_id = entry.account_id
            and    cart.event_id = entry.event_id
            and    cart.status = 'active'
            and    cart.expires_at > @now
            and    cart.id is distinct from @cartId::bigint)
        """;

    /// <summary>True when an offer was made, null when there is nobody to whom anything could be offered, false when it is worth another try.</summary>
    public static async Task<bool?> MakeAsync(Database database, long categoryId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);

        if (await Next(db, categoryId, cartId: null, now) is not { } next)
        {
            return null;
        }

        if (!await db.QuerySingleOrDefaultAsync<bool>("select true from account where id = @AccountId and is_active and not is_blocked for share", new { next.AccountId }))
        {
            await WaitlistEnding.OfAccountAsync(db, next.AccountId, now);
            await db.CommitAsync();
            return false;
        }

        if (await CartOpening.OpenOfferAsync(db, next.AccountId, next.EventId, next.ExpiresAt, now) is not { } cartId)
        {
            return false;
        }

        await KeptPlaces.LockAsync(db, categoryId);

        if (await Next(db, categoryId, cartId, now) is not { } stillNext || stillNext.Id != next.Id)
        {
            return false;
        }

        var seatIds = await Hold(db, cartId, stillNext, now);

        if (seatIds.Length < next.Quantity)
        {
            return null;    // somebody takes back what they had, just now: the next run sees how it ended
        }

        if (!await Put(db, cartId, stillNext, seatIds, now))
        {
            return false;
        }

        await Overtake(db, stillNext, cartId, now);
        await Tell(db, stillNext, seatIds, now);
        await db.CommitAsync();
        return true;
    }

    /// <summary>
    /// The oldest whose whole quantity is free. What is saved up for somebody is not there for those who came after them.
    /// </summary>
    private static Task<NextInLine?> Next(Session db, long categoryId, long? cartId, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<NextInLine>(
            $"""
            with room as materialized (
                select category.id,
                       category.seating_type,
                       event.booking_end_date,
                       event.max_tickets_per_booking as most,
                       (select count(*)
                        from   seat s
                        where  s.category_id = category.id
                        and    {SeatStatus.IsFreeSql}) as free
                from   seat_category as category
                join   event on event.id = category.event_id
                where  category.id = @categoryId
                and    category.is_active
                and    event.status = 'published'
                and    event.booking_start_date <= @now
                and    event.booking_end_date > @now
            ),
            saved as materialized (
                select   entry.id,
                         least(entry.quantity, room.free) as places
                from     waitlist_entry as entry
                join     room on room.id = entry.category_id
                where    entry.status = 'waiting'
                and      entry.saved_until > @now
                and      entry.quantity <= room.most
                and      not {IsBusySql}
                order by entry.id
                limit    1
            )
            select   entry.id,
                     entry.account_id,
                     entry.event_id,
                     entry.category_id,
                     entry.quantity,
                     room.seating_type,
                     room.booking_end_date,
                     least(@now + @Offer, room.booking_end_date) as expires_at
            from     room
            join     waitlist_entry as entry on entry.category_id = room.id
            where    entry.status = 'waiting'
            and      entry.quantity <= room.free - coalesce((select places from saved where saved.id < entry.id), 0)
            and      entry.quantity <= room.most
            and      not {IsBusySql}
            order by entry.id
            limit    1
            """,
            new { categoryId, cartId, now, WaitlistPolicy.Offer });

    private static async Task<long[]> Hold(Session db, long cartId, NextInLine next, DateTimeOffset now)
    {
        if (next.SeatingType != SeatCategory.Assigned)
        {
            return await SeatHolds.HoldAnyAsync(db, cartId, next.CategoryId, next.Quantity, leftOver: true, next.ExpiresAt, now);
        }

        var (best, _) = await BestTogether.ChooseAsync(db, next.CategoryId, next.Quantity, chance: null, now);
        long[] chosen = [.. best.Select(seat => seat.Id)];
        var held = await SeatHolds.HoldAsync(db, cartId, next.CategoryId, chosen, [], leftOver: true, next.ExpiresAt, now);
        return [.. chosen.Intersect(held)];
    }

    /// <summary>False when the entry has ended meanwhile.</summary>
    private static async Task<bool> Put(Session db, long cartId, NextInLine next, long[] seatIds, DateTimeOffset now) =>
        await db.ExecuteAsync(
            """
            with offered as (
                update waitlist_entry
                set    status = 'offered',
                       cart_id = @cartId,
                       offered_at = @now,
                       changed_at = @now
                where  id = @Id
                and    status = 'waiting'
                returning category_id, quantity
            )
            insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
            select @cartId, offered.category_id, offered.quantity, @seatIds, seat_category.price, @ExpiresAt, @now
            from   offered
            join   seat_category on seat_category.id = offered.category_id
            """,
            new { cartId, next.Id, seatIds, next.ExpiresAt, now }) == 1;

    /// <summary>The oldest of those that could have been offered something, had they wanted fewer, is passed over once more; see <see cref="WaitlistPolicy"/>.</summary>
    private static Task<int> Overtake(Session db, NextInLine next, long cartId, DateTimeOffset now) =>
        db.ExecuteAsync(
            $"""
            with passed as (
                select   entry.id,
                         entry.overtaken + 1 >= @MostOvertakings
                         and @now < @lastSaving
                         and entry.quantity <= event.max_tickets_per_booking
                         and entry.quantity <= category.total_seats - (
                             select count(*)
                             from   seat
                             where  seat.category_id = category.id
                             and    seat.is_blocked) as is_saved_for
                from     waitlist_entry as entry
                join     seat_category as category on category.id = entry.category_id
                join     event on event.id = entry.event_id
                where    entry.category_id = @CategoryId
                and      entry.status = 'waiting'
                and      entry.id < @Id
                and      not {IsBusySql}
                order by entry.id
                limit    1
            )
            update waitlist_entry
            set    overtaken = case when passed.is_saved_for then 0 else waitlist_entry.overtaken + 1 end,
                   saved_until = case when passed.is_saved_for then least(@now + @LongestSaving, @lastSaving) else waitlist_entry.saved_until end,
                   changed_at = @now
            from   passed
            where  waitlist_entry.id = passed.id
            and    waitlist_entry.status = 'waiting'
            """,
            new
            {
                next.Id,
                next.CategoryId,
                cartId,
                now,
                lastSaving = next.BookingEndDate - WaitlistPolicy.NoSavingBeforeEnd,
                WaitlistPolicy.MostOvertakings,
                WaitlistPolicy.LongestSaving,
            });

    private static async Task Tell(Session db, NextInLine next, long[] seatIds, DateTimeOffset now)
    {
        var row = await db.QuerySingleAsync<MailRow>(
            $"""
            select account.email,
                   coalesce(account.full_name, account.username) as holder_name,
                   seat_category.name as category_name,
                   array(select label from unnest(@seatIds) with ordinality as held (id, place) join seat using (id) where label is not null order by place) as labels,
                   {MailedEventRow.ColumnsSql}
            from   account
            cross join event
            join   seat_category on seat_category.id = @CategoryId
            left join venue on venue.id = event.venue_id
            where  account.id = @AccountId
            and    event.id = @EventId
            """,
            new { next.AccountId, next.EventId, next.CategoryId, seatIds });
        await Outbox.EnqueueAsync(
            db,
            Mails.WaitlistOffered(new Addressee(next.AccountId, row.Email), next.Id, new WaitlistOfferMail
            {
                EventId = next.EventId,
                EventTitle = row.Title,
                Occasion = row.Occasion,
                Seats = next.SeatingType == SeatCategory.Assigned
                    ? Array.ConvertAll(row.Labels, label => new MailedSeat(row.CategoryName, label))
                    : [.. Enumerable.Repeat(new MailedSeat(row.CategoryName), next.Quantity)],
                Minutes = (int)Math.Round((next.ExpiresAt - now).TotalMinutes),
                ExpiresAt = next.ExpiresAt,
                HolderName = row.HolderName,
            }),
            now);
    }

    private sealed record NextInLine
    {
        public long Id { get; init; }

        public long AccountId { get; init; }

        public long EventId { get; init; }

        public long CategoryId { get; init; }

        public int Quantity { get; init; }

        public string SeatingType { get; init; } = "";

        public DateTimeOffset BookingEndDate { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }
    }

    private sealed record MailRow : MailedEventRow
    {
        public string Email { get; init; } = "";

        public string HolderName { get; init; } = "";

        public string CategoryName { get; init; } = "";

        public string[] Labels { get; init; } = [];
    }
}
