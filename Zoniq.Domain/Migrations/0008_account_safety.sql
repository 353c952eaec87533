-- What keeps accounts their owners': an address is an account's only once it is proven, codes belong to the account they prove something for, and guessing is counted for all instances together.

-- account.email is an address that was proven, or the one the account was opened with. A new one waits here until it is proven: it is shown, but it identifies nobody.
alter table account
    add column claimed_email text check (claimed_email = lower(claimed_email) and length(claimed_email) between 3 and 254),
    add check (claimed_email <> email);

create unique index account_claimed_email on account (claimed_email) where claimed_email is not null;

-- Null for codes that prove an address to whoever has it: signing in, a forgotten password.
alter table one_time_code add column account_id bigint references account;

-- Failed sign-ins by what was typed as the name, whether or not an account has it.
create table sign_in_attempt (
    identifier   text primary key,
    failed_at    timestamptz[] not null default '{}',
    under_way    integer not null default 0 check (under_way >= 0),
    last_try_at  timestamptz not null,
    locked_until timestamptz
);

-- How often something was done within a window of time. To lose it in a crash of the database gives everybody a fresh start and harms nobody.
create unlogged table rate_counter (
    key       text primary key,
    hits      integer not null,
    resets_at timestamptz not null
) with (fillfactor = 50);
