-- Whoever holds a ticket can offer it to an address, and whoever has proven that address claims it.

-- Pending is what nobody has ended yet: an offer also ends by the clock, when its time is over or the event begins.
-- generation is the ticket's while it was offered; a claim raises it, and what was printed before is void.
create table ticket_transfer (
    id           bigint generated always as identity primary key,
    ticket_id    bigint not null references ticket,
    from_account bigint not null references account,
    to_email     text not null check (to_email = lower(to_email) and length(to_email) between 3 and 254),
    to_account   bigint references account,
    token_hash   bytea not null unique check (length(token_hash) = 32),
    message      text check (length(message) between 1 and 500),
    generation   integer not null check (generation >= 1),
    status       text not null default 'pending' check (status in ('pending', 'completed', 'cancelled', 'expired', 'declined')),
    -- Of a cancelled one: the sender, an entry with the ticket, the end of its booking or of its event, or the office.
    ended_by     text check (ended_by in ('sender', 'entry', 'booking', 'event', 'office')),
    operation    uuid not null unique,
    created_at   timestamptz not null,
    expires_at   timestamptz not null check (expires_at > created_at),
    ended_at     timestamptz,
    check ((status = 'pending') = (ended_at is null)),
    check ((status = 'completed') = (to_account is not null)),
    check ((status = 'cancelled') = (ended_by is not null)),
    check (to_account <> from_account)
);

create unique index ticket_transfer_one_pending on ticket_transfer (ticket_id) where status = 'pending';
create unique index ticket_transfer_one_claim on ticket_transfer (ticket_id, generation) where status = 'completed';
create index ticket_transfer_of_ticket on ticket_transfer (ticket_id);
create index ticket_transfer_of_sender on ticket_transfer (from_account, id desc);
create index ticket_transfer_of_recipient on ticket_transfer (to_account, id desc) where to_account is not null;
create index ticket_transfer_to_address on ticket_transfer (to_email, id desc);
