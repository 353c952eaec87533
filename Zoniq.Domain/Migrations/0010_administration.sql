-- Administrators change and remove what is on sale: stock that was once sold leaves without its history, and what they look up has an index.

-- Out of stock: in no category any more and never to be had again, only named by void tickets.
alter table seat
    alter column category_id drop not null,
    add check (category_id is not null or (is_blocked and cart_id is null and booking_id is null));

drop index seat_place;
create unique index seat_place on seat (event_id, coalesce(section, ''), coalesce(row_name, ''), seat_number) where label is not null and category_id is not null;

-- A cart that was given up outlives its event.
alter table cart
    alter column event_id drop not null,
    add check (event_id is not null or (status = 'abandoned' and is_cleared));

create index cart_of_event on cart (event_id);
create index ticket_of_seat on ticket (seat_id);
create index event_of_venue on event (venue_id);
create index event_by_date on event (event_date, id);
create index event_running on event (event_date) where status = 'published';
