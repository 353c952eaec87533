-- Two years of bookings with all that belongs to them. Each booking has places of its own, whether it kept them or not; those it kept are booked.

create temp table sale as
with wish as (
    select e.id as event_id,
           e.house,
           e.price,
           e.starts,
           e.bookings,
           number,
           least(e.closes, size.now) as latest,
           since + (least(e.closes, size.now) - since) * (pg_temp.pick(e.id * 4096 + number, 1, 1000003) / 1000003.0) as created_at
    from   size
    cross join programme as e
    cross join lateral (select greatest(e.opens, size.now - interval '730 days') as since) as window_of_sale
    cross join lateral generate_series(0, e.bookings - 1) as number
    where  e.status in ('published', 'completed')
    and    e.closes > size.now - interval '729 days'
),
newest as (
    select wish.*, row_number() over (order by created_at desc, event_id, number) as place
    from   wish
)
select size.bookings + 1 - place as id,
       newest.event_id,
       1 + pg_temp.pick(event_id * 4096 + number, 2, size.accounts) as account_id,
       newest.house,
       newest.starts,
       (array[1, 2, 1, 2, 4, 1, 2, 1])[number % 8 + 1] as quantity,
       number / 8 * 14 + (array[0, 1, 3, 4, 6, 10, 11, 13])[number % 8 + 1] as first_place,
       newest.price = 0 as is_free,
       case when place <= size.bookings / 1000 and price > 0 and latest = size.now then size.now - interval '10 minutes' * (place::double precision / size.bookings * 1000)
            else created_at
       end as created_at,
       case when place <= size.bookings / 1000 and price > 0 and latest = size.now then 'pending'
            when price = 0 then case when chance < 920 then 'confirmed' else 'called off' end
            when event_id % 50 = 3 then 'confirmed'
            when chance < 130 then 'expired'
            when chance < 170 then 'cancelled'
            when chance < 220 then 'refunded'
            when chance < 225 then 'being refunded'
            when chance < 235 then 'partly refunded'
            else 'confirmed'
       end as fate
from   size
cross join newest
cross join lateral (select pg_temp.pick(event_id * 4096 + number, 3, 1000) as chance) as fortune
where  place <= size.bookings;

-- What follows from the fate, once for all that is filled from it. Who calls off too late, or where nothing is given back, has paid for nothing.
create temp table deal as
select sale.id, sale.event_id, sale.account_id, sale.starts, sale.quantity, sale.is_free, sale.created_at,
       fate.fate,
       calling_off.ended_at,
       category.id as category_id,
       category.price,
       category.price * sale.quantity as amount,
       category.first_seat + sale.first_place - category.before as first_seat,
       case when fate.fate in ('partly refunded') then 'confirmed' when fate.fate in ('called off', 'being refunded', 'lost') then 'cancelled' else fate.fate end as status,
       fate.fate in ('confirmed', 'partly refunded', 'refunded', 'being refunded', 'lost', 'called off') as was_confirmed,
       fate.fate in ('confirmed', 'partly refunded', 'refunded', 'being refunded', 'lost') and not is_free as was_paid,
       case when fate.fate in ('refunded', 'being refunded') then category.price * sale.quantity when fate.fate in ('lost', 'called off') then 0 end as refund_due,
       least(sale.created_at + interval '3 minutes', size.now) as paid_at
from   size
cross join sale
join   event on event.id = sale.event_id
join   category on category.event_id = sale.event_id
               and sale.first_place between category.before and category.before + category.seats - 1
cross join lateral (
    select least(sale.created_at + interval '2 days', greatest(sale.created_at + interval '20 minutes', sale.starts - interval '2 hours'), size.now) as ended_at) as calling_off
cross join lateral (
    select case when sale.fate in ('refunded', 'being refunded')
                and (event.refund_type = 'none' or calling_off.ended_at > sale.starts - make_interval(hours => event.refund_hours_before))
                then 'lost'
                else sale.fate
           end as fate) as fate;

