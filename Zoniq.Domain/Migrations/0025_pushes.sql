-- What people are told at once, on the page they have open, is a row of the transaction that causes it: nobody hears of what did not happen.

create table push (
    id         bigint generated always as identity primary key,
    account_id bigint not null references account,
    target     text not null,
    payload    jsonb not null,
    created_at timestamptz not null
);
