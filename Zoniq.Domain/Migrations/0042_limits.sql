-- Counting promo codes back, waiting lists and pictures: what many rows at once, a changed limit or an address of somebody else's would do.

-- Many carts end at once, and the code's row is changed once for all of them.
create function count_promo_uses_ended() returns trigger language plpgsql as $$
begin
    update promo_code
    set    used_count = used_count - ended.uses
    from   (select promo_id, count(*) as uses from before where state <> 'returned' group by promo_id) as ended
    where  promo_code.id = ended.promo_id;
    return null;
end $$;

drop trigger promo_use_taken on promo_use;
create trigger promo_use_taken after insert on promo_use
    for each row execute function count_promo_use();
create trigger promo_use_ended after delete on promo_use
    referencing old table as before for each statement execute function count_promo_uses_ended();

create or replace function count_promo_use() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.state <> 'returned' then
        update promo_code set used_count = used_count - 1 where id = old.promo_id;
    end if;
    if new.state <> 'returned' then
        update promo_code set used_count = used_count + 1 where id = new.promo_id;
    end if;
    return null;
end $$;

-- For those who check that nobody was passed over.
create index if not exists waitlist_entry_offers on waitlist_entry (category_id, id) where offered_at is not null;

-- Who waits for more than one booking may have by now is offered nothing, and nothing is kept for them. The public's look at a map must not depend on
-- how many wait in vain: after a thousand who could not be served, all the rest is kept.
create or replace function seats_kept(category bigint, free bigint, moment timestamptz) returns bigint language plpgsql stable as
$$
declare
    remaining bigint := free;
    most integer;
    smallest integer;
    vain integer := 0;
    entry record;
begin
    select event.max_tickets_per_booking into most from seat_category join event on event.id = seat_category.event_id where seat_category.id = seats_kept.category;

    if exists (select from waitlist_entry where category_id = category and status = 'waiting' and saved_until > moment and quantity <= most) then
        smallest := 1;
    else
        select min(quantity) into smallest from waitlist_entry where category_id = category and status = 'waiting' and quantity <= most;
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
        and      quantity <= most
        and      (quantity <= free or saved_until > moment)
        order by id
    loop
        if entry.quantity <= remaining or entry.is_saved_for then
            remaining := remaining - least(entry.quantity, remaining);
            exit when remaining < smallest;
        else
            vain := vain + 1;
            if vain = 1000 then
                return free;
            end if;
        end if;
    end loop;

    return free - remaining;
end
$$;

-- An address is that of an upload when its file is; any 32 hexadecimal digits may stand in somebody else's.
drop index event_banner_upload;
drop index event_thumbnail_upload;
create index event_banner_upload on event (substring(banner_image_url from '/([0-9a-f]{32})(?:-thumb)?[.]webp')) where banner_image_url is not null;
create index event_thumbnail_upload on event (substring(thumbnail_image_url from '/([0-9a-f]{32})(?:-thumb)?[.]webp')) where thumbnail_image_url is not null;

-- The watch goes through promo codes as it does through bookings and events.
alter table invariant_cursor drop constraint invariant_cursor_subject_check;
alter table invariant_cursor add constraint invariant_cursor_subject_check check (subject in ('booking', 'event', 'promo code'));