create index on deal (id);
analyze deal;

insert into cart (id, account_id, event_id, status, expires_at, is_cleared, created_at, updated_at)
overriding system value
select id, account_id, event_id, 'converted', created_at + interval '14 minutes', true, created_at - interval '1 minute', created_at
from   deal
order by id;

insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
select id, category_id, quantity, array(select generate_series(first_seat, first_seat + quantity - 1)), price, created_at + interval '6 minutes', created_at - interval '1 minute'
from   deal
order by id;

insert into booking (
    id, booking_number, account_id, event_id, cart_id, status, payment_status, total_amount, ticket_count, payment_due_at, refund_type, refund_hours_before, refund_percent,
    contact_email, contact_phone, cancelled_at, cancelled_by, cancellation_reason, refund_due, confirmed_at, created_at, updated_at, paid_by)
overriding system value
select deal.id,
       'ZNQ-' || to_char(deal.created_at at time zone event.time_zone, 'YYYYMMDD') || '-' || (
           select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((deal.id * 715827883 % 1073741824) >> (5 * digit) & 31)::integer, 1), '')
           from   generate_series(0, 5) as digit),
       deal.account_id, deal.event_id, deal.id, deal.status,
       case when deal.fate = 'partly refunded' then 'partially_refunded'
            when deal.fate = 'refunded' then 'refunded'
            when deal.was_confirmed then 'paid'
            when deal.status = 'pending' and deal.id % 20 = 0 then 'failed'
            else 'pending'
       end,
       deal.amount,
       deal.quantity,
       case when not deal.is_free then deal.created_at + interval '15 minutes' end,
       event.refund_type, event.refund_hours_before, event.refund_percent,
       account.email, account.phone,
       case when deal.status in ('cancelled', 'refunded') then deal.ended_at end,
       case when deal.status in ('cancelled', 'refunded') then 'buyer' end,
       case when deal.status in ('cancelled', 'refunded') and deal.id % 2 = 0 then 'Plans have changed' end,
       deal.refund_due,
       case when deal.was_confirmed then deal.paid_at end,
       deal.created_at,
       case when deal.status <> 'pending' then deal.paid_at end,
       case when deal.was_paid then deal.id end
from   deal
join   event on event.id = deal.event_id
join   account on account.id = deal.account_id
order by deal.id;

insert into ticket (booking_id, seat_id, category_id, holder_id, price, ticket_number, status, used_at, created_at)
select booking_id, seat_id, category_id, account_id, price,
       'TKT-' || (
           select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((place * 733007751851 % 1099511627776) >> (5 * digit) & 31)::integer, 1), '')
           from   generate_series(0, 7) as digit),
       status,
       case when status = 'used' then starts - interval '30 minutes' end,
       created_at
from   (
    select   row_number() over (order by deal.id, seat) as place,
             deal.id as booking_id,
             deal.first_seat + seat as seat_id,
             deal.category_id,
             deal.account_id,
             deal.price,
             deal.starts,
             deal.created_at,
             case when deal.status = 'pending' then 'pending'
                  when deal.status <> 'confirmed' then 'void'
                  when deal.starts < size.now and (deal.id + seat) % 8 > 0 then 'used'
                  else 'valid'
             end as status
    from     size
    cross join deal
    cross join lateral generate_series(0, deal.quantity - 1) as seat
    order by deal.id, seat) as line;

-- Whoever used a ticket was scanned.
insert into ticket_scan (scan_id, ticket_id, round, event_id, holder_id, answer, is_offline, gate, scanned_at, received_at, scanned_by, entry_at, entry_gate)
select 'scan-' || ticket.id, ticket.id, 0, booking.event_id, ticket.holder_id, 'accepted', false, 'Gate ' || ticket.id % 8 + 1, ticket.used_at, ticket.used_at,
       (select min(id) from account where role = 'admin'), ticket.used_at, 'Gate ' || ticket.id % 8 + 1
from   ticket
join   booking on booking.id = ticket.booking_id
where  ticket.status = 'used';

