-- Check-in: every scan is kept, a ticket lets one person in at a time, and gates without a network can ask what has changed.

alter table ticket
    add column entries_undone integer not null default 0 check (entries_undone >= 0),
    add column reopened_at    timestamptz,    -- when an administrator last took an entry back
    add check ((entries_undone > 0) = (reopened_at is not null)),
    add check (used_at is null or status in ('used', 'void'));

-- What was scanned, and what was answered. Rows are only ever added. A scan id is a scan's name wherever it was made: one scan is answered once.
create table ticket_scan (
    id          bigint generated always as identity primary key,
    scan_id     text unique check (length(scan_id) between 1 and 64),
    ticket_id   bigint references ticket,          -- none when the code is forged or the number unknown
    round       integer,                           -- entries of the ticket that had been taken back by then
    event_id    bigint,                            -- no reference: a scan of nothing at the gate of a draft must not keep the draft
    holder_id   bigint references account,         -- who held the ticket then
    answer      text not null check (answer in ('accepted', 'already_used', 'not_valid', 'revoked', 'wrong_event', 'qr_invalid', 'unknown')),
    reason      text check (reason in ('unpaid', 'expired', 'cancelled', 'refunded', 'not_open', 'void')),
    is_offline  boolean not null,                  -- the gate had decided before it told us
    gate        text check (length(gate) between 1 and 50),
    device_id   text check (length(device_id) between 1 and 64),
    scanned_at  timestamptz not null,
    received_at timestamptz not null,
    scanned_by  bigint not null references account,
    entry_at    timestamptz,                       -- the entry as it was told in the answer
    entry_gate  text,
    check ((ticket_id is null) = (round is null)),
    check ((answer in ('qr_invalid', 'unknown')) = (ticket_id is null)),
    check ((answer = 'not_valid') = (reason is not null))
);

-- One entry, whatever the code does.
create unique index ticket_scan_one_entry on ticket_scan (ticket_id, round) where answer = 'accepted';

-- Scans that let somebody in: the first, and those of gates that could not know of it.
create index ticket_scan_entries on ticket_scan (ticket_id, round, scanned_at, id) where answer = 'accepted' or (answer = 'already_used' and is_offline);

create index ticket_scan_of_event on ticket_scan (event_id, gate);

create function ticket_scan_is_append_only() returns trigger
    language plpgsql
as $$
begin
    raise exception 'ticket_scan is append-only';
end
$$;

create trigger ticket_scan_append_only before update or delete on ticket_scan
    for each row execute function ticket_scan_is_append_only();

-- Tickets that gates have to hear of again. Each change adds a row; whoever asks for a manifest takes those that are there and gives them the
-- next version. So numbers are given only to what is committed, nothing can appear behind a number that was told, and no change waits for another.
create table ticket_change (
    id        bigint generated always as identity primary key,
    event_id  bigint not null,
    ticket_id bigint not null
);
create index ticket_change_of_event on ticket_change (event_id);

create function ticket_has_changed() returns trigger
    language plpgsql
as $$
begin
    insert into ticket_change (event_id, ticket_id)
    select event_id, new.id
    from   booking
    where  id = new.booking_id;
    return null;
end
$$;

-- A ticket that was never paid for has no code: gates never hear of it.
create trigger ticket_changed after update of status, generation on ticket
    for each row when (
        (old.status, old.generation) is distinct from (new.status, new.generation)
        and new.status <> 'pending'
        and not (old.status = 'pending' and new.status = 'void'))
    execute function ticket_has_changed();

insert into ticket_change (event_id, ticket_id)
select booking.event_id, ticket.id
from   ticket
join   booking on booking.id = ticket.booking_id
where  booking.confirmed_at is not null;

create table gate_manifest (
    event_id bigint primary key references event,
    version  bigint not null
);

create table ticket_version (
    ticket_id         bigint primary key references ticket,
    event_id          bigint not null references event,
    version           bigint not null,
    lowest_generation integer check (lowest_generation = 0 or lowest_generation > 1)    -- of the code that still enters, 0 for none; null when every code does
);
create index ticket_version_of_event on ticket_version (event_id, version);
create index ticket_version_revoked on ticket_version (event_id, ticket_id) where lowest_generation is not null;
