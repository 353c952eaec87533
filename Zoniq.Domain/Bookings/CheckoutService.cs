using Zoniq.Domain.Carts;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Seating;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Bookings;

/// <summary>Turns a cart into a booking: one transaction, and of several at once exactly one succeeds.</summary>
public sealed class CheckoutService(Database database, TimeProvider clock, BookingPolicy policy)
{
    private const int TriesForAFreeNumber = 5;

    public async Task<Result<BookingDetail>> Checkout(long accountId, CartFilter filter, CheckoutRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var cart = await LockCart(db, accountId, filter.EventId, now);

        if (Refusal(cart, now) is { } refusal)
        {
            return refusal;
        }

        var lines = await LinesOf(db, cart!.Id);

        if (lines.Length == 0)
        {
            return CartProblems.Empty;
        }

        var tickets = lines.Sum(line => line.Quantity);

        if (tickets > cart.MaxTicketsPerBooking)
        {
            return CartProblems.TicketLimit(cart.MaxTicketsPerBooking);
        }

        var total = lines.Aggregate(Money.Zero, (sum, line) => sum + (line.UnitPrice * line.Quantity));
        var promo = lines[0].HasCode ? await PromoUses.OfCartAsync(db, cart.Id) : null;

        if (promo?.Refusal(total, now) is { } notNow)
        {
            return notNow;
        }

        var discount = promo?.Terms.DiscountOn(total) ?? Money.Zero;
        var bookingId = await InsertBooking(db, cart, request, (total, discount, promo?.Code), tickets, now);
        var booked = await SeatHolds.BookAsync(db, bookingId, cart.Id, [.. lines.SelectMany(line => line.SeatIds)], now);
        var places = booked.ToHashSet();

        if (booked.Length < tickets)
        {
            if (await WhatWasLost(db, lines, places) is { } lost)
            {
                return lost;
            }

            lines = await ReplaceStandingPlaces(db, bookingId, cart.Id, lines, places, now);

            if (await WhatIsSoldOut(db, lines, now) is { } soldOut)
            {
                return soldOut;
            }
        }

        await IssueTickets(db, bookingId, cart, lines, discount, now);

        if (cart.IsWaitlistOffer)
        {
            await WaitlistEnding.FulfilAsync(db, cart.Id, now);
        }

        // Their turn may have run out, or been used, since it was looked at. An offer of the waiting list needs none.
        if (cart.QueueEnabled && !await QueueGate.CompleteAsync(db, accountId, cart.EventId, now) && !cart.IsWaitlistOffer)
        {
            return CartProblems.NotAdmitted;
        }

        if (total == discount)
        {
            await Confirmation.ConfirmAsync(db, bookingId, paidBy: null, now);
        }

        db.Afterwards(measures => measures.CameTo("checkout"));
        var booking = await BookingReader.Load(db, accountId, bookingId, null, now);
        await db.CommitAsync();
        return booking!;
    }

