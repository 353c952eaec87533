-- A request that is sent again under its Idempotency-Key, because the answer was lost or a finger slipped, is done once and answered as the first time.

create table idempotent_request (
    account_id   bigint not null references account,
    key          text not null check (key ~ '^[A-Za-z0-9_-]{1,64}$'),
    method       text not null,
    path         text not null,
    fingerprint  bytea not null check (length(fingerprint) = 32),
    operation    uuid not null,
    attempt      uuid not null,
    leased_until timestamptz not null,
    expires_at   timestamptz not null,
    status       integer check (status between 200 and 499),
    content_type text,
    body         bytea,
    trace_id     text,
    primary key (account_id, key, method, path),
    check (num_nulls(status, body, trace_id) in (0, 3))
);

create index idempotent_request_over on idempotent_request (expires_at);
