-- The outbox: a mail is a row of the transaction that causes it, so a sale and its mail happen together or not at all.

create table mail (
    id              bigint generated always as identity primary key,
    template        text not null,
    recipient       text not null,
    cause           text not null,
    data            jsonb not null,
    importance      smallint not null default 5,
    status          text not null default 'pending' check (status in ('pending', 'sent', 'dead', 'expired')),
    attempts        integer not null default 0,
    next_attempt_at timestamptz not null,
    expires_at      timestamptz,
    last_error      text,
    created_at      timestamptz not null,
    sent_at         timestamptz,
    unique (cause, template, recipient)
);

create index mail_to_send on mail (importance, next_attempt_at) where status = 'pending';
