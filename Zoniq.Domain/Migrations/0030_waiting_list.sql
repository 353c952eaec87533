-- The waiting list: who waits for how many places of a category that is sold out, and what was offered to whom.

-- An offer is a cart: what it holds, and for how long, is said where it is said of every other cart.
alter table cart add column is_waitlist_offer boolean not null default false;

-- Whoever joins, offers, or takes what is on public sale of a category that somebody waits for, holds the category's advisory lock. It goes by id.
create table waitlist_entry (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references account,
    event_id    bigint not null,
    category_id bigint not null,
    quantity    integer not null check (quantity between 1 and 50),
    status      text not null default 'waiting' check (status in ('waiting', 'offered', 'fulfilled', 'expired', 'left')),
    overtaken   integer not null default 0 check (overtaken >= 0),    -- by offers to younger and smaller ones, since places were last saved up for it
    saved_until timestamptz,                                         -- while it waits: till then places are saved up for it
    cart_id     bigint unique references cart,                       -- the offer: one, ever
    offered_at  timestamptz,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    foreign key (category_id, event_id) references seat_category (id, event_id) on delete cascade,
    check ((cart_id is null) = (offered_at is null)),
    check (status <> 'waiting' or cart_id is null),
    check (status not in ('offered', 'fulfilled') or cart_id is not null)
);

create unique index waitlist_entry_one_active on waitlist_entry (account_id, category_id) where status in ('waiting', 'offered');
create index waitlist_entry_waiting on waitlist_entry (category_id, id) where status = 'waiting';
create index waitlist_entry_wanted on waitlist_entry (category_id, quantity) where status = 'waiting';
create index waitlist_entry_saving on waitlist_entry (category_id, saved_until) where status = 'waiting' and saved_until is not null;
create index waitlist_entry_offered on waitlist_entry (id) where status = 'offered';
create index waitlist_entry_of_account on waitlist_entry (account_id, event_id);
create index waitlist_entry_of_event on waitlist_entry (event_id);

-- Of so many free places of a category, those that are not on public sale: the oldest come first, and each has all it wants or nothing, except
-- that what is not enough is kept as well while it is saved up for.
create function seats_kept(category bigint, free bigint, moment timestamptz) returns bigint language plpgsql stable as
$$
declare
    remaining bigint := free;
    smallest integer;
    entry record;
begin
    if exists (select from waitlist_entry where category_id = category and status = 'waiting' and saved_until > moment) then
        smallest := 1;
    else
        select min(quantity) into smallest from waitlist_entry where category_id = category and status = 'waiting';
    end if;

    if smallest is null or free < smallest then
        return 0;
    end if;

    for entry in
        select   quantity,
                 saved_until > moment as is_saved_for
        from     waitlist_entry
        where    category_id = category
        and      status = 'waiting'
        and      (quantity <= free or saved_until > moment)
        order by id
    loop
        if entry.quantity <= remaining or entry.is_saved_for then
            remaining := remaining - least(entry.quantity, remaining);
            exit when remaining < smallest;
        end if;
    end loop;

    return free - remaining;
end
$$;

-- Who waits decides what can be had: that is news of the map, though no seat has changed.
create function waitlist_was_changed() returns trigger language plpgsql as
$$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select    list.event_id,
              coalesce(array_agg(seat.id) filter (where seat.id is not null), '{}'),
              '{}',
              array_agg(distinct list.category_id)
    from      (select event_id, category_id, max(changed_at) as moment from after group by event_id, category_id) as list
    left join seat on  seat.category_id = list.category_id
                   and seat.booking_id is null
                   and seat.label is not null
                   and not seat.is_blocked
                   and (seat.cart_id is null or seat.locked_until <= list.moment)
    group by  list.event_id;
    return null;
end
$$;

create trigger waitlist_joined after insert on waitlist_entry referencing new table as after for each statement execute function waitlist_was_changed();
create trigger waitlist_changed after update on waitlist_entry referencing new table as after for each statement execute function waitlist_was_changed();
