-- What is kept for those who wait depends on how many tickets a booking may have: who waits for more is passed over. So a new limit is news of the seat map,
-- of those categories that somebody waits for.

create function booking_limit_was_changed() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select    new.id,
              coalesce(array_agg(seat.id) filter (where seat.id is not null), '{}'),
              '{}',
              array_agg(distinct list.category_id)
    from      (select distinct category_id from waitlist_entry where event_id = new.id and status = 'waiting') as list
    left join seat on  seat.category_id = list.category_id
                   and seat.booking_id is null
                   and seat.label is not null
                   and not seat.is_blocked
                   and (seat.cart_id is null or seat.locked_until <= zoniq_now())
    having    count(list.category_id) > 0;
    return null;
end
$$;

create trigger booking_limit_changed after update of max_tickets_per_booking on event
    for each row when (new.max_tickets_per_booking <> old.max_tickets_per_booking) execute function booking_limit_was_changed();
