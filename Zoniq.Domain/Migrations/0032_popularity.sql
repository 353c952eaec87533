-- What is popular, counted by a timer: nobody who asks for a list has the sales of a week added up.

create table event_popularity (
    event_id bigint primary key references event on delete cascade,
    points   bigint not null check (points > 0)
);

create index event_popularity_by_points on event_popularity (points desc, event_id);

create index booking_confirmed_lately on booking (confirmed_at) include (event_id, ticket_count) where status = 'confirmed';

create index wishlist_item_lately on wishlist_item (created_at) include (event_id);

-- The lowest price of an event, for those who sort by it.
create index seat_category_prices on seat_category (event_id, price) where is_active;
