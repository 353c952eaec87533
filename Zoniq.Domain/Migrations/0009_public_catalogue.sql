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

-- Words as they are written besides their stems: festiva is no beginning of the stem of festival.
drop index event_search;
alter table event drop column search;
alter table event add headline tsvector not null generated always as (
    setweight(to_tsvector('english', title) || to_tsvector('simple', title), 'A')
    || setweight(
        to_tsvector('english', coalesce(short_description, '') || ' ' || coalesce(organizer_name, ''))
        || to_tsvector('simple', coalesce(short_description, '') || ' ' || coalesce(organizer_name, '')), 'B')) stored;

-- To find by; what is found is ranked by the headline, which is short enough to lie in the row.
alter table event add search tsvector not null generated always as (
    setweight(to_tsvector('english', title) || to_tsvector('simple', title), 'A')
    || setweight(
        to_tsvector('english', coalesce(short_description, '') || ' ' || coalesce(organizer_name, ''))
        || to_tsvector('simple', coalesce(short_description, '') || ' ' || coalesce(organizer_name, '')), 'B')
    || setweight(to_tsvector('english', coalesce(description, '')) || to_tsvector('simple', coalesce(description, '')), 'C')) stored;

-- Where parts of words, and misspelt ones, are looked for.
alter table event add names text not null generated always as (lower(title || E'\n' || coalesce(organizer_name, ''))) stored;
alter table event add summary text generated always as (lower(short_description)) stored;

create index event_search on event using gin (search) where status in ('published', 'completed');
create index event_names on event using gin (names gin_trgm_ops) where status in ('published', 'completed');
create index event_summary on event using gin (summary gin_trgm_ops) where status in ('published', 'completed');

create table wishlist_item (
    id         bigint generated always as identity primary key,
    account_id bigint not null references account,
    event_id   bigint not null references event on delete cascade,
    created_at timestamptz not null,
    unique (account_id, event_id)
);

create index wishlist_item_of_account on wishlist_item (account_id, id desc);
create index wishlist_item_of_event on wishlist_item (event_id, created_at);
