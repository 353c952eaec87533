namespace Zoniq.Tests.Seating;

/// <summary>Puts seats into a state past the app, and free again at the end, so that the invariants need not explain them.</summary>
internal sealed class StateOfSeats : IAsyncDisposable
{
    private readonly ZoniqApp app;
    private readonly long eventId;

    private StateOfSeats(ZoniqApp app, long eventId) => (this.app, this.eventId) = (app, eventId);

    /// <param name="app">Where.</param>
    /// <param name="eventId">Of which event.</param>
    /// <param name="held">In a cart for ten minutes.</param>
    /// <param name="lapsed">In a cart whose hold has just run out.</param>
    /// <param name="booked">Of a booking that waits for its money.</param>
    /// <param name="blocked">By an administrator.</param>
    public static async Task<StateOfSeats> Set(
        ZoniqApp app, long eventId, long[]? held = null, long[]? lapsed = null, long[]? booked = null, long[]? blocked = null)
    {
        var buyer = await app.NewBuyer();
        await app.Execute(
            """
            with cart as (
                insert into cart (account_id, event_id, status, expires_at, created_at, updated_at)
                values (@account, @eventId, 'active', @now + interval '10 minutes', @now, @now),
                       (@account, @eventId, 'converted', @now, @now, @now)
                returning id, status),
            booking as (
                insert into booking (
                    booking_number, account_id, event_id, cart_id, status, payment_status, total_amount, ticket_count, payment_due_at,
                    refund_type, refund_hours_before, refund_percent, created_at)
                select 'ZNQ-20300101-' || lpad((@eventId % 1000000)::text, 6, '0'), @account, @eventId, id, 'pending', 'pending', 0, 0, @now + interval '15 minutes', 'none', 0, 0, @now
                from   cart
                where  status = 'converted'
                returning id),
            line as (
                insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
                select   cart.id, seat.category_id, count(*), array_agg(seat.id), 0, case when bool_or(seat.id = any(@held)) then @now + interval '10 minutes' else @now end, @now
                from     cart
                join     seat on seat.id = any(@held || @lapsed)
                where    cart.status = 'active'
                group by cart.id, seat.category_id),
            counted as (
                insert into stock_change (category_id, change)
                select   category_id, count(*)
                from     seat
                where    id = any(@booked)
                group by category_id)
            update seat
            set    cart_id = case when id = any(@held || @lapsed) then (select id from cart where status = 'active') end,
                   locked_until = case when id = any(@held) then @now + interval '10 minutes' when id = any(@lapsed) then @now end,
                   booking_id = case when id = any(@booked) then (select id from booking) end,
                   is_blocked = id = any(@blocked)
            where  event_id = @eventId
            """,
            new { account = buyer.Id, eventId, now = app.Now.UtcDateTime, held = held ?? [], lapsed = lapsed ?? [], booked = booked ?? [], blocked = blocked ?? [] });
        return new StateOfSeats(app, eventId);
    }

    public async ValueTask DisposeAsync() => await app.Execute(
        """
        insert into stock_change (category_id, change) select category_id, -count(*) from seat where event_id = @eventId and booking_id is not null group by category_id;
        update seat set cart_id = null, locked_until = null, booking_id = null, is_blocked = false where event_id = @eventId;
        delete from booking where event_id = @eventId;
        delete from cart_item using cart where cart.id = cart_id and event_id = @eventId;
        delete from cart where event_id = @eventId;
        """,
        new { eventId });
}
