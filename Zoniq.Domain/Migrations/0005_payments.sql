-- Money: one gateway order per booking, every attempt to pay it, what was given back, and what the gateway told us.

create table gateway_order (
    booking_id        bigint primary key references booking,
    razorpay_order_id text not null unique,
    amount            bigint not null check (amount >= 100),
    created_at        timestamptz not null
);

create table payment (
    id                  bigint generated always as identity primary key,
    booking_id          bigint not null references booking,
    razorpay_order_id   text not null references gateway_order (razorpay_order_id),
    razorpay_payment_id text unique,
    amount              bigint not null check (amount >= 0),
    amount_refunded     bigint not null default 0 check (amount_refunded between 0 and amount),
    status              text not null check (status in ('created', 'authorized', 'captured', 'partially_refunded', 'refunded', 'failed')),
    method              text,
    error_code          text,
    error_description   text,
    created_at          timestamptz not null,
    paid_at             timestamptz,
    check (status not in ('captured', 'partially_refunded', 'refunded') or (paid_at is not null and razorpay_payment_id is not null))
);

create index payment_of_booking on payment (booking_id, id);
-- The payment that fulfilled the booking; any other captured one has a refund.
alter table booking add column paid_by bigint references payment;

create table refund (
    id                 bigint generated always as identity primary key,
    payment_id         bigint not null references payment,
    razorpay_refund_id text unique,
    amount             bigint not null check (amount >= 1),
    status             text not null default 'pending' check (status in ('pending', 'processed', 'failed')),
    speed              text not null default 'normal' check (speed in ('normal', 'optimum')),
    reason             text check (length(reason) <= 500),
    requested_by       text not null check (requested_by in ('user', 'admin', 'system')),
    idempotency_key    text not null unique,
    error_description  text,
    created_at         timestamptz not null,
    processed_at       timestamptz
);

create index refund_of_payment on refund (payment_id);
-- At most one automatic full refund of a payment that could not be fulfilled.
create unique index refund_one_automatic on refund (payment_id) where requested_by = 'system' and status <> 'failed';

-- Stored before it is understood; applied from here, at once or by the timer.
create table webhook_event (
    id              bigint generated always as identity primary key,
    event_key       text not null unique,
    event_type      text not null,
    body            text not null,
    received_at     timestamptz not null,
    processed_at    timestamptz,
    attempts        integer not null default 0,
    next_attempt_at timestamptz not null,
    last_error      text,
    is_parked       boolean not null default false
);

create index webhook_event_open on webhook_event (next_attempt_at) where processed_at is null and not is_parked;
