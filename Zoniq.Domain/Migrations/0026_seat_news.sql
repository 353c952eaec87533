-- What changed on seat maps: news as whoever changes a seat leaves it, and the numbered history that a timer makes of it, so that who has a map needs only the difference.

-- One row for each statement and event that changed something anybody can see. Its writer has no number to wait for. Without a reference:
-- a hold must not lock its event.
create table seat_change (
    event_id     bigint not null,
    seat_ids     bigint[] not null,
    moved_ids    bigint[] not null,
    category_ids bigint[] not null,
    is_relisted  boolean not null default false
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1);

-- Versions of an event are 2, 3, 4 … without a gap; 1 is the map before any of them. The newest stays; those it replaced go after a while.
-- seat_ids: numbered seats touched; moved_ids: those of them that left a category or the house; category_ids: categories of which something changed,
-- if only what is left; is_relisted: a category came on sale or went off.
create table seat_version (
    event_id     bigint not null references event on delete cascade,
    version      bigint not null check (version > 1),
    seat_ids     bigint[] not null,
    moved_ids    bigint[] not null,
    category_ids bigint[] not null,
    is_relisted  boolean not null,
    replaced_at  timestamptz,
    primary key (event_id, version)
);

create index seat_version_replaced on seat_version (replaced_at) where replaced_at is not null;

create function seat_was_added() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   event_id,
             coalesce(array_agg(id) filter (where label is not null), '{}'),
             '{}',
             array_agg(distinct category_id)
    from     added
    where    category_id is not null
    group by event_id;
    return null;
end
$$;

create function seat_was_changed() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   after.event_id,
             coalesce(array_agg(id) filter (where after.label is not null or before.label is not null), '{}'),
             coalesce(array_agg(id) filter (where before.label is not null and after.category_id is distinct from before.category_id), '{}'),
             array_remove(array_agg(distinct before.category_id) || array_agg(distinct after.category_id) filter (where after.category_id is distinct from before.category_id), null)
    from     before
    join     after using (id)
    where    (after.cart_id, after.locked_until, after.booking_id, after.is_blocked, after.category_id,
              after.label, after.section, after.row_name, after.seat_number, after.position_x, after.position_y)
             is distinct from
             (before.cart_id, before.locked_until, before.booking_id, before.is_blocked, before.category_id,
              before.label, before.section, before.row_name, before.seat_number, before.position_x, before.position_y)
    group by after.event_id;
    return null;
end
$$;

create function seat_was_removed() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   event_id,
             coalesce(array_agg(id) filter (where label is not null), '{}'),
             coalesce(array_agg(id) filter (where label is not null), '{}'),
             array_agg(distinct category_id)
    from     removed
    where    category_id is not null
    group by event_id;
    return null;
end
$$;

create trigger seat_added after insert on seat referencing new table as added for each statement execute function seat_was_added();
create trigger seat_changed after update on seat referencing old table as before new table as after for each statement execute function seat_was_changed();
create trigger seat_removed after delete on seat referencing old table as removed for each statement execute function seat_was_removed();

create function seat_category_was_added() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   event_id, '{}', '{}', array_agg(id)
    from     added
    group by event_id;
    return null;
end
$$;

-- The counter of booked places is nobody's news: they were news when they were booked.
create function seat_category_was_changed() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids, is_relisted)
    select after.event_id,
           case when after.is_active = before.is_active then '{}' else array(select seat.id from seat where seat.category_id = before.id and seat.label is not null) end,
           '{}',
           array[id],
           after.is_active <> before.is_active
    from   before
    join   after using (id)
    where  (after.name, after.description, after.price, after.total_seats, after.seating_type, after.display_order, after.color_code, after.is_active)
           is distinct from
           (before.name, before.description, before.price, before.total_seats, before.seating_type, before.display_order, before.color_code, before.is_active);
    return null;
end
$$;

create function seat_category_was_removed() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids, is_relisted)
    select   event_id, '{}', '{}', array_agg(id), true
    from     removed
    group by event_id;
    return null;
end
$$;

create trigger seat_category_added after insert on seat_category referencing new table as added for each statement execute function seat_category_was_added();
create trigger seat_category_changed after update on seat_category referencing old table as before new table as after for each statement execute function seat_category_was_changed();
create trigger seat_category_removed after delete on seat_category referencing old table as removed for each statement execute function seat_category_was_removed();
