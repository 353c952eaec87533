-- Promo codes: a use is taken with the cart that names the code, so that a code is never given to more people than it is for.

create table promo_code (
    id             bigint generated always as identity primary key,
    code           text not null unique check (code ~ '^[A-Z0-9_-]{3,32}$'),
    kind           text not null check (kind in ('percent', 'amount')),
    value          bigint not null,                -- hundredths of a percent, or paise
    event_id       bigint references event,        -- none when it is for every event
    max_uses       integer check (max_uses >= 1),
    per_user_limit integer check (per_user_limit >= 1),
    starts_at      timestamptz,
    ends_at        timestamptz,
    min_amount     bigint check (min_amount >= 0),
    is_active      boolean not null default true,
    used_count     integer not null default 0 check (used_count >= 0),
    created_at     timestamptz not null,
    updated_at     timestamptz,
    check (value between 1 and case kind when 'percent' then 10000 else 100000000000 end),
    check (used_count <= max_uses),
    check (starts_at < ends_at)
);

create index promo_code_of_event on promo_code (event_id) where event_id is not null;

-- One cart, one use. It keeps the terms under which it was taken, whatever becomes of the code. A reserved use of a cart that ran out is as good as
-- returned: expiry is a predicate, never a job. Of a booking that ended unpaid the row stays, returned, because the money may still come.
create table promo_use (
    cart_id    bigint primary key references cart,
    promo_id   bigint not null references promo_code,
    account_id bigint not null references account,
    state      text not null check (state in ('reserved', 'booked', 'consumed', 'returned')),
    kind       text not null check (kind in ('percent', 'amount')),
    value      bigint not null check (value >= 1),
    min_amount bigint check (min_amount >= 0),
    created_at timestamptz not null
);

create index promo_use_of_person on promo_use (promo_id, account_id);
create index promo_use_reserved on promo_use (promo_id) where state = 'reserved';

-- The count stands on the code's row, where a constraint guards it. That a use is booked or consumed changes no count, and so waits for nobody.
create function count_promo_use() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.state <> 'returned' then
        update promo_code set used_count = used_count - 1 where id = old.promo_id;
    end if;
    if tg_op <> 'DELETE' and new.state <> 'returned' then
        update promo_code set used_count = used_count + 1 where id = new.promo_id;
    end if;
    return null;
end $$;

create trigger promo_use_taken after insert or delete on promo_use
    for each row execute function count_promo_use();
create trigger promo_use_moved after update on promo_use
    for each row when ((old.state = 'returned') <> (new.state = 'returned')) execute function count_promo_use();

alter table booking
    add column promo_code text,    -- as it was called at checkout
    add check (discount_amount = 0 or promo_code is not null);

-- The ticket's share of its booking's discount.
alter table ticket
    add column discount bigint not null default 0,
    add check (discount between 0 and price);
