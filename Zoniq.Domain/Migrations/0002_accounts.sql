-- Who uses Zoniq: accounts, the one-time codes that prove an address, and the tokens that were signed out.

create table account (
    id                bigint generated always as identity primary key,
    username          text not null check (username ~ '^[A-Za-z0-9_.-]{3,64}$'),
    email             text not null check (email = lower(email) and length(email) between 3 and 254),
    phone             text check (phone ~ '^\+?[0-9]{7,15}$'),
    full_name         text check (length(full_name) between 1 and 255),
    role              text not null default 'user' check (role in ('user', 'admin')),
    password_hash     text,
    is_verified       boolean not null default false,
    is_phone_verified boolean not null default false,
    is_active         boolean not null default true,
    is_blocked        boolean not null default false,
    blocked_reason    text check (length(blocked_reason) <= 500),
    tokens_valid_from timestamptz not null,
    last_login_at     timestamptz,
    created_at        timestamptz not null,
    updated_at        timestamptz
);

create unique index account_username on account (lower(username));
create unique index account_email on account (email);

-- One row per purpose and address: a new code replaces the one before it. Only a keyed hash is kept.
create table one_time_code (
    purpose       text not null check (purpose in ('email_login', 'reset_password', 'verify_email', 'verify_phone')),
    address       text not null,
    code_hash     bytea not null,
    attempts_left smallint not null check (attempts_left between 0 and 5),
    sent_at       timestamptz not null,
    expires_at    timestamptz not null,
    primary key (purpose, address)
);

create table revoked_token (
    jti        uuid primary key,
    account_id bigint not null references account,
    expires_at timestamptz not null
);
