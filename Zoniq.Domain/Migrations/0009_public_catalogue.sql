-- What the public asks for most must not cost more the more is sold: figures without counting seats, search by index; and wishlists.

create extension if not exists pg_trgm;

-- Booked places of a category: this counter and the changes that are not in it yet. A sale only inserts, so buyers of
-- one category do not wait for each other; a timer adds the changes up.
alter table seat_category add booked_seats integer not null default 0;

update seat_category
set    booked_seats = (select count(*) from seat where seat.category_id = seat_category.id and seat.booking_id is not null);

-- No foreign key: checking it would have every sale of a category write to the category's row.
create table stock_change (
    id          bigint generated always as identity primary key,
    category_id bigint not null,
    change      integer not null check (change <> 0)
);

create index stock_change_category on stock_change (category_id);

create index seat_blocked on seat (category_id) where is_blocked;

-- The holds that still run are those of few lines, however many lines a category has had.
create index cart_item_held on cart_item (category_id, locked_until);
drop index cart_item_category;