    /// <summary>The active cart, else the one that was active last, so that the refusal can say what became of it.</summary>
    private static Task<CartToBook?> LockCart(Session db, long accountId, long? eventId, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<CartToBook>(
            $"""
            select   cart.id,
                     cart.account_id,
                     cart.event_id,
                     cart.status,
                     cart.expires_at,
                     event.status as event_status,
                     event.booking_start_date,
                     event.booking_end_date,
                     event.max_tickets_per_booking,
                     event.queue_enabled,
                     cart.is_waitlist_offer,
                     cart.is_waitlist_offer or {QueueGate.MayBuySql} as may_buy,
                     event.time_zone,
                     event.refund_type,
                     event.refund_hours_before,
                     event.refund_percent
            from     cart
            join     event on event.id = cart.event_id
            where    cart.id = (
                {CartReader.MeantSql})
            for update of cart
            """,
            new { accountId, eventId, now });

    /// <summary>Of the cart that is locked, whichever would be picked by now.</summary>
    private static Task<Line[]> LinesOf(Session db, long cartId) =>
        db.QueryAsync<Line>(
            """
            select   category_id,
                     seat_category.seating_type,
                     quantity,
                     seat_ids,
                     unit_price,
                     exists (select from promo_use where promo_use.cart_id = @cartId) as has_code
            from     cart_item
            join     seat_category on seat_category.id = cart_item.category_id
            where    cart_id = @cartId
            order by cart_item.id
            """,
            new { cartId });

    private static Problem? Refusal(CartToBook? cart, DateTimeOffset now) => cart switch
    {
        null => CartProblems.NotFound,
        { Status: "converted" } => CartProblems.NotActive,
        { Status: "abandoned" } => CartProblems.NotFound,
        { Status: "expired" } => CartProblems.Expired,
        _ when cart.ExpiresAt <= now => CartProblems.Expired,
        _ when cart.EventStatus != "published" || now < cart.BookingStartDate || cart.BookingEndDate < now => CatalogueProblems.BookingClosed,
        { MayBuy: false } => CartProblems.NotAdmitted,
        _ => null,
    };

    private async Task<long> InsertBooking(Session db, CartToBook cart, CheckoutRequest request, (Money Total, Money Discount, string? Code) price, int tickets, DateTimeOffset now)
    {
        var date = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(cart.TimeZone)).ToString("yyyyMMdd");

        for (var attempt = 0; attempt < TriesForAFreeNumber; attempt++)
        {
            var bookingId = await db.QuerySingleOrDefaultAsync<long?>(
                """
                insert into booking (
                    booking_number, account_id, event_id, cart_id, status, payment_status, total_amount, discount_amount, promo_code, ticket_count, payment_due_at,
                    refund_type, refund_hours_before, refund_percent, contact_email, contact_phone, trace_parent, created_at)
                select @number, account.id, @EventId, @Id, 'pending', 'pending', @Total, @Discount, @Code, @tickets, @due,
                       @RefundType, @RefundHoursBefore, @RefundPercent, coalesce(nullif(@ContactEmail, ''), account.email), coalesce(nullif(@ContactPhone, ''), account.phone), @traceParent, @now
                from   account
                where  account.id = @AccountId
                on conflict (booking_number) do nothing
                returning id
                """,
                new
                {
                    number = $"ZNQ-{date}-{NumberAlphabet.Random(6)}",
                    cart.AccountId,
                    cart.EventId,
                    cart.Id,
                    price.Total,
                    price.Discount,
                    price.Code,
                    tickets,
                    due = now + policy.TimeToPay,
                    cart.RefundType,
                    cart.RefundHoursBefore,
                    cart.RefundPercent,
                    request.ContactEmail,
                    request.ContactPhone,
                    traceParent = Spans.Cause,
                    now,
                });

            if (bookingId is { } id)
            {
                return id;
            }
        }

        throw new InvalidOperationException("No free booking number was found.");
    }

    /// <summary>The numbered seats that somebody else took while this cart's hold had lapsed.</summary>
    private static async Task<Problem?> WhatWasLost(Session db, Line[] lines, HashSet<long> booked)
    {
        var lost = lines.Where(line => line.IsAssigned).SelectMany(line => line.SeatIds).Where(seat => !booked.Contains(seat)).ToArray();

        return lost.Length == 0
            ? null
            : SeatingProblems.SeatsTaken(await db.QueryAsync<TakenSeat>(
                """
                select   id as seat_id,
                         label as seat_label
                from     seat
                where    id = any(@lost)
                order by id
                """,
                new { lost }));
    }

    /// <summary>A standing place is as good as another: takes other free ones for those that were lost.</summary>
    private static async Task<Line[]> ReplaceStandingPlaces(
        Session db, long bookingId, long cartId, Line[] lines, HashSet<long> booked, DateTimeOffset now)
    {
        var replaced = new List<Line>();

        foreach (var line in lines)
        {
            var own = line.SeatIds.Where(booked.Contains).ToArray();
            var missing = line.Quantity - own.Length;
            var others = missing == 0
                ? []
                : await SeatHolds.BookAsync(
                    db, bookingId, cartId, await HoldOthers(db, cartId, line.CategoryId, missing, now), now);
            replaced.Add(line with { SeatIds = [.. own, .. others] });
        }

        return [.. replaced];
    }

    /// <summary>With seats locked already nobody is waited for who decides for the waiting list: then there are none.</summary>
    private static async Task<long[]> HoldOthers(Session db, long cartId, long categoryId, int missing, DateTimeOffset now)
    {
        var until = now.AddMinutes(1);
        var others = await SeatHolds.HoldAnyAsync(db, cartId, categoryId, missing, leftOver: false, until, now);
        return others.Length == 0 && await KeptPlaces.AreLeftOverAsync(db, categoryId, missing, mayWait: false, now)
            ? await SeatHolds.HoldAnyAsync(db, cartId, categoryId, missing, leftOver: true, until, now)
            : others;
    }