-- Some are choosing at this moment: the last two places of the last category, where they are not sold.
create temp table choice as
select size.bookings + row_number() over (order by e.id) as cart_id,
       e.id as event_id,
       1 + pg_temp.pick(e.id, 50, size.accounts) as account_id,
       last.id as category_id,
       last.price,
       last.first_seat + last.seats - 2 as first_seat
from   size
cross join programme as e
cross join lateral (
    select *
    from   category
    where  category.event_id = e.id
    order by place desc
    limit  1) as last
where  e.status = 'published'
and    e.closes > size.now + interval '1 hour'
and    e.opens < size.now
and    (e.bookings + 7) / 8 * 14 + 2 < e.capacity
and    e.id % 3 = 0;

insert into cart (id, account_id, event_id, status, expires_at, is_cleared, created_at, updated_at)
overriding system value
select cart_id, account_id, event_id, 'active', size.now + interval '15 minutes', false, size.now, size.now
from   size
cross join choice;

insert into cart_item (cart_id, category_id, quantity, seat_ids, unit_price, locked_until, created_at)
select cart_id, category_id, 2, array[first_seat, first_seat + 1], price, size.now + interval '7 minutes', size.now
from   size
cross join choice;

-- Others have chosen and gone.
insert into cart (id, account_id, event_id, status, expires_at, is_cleared, created_at, updated_at)
overriding system value
select 2 * size.bookings + id, account_id, event_id, 'expired', created_at - interval '1 day', true, created_at - interval '2 days', created_at - interval '2 days'
from   size
cross join deal
where  id % 10 = 0;

analyze ticket;

insert into seat (id, event_id, category_id, label, section, row_name, seat_number, position_x, position_y, cart_id, locked_until, booking_id)
overriding system value
select place.id, category.event_id, category.id,
       case when numbered then category.name || '-' || row_name || seat_number end,
       case when numbered then category.name end,
       case when numbered then row_name end,
       case when numbered then seat_number end,
       case when numbered then (place.number % width)::integer end,
       case when numbered then category.place * 100 + (place.number / width)::integer end,
       choice.cart_id,
       case when choice.cart_id is not null then size.now + interval '7 minutes' end,
       ticket.booking_id
from   size
cross join category
cross join lateral (select number, category.first_seat + number as id from generate_series(0, category.seats - 1) as number) as place
cross join lateral (
    select category.seating_type = 'assigned' as numbered, case when category.seats > 1000 then 50 else 14 end as width) as hall
cross join lateral (
    select case when place.number / width >= 26 then chr(64 + (place.number / width / 26)::integer) else '' end || chr(65 + (place.number / width % 26)::integer) as row_name,
           (place.number % width + 1)::text as seat_number) as label
left join ticket on ticket.seat_id = place.id and ticket.status <> 'void'
left join choice on choice.category_id = category.id and place.id between choice.first_seat and choice.first_seat + 1
order by place.id;

update seat_category
set    booked_seats = booked.places
from   (select category_id, count(*) as places from seat where booking_id is not null group by category_id) as booked
where  booked.category_id = seat_category.id;

insert into gateway_order (booking_id, razorpay_order_id, amount, created_at)
select id, 'order_' || substr(md5(id::text), 1, 14), amount, created_at + interval '1 minute'
from   deal
where  not is_free
and    (was_paid or id % 2 = 0)
order by id;

insert into payment (id, booking_id, razorpay_order_id, razorpay_payment_id, amount, amount_refunded, status, method, created_at, paid_at)
overriding system value
select id, id, 'order_' || substr(md5(id::text), 1, 14), 'pay_' || substr(md5('pay' || id), 1, 14), amount,
       case fate when 'refunded' then amount when 'partly refunded' then amount / 2 else 0 end,
       case fate when 'refunded' then 'refunded' when 'partly refunded' then 'partially_refunded' else 'captured' end,
       (array['upi', 'card', 'netbanking', 'wallet', 'upi', 'upi'])[1 + id % 6], paid_at, paid_at
