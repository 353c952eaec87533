-- Stock: every place that can be sold is one row of seat, and whoever has the place is named on its row.

create table cart (
    id         bigint generated always as identity primary key,
    account_id bigint not null references account,
    event_id   bigint not null references event,
    status     text not null default 'active' check (status in ('active', 'converted', 'abandoned', 'expired')),
    expires_at timestamptz not null,
    is_cleared boolean not null default false,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check (status <> 'active' or not is_cleared)
);

create unique index cart_one_active on cart (account_id, event_id) where status = 'active';
create index cart_of_account on cart (account_id, updated_at desc);
-- Cleared: no seat row names this cart any more.
create index cart_to_clear on cart (expires_at) where not is_cleared;

-- seat_ids are the places this line asked for; whether they are still held says the row of each seat.
create table cart_item (
    id           bigint generated always as identity primary key,
    cart_id      bigint not null references cart,
    category_id  bigint not null references seat_category,
    quantity     integer not null check (quantity between 1 and 50),
    seat_ids     bigint[] not null check (cardinality(seat_ids) = quantity),
    unit_price   bigint not null check (unit_price >= 0),
    locked_until timestamptz not null,
    created_at   timestamptz not null,
    unique (cart_id, category_id)
);

create index cart_item_category on cart_item (category_id);

create table booking (
    id                   bigint generated always as identity primary key,
    booking_number       text not null unique check (booking_number ~ '^ZNQ-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}$'),
    account_id           bigint not null references account,
    event_id             bigint not null references event,
    cart_id              bigint not null unique references cart,
    status               text not null check (status in ('pending', 'confirmed', 'expired', 'cancelled', 'refunded')),
    payment_status       text not null check (payment_status in ('pending', 'failed', 'paid', 'partially_refunded', 'refunded')),
    total_amount         bigint not null check (total_amount >= 0),
    discount_amount      bigint not null default 0 check (discount_amount between 0 and total_amount),
    final_amount         bigint generated always as (total_amount - discount_amount) stored,
    payment_due_at       timestamptz,
    refund_type          text not null check (refund_type in ('none', 'full_until')),
    refund_hours_before  integer not null,
    refund_percent       integer not null check (refund_percent between 0 and 100),
    contact_email        text,
    contact_phone        text,
    cancelled_at         timestamptz,
    cancellation_reason  text check (length(cancellation_reason) <= 500),
    confirmed_at         timestamptz,
    created_at           timestamptz not null,
    updated_at           timestamptz,
    check (status <> 'confirmed' or (payment_status in ('paid', 'partially_refunded') and confirmed_at is not null)),
    check (status <> 'pending' or (payment_due_at is not null and payment_status in ('pending', 'failed')))
);

create index booking_of_account on booking (account_id, id desc);
create index booking_overdue on booking (payment_due_at) where status = 'pending';

-- A standing place has no label and is never listed. A row is free when it is not blocked, not booked,
-- and not held beyond now: expiry is a predicate, never a job.
create table seat (
    id           bigint generated always as identity primary key,
    event_id     bigint not null,
    category_id  bigint not null,
    label        text check (length(label) between 1 and 90),
    section      text check (length(section) <= 50),
    row_name     text check (length(row_name) <= 10),
    seat_number  text check (length(seat_number) <= 20),
    position_x   integer,
    position_y   integer,
    is_blocked   boolean not null default false,
    cart_id      bigint references cart,
    locked_until timestamptz,
    booking_id   bigint references booking,
    foreign key (category_id, event_id) references seat_category (id, event_id),
    check ((cart_id is null) = (locked_until is null)),
    check (booking_id is null or cart_id is null),
    check (not is_blocked or (cart_id is null and booking_id is null))
) with (fillfactor = 75);

-- A hold and a release touch no indexed column, so they stay on their page; only a sale leaves the index of what can be had.
create index seat_unsold on seat (category_id, id) where booking_id is null;
create index seat_of_event on seat (event_id);
create unique index seat_place on seat (event_id, coalesce(section, ''), coalesce(row_name, ''), seat_number) where label is not null;

-- A ticket is one line of a booking and names its place, so what was sold cannot be deleted.
create table ticket (
    id            bigint generated always as identity primary key,
    booking_id    bigint not null references booking,
    seat_id       bigint not null references seat,
    category_id   bigint not null references seat_category,
    holder_id     bigint not null references account,
    price         bigint not null check (price >= 0),
    ticket_number text not null unique check (ticket_number ~ '^TKT-[0-9A-HJKMNP-TV-Z]{8}$'),
    status        text not null check (status in ('pending', 'valid', 'used', 'void')),
    generation    integer not null default 1 check (generation >= 1),
    used_at       timestamptz,
    created_at    timestamptz not null,
    check ((status = 'used') <= (used_at is not null))
);

create unique index ticket_one_live_per_seat on ticket (seat_id) where status <> 'void';
create index ticket_of_booking on ticket (booking_id);
create index ticket_of_holder on ticket (holder_id, id desc);