    private static async Task<Problem?> WhatIsSoldOut(Session db, Line[] lines, DateTimeOffset now)
    {
        var missing = lines.Where(line => line.SeatIds.Length < line.Quantity).ToArray();

        return missing.Length == 0
            ? null
            : SeatingProblems.LostAtCheckout(await db.QueryAsync<SoldOutCategory>(
                $"""
                select   c.id as seat_category_id,
                         wanted.quantity as requested,
                         (wanted.kept + free.places)::integer as available
                from     unnest(@categories, @quantities, @kept) as wanted (category_id, quantity, kept)
                join     seat_category as c on c.id = wanted.category_id
                {Availability.CountedSql}
                order by c.id
                """,
                new
                {
                    categories = missing.Select(line => line.CategoryId).ToArray(),
                    quantities = missing.Select(line => line.Quantity).ToArray(),
                    kept = missing.Select(line => line.SeatIds.Length).ToArray(),
                    now,
                }));
    }

    private static async Task IssueTickets(Session db, long bookingId, CartToBook cart, Line[] lines, Money discount, DateTimeOffset now)
    {
        var seats = lines.SelectMany(line => line.SeatIds.Select(seatId => (seatId, line.CategoryId, line.UnitPrice))).ToArray();
        var discounts = PromoTerms.Split(discount, Array.ConvertAll(seats, seat => seat.UnitPrice));

        var issued = 0;

        for (var attempt = 0; attempt < TriesForAFreeNumber; attempt++)
        {
            // A number that exists already leaves its seat without a ticket, and only that seat is tried again.
            issued += await db.ExecuteAsync(
                """
                with converted as (
                    update cart
                    set    status = 'converted',
                           is_cleared = true,
                           updated_at = @now
                    where  id = @Id
                ),
                booked as (
                    update promo_use
                    set    state = 'booked'
                    where  cart_id = @Id
                    and    state = 'reserved'
                )
                insert into ticket (booking_id, seat_id, category_id, holder_id, price, discount, ticket_number, status, created_at)
                select @bookingId, seat_id, category_id, @AccountId, price, discount, number, 'pending', @now
                from   unnest(@seatIds, @categoryIds, @prices, @discounts, @numbers) as issued (seat_id, category_id, price, discount, number)
                where  not exists (select from ticket where booking_id = @bookingId and ticket.seat_id = issued.seat_id)
                on conflict (ticket_number) do nothing
                """,
                new
                {
                    bookingId,
                    cart.Id,
                    cart.AccountId,
                    seatIds = seats.Select(seat => seat.seatId).ToArray(),
                    categoryIds = seats.Select(seat => seat.CategoryId).ToArray(),
                    prices = seats.Select(seat => seat.UnitPrice.Paise).ToArray(),
                    discounts = discounts.Select(share => share.Paise).ToArray(),
                    numbers = seats.Select(_ => $"TKT-{NumberAlphabet.Random(8)}").ToArray(),
                    now,
                });

            if (issued == seats.Length)
            {
                return;
            }
        }

        throw new InvalidOperationException("No free ticket number was found.");
    }

    private sealed record CartToBook
    {
        public long Id { get; init; }

        public long AccountId { get; init; }

        public long EventId { get; init; }

        public string Status { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public string EventStatus { get; init; } = "";

        public DateTimeOffset BookingStartDate { get; init; }

        public DateTimeOffset BookingEndDate { get; init; }

        public int MaxTicketsPerBooking { get; init; }

        public bool QueueEnabled { get; init; }

        public bool IsWaitlistOffer { get; init; }

        public bool MayBuy { get; init; }

        public string TimeZone { get; init; } = "";

        public string RefundType { get; init; } = "";

        public int RefundHoursBefore { get; init; }

        public int RefundPercent { get; init; }
    }

    private sealed record Line
    {
        public long CategoryId { get; init; }

        public string SeatingType { get; init; } = "";

        public int Quantity { get; init; }

        public long[] SeatIds { get; init; } = [];

        public Money UnitPrice { get; init; }

        public bool HasCode { get; init; }

        public bool IsAssigned => SeatingType == "assigned";
    }
}