from   deal
where  was_paid
order by id;

insert into payment (id, booking_id, razorpay_order_id, razorpay_payment_id, amount, status, method, error_code, error_description, created_at)
overriding system value
select size.bookings + row_number() over (order by deal.id), deal.id, 'order_' || substr(md5(deal.id::text), 1, 14), 'pay_' || substr(md5('failed' || deal.id), 1, 14), deal.amount,
       'failed', 'card', 'BAD_REQUEST_ERROR', 'Payment was declined by the bank.', deal.created_at + interval '2 minutes'
from   size
cross join deal
where  not deal.is_free
and    deal.id % 20 = 0;

insert into refund (payment_id, razorpay_refund_id, amount, status, reason, requested_by, idempotency_key, created_at, processed_at)
select id,
       case when fate <> 'being refunded' then 'rfnd_' || substr(md5('refund' || id), 1, 14) end,
       case fate when 'partly refunded' then amount / 2 else amount end,
       case when fate = 'being refunded' then 'pending' else 'processed' end,
       'Plans have changed', case when fate = 'partly refunded' then 'admin' else 'user' end,
       case when fate = 'partly refunded' then 'zoniq-generated-' else 'zoniq-cancel-' end || id,
       ended_at,
       case when fate <> 'being refunded' then ended_at + interval '1 hour' end
from   deal
where  was_paid
and    fate in ('refunded', 'being refunded', 'partly refunded')
order by id;

insert into mail (template, recipient, cause, data, status, attempts, next_attempt_at, created_at, sent_at)
select 'booking_confirmed', account.email, 'booking:' || deal.id, jsonb_build_object('bookingId', deal.id, 'eventTitle', event.title), 'sent', 1,
       deal.paid_at, deal.paid_at, deal.paid_at + interval '5 seconds'
from   deal
join   account on account.id = deal.account_id
join   event on event.id = deal.event_id
where  deal.was_confirmed
order by deal.id;

insert into webhook_event (event_key, event_type, body, received_at, processed_at, attempts, next_attempt_at)
select 'evt_' || id, 'payment.captured', '{"event":"payment.captured"}', paid_at, paid_at, 1, paid_at
from   deal
where  was_paid
and    id % 10 = 0
order by id;

insert into notification_preference (account_id, email_event_reminders, created_at)
select id, id % 3 > 0, created_at
from   account
where  id % 4 = 0;

insert into wishlist_item (account_id, event_id, created_at)
select distinct on (account_id, event_id) account_id, event_id, created_at
from   (
    select account.id as account_id, 1 + pg_temp.pick(account.id * 3 + number, 60, size.events) as event_id, account.created_at + number * interval '1 day' as created_at
    from   size
    cross join account
    cross join generate_series(1, 2) as number) as wish
order by account_id, event_id, created_at;

insert into admin_log (admin_id, admin_username, action, entity_type, entity_id, details, ip_address, created_at)
select account.id, account.username, work.action, work.entity_type, 1 + pg_temp.pick(number, 62, size.events), jsonb_build_object('number', number), '203.0.113.' || number % 250,
       size.now - interval '730 days' * (1 - number::double precision / (size.bookings / 20))
from   size
cross join generate_series(1, size.bookings / 20) as number
join   account on account.id = 1 + number % 5
cross join lateral (
    select (array['create_event', 'update_event', 'publish_event', 'block_user', 'create_venue', 'refund_payment', 'block_seat', 'create_seat_category'])[1 + pg_temp.pick(number, 61, 8)] as action,
           (array['event', 'event', 'event', 'user', 'venue', 'payment', 'seat', 'seat_category'])[1 + pg_temp.pick(number, 61, 8)] as entity_type) as work
order by number;

insert into revoked_token (jti, account_id, expires_at)
select md5('token' || id)::uuid, account_id, size.now + interval '3 days'
from   size
cross join deal
where  id % 100 = 0;
