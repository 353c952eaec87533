-- The waiting room: who waits for an event and in which order, and who may buy now.

-- What the tick knows of a room. Joining never waits for this row.
create table queue (
    event_id          bigint primary key references event (id),
    seed              bytea not null check (length(seed) = 32),
    commitment        text not null generated always as (encode(sha256(seed), 'hex')) stored,
    committed_at      timestamptz not null,
    entrants_hash     text check (entrants_hash ~ '^[0-9a-f]{64}$'),    -- null until all who were there at opening have a number
    numbered_to       bigint not null default 0 check (numbered_to >= 0),
    serving_number    bigint not null default 0 check (serving_number >= 0),
    is_paused         boolean not null default false,
    recent_admissions integer not null default 0 check (recent_admissions >= 0),
    processing        integer not null default 0 check (processing >= 0),
    told              text,    -- what the last queueServing said
    check (serving_number <= numbered_to)
);

-- The door: whoever joins locks this row for a moment, and so does whoever shuts it. The order of locks is event, queue, door, entries; accounts before all of them.
create table queue_door (
    event_id      bigint primary key references event (id),
    last_number   bigint not null default 0 check (last_number >= 0),
    opened_at     timestamptz,
    entrant_count bigint check (entrant_count >= 0),
    is_draining   boolean not null default false,
    check ((opened_at is null) = (entrant_count is null)),
    check (opened_at is not null or last_number = 0),
    check (last_number >= entrant_count)
) with (fillfactor = 10);    -- changed with every batch of joins: the versions stay on its page

create table queue_entry (
    id          bigint generated always as identity primary key,
    public_id   uuid not null unique default gen_random_uuid(),
    event_id    bigint not null references event (id),
    account_id  bigint not null references account (id),
    status      text not null default 'waiting' check (status in ('waiting', 'processing', 'completed', 'expired', 'left')),
    number      bigint check (number >= 1),
    is_entrant  boolean not null default false,    -- was there at opening, or still is before: takes part in the draw
    joined_at   timestamptz not null,
    admitted_at timestamptz,
    expires_at  timestamptz check (expires_at > admitted_at),
    batch_size  integer check (batch_size >= 1),    -- how many could be inside at a time when this one was let in
    ended_at    timestamptz,
    check (number is not null or is_entrant or status = 'left'),
    check ((admitted_at is null) = (expires_at is null) and (admitted_at is null) = (batch_size is null)),
    check (admitted_at is null or number is not null),
    check (status <> 'waiting' or admitted_at is null),
    check (status not in ('processing', 'completed', 'expired') or admitted_at is not null),
    check ((status in ('waiting', 'processing')) = (ended_at is null))
);

create unique index queue_entry_one_active on queue_entry (event_id, account_id) where status in ('waiting', 'processing');
create unique index queue_entry_number on queue_entry (event_id, number) where number is not null;
create index queue_entry_of_account on queue_entry (account_id) where status in ('waiting', 'processing');
create index queue_entry_waiting on queue_entry (event_id, number) where status = 'waiting' and number is not null;
create index queue_entry_processing on queue_entry (event_id, expires_at) where status = 'processing';
create index queue_entry_admitted on queue_entry (event_id, admitted_at) where admitted_at is not null;
create index queue_entry_left on queue_entry (event_id, number) where status = 'left' and admitted_at is null;
create index queue_entry_of_event on queue_entry (event_id, status);
create index queue_entry_entrant on queue_entry (event_id, number) include (public_id) where is_entrant;

create index event_with_queue on event (id) where queue_enabled;
