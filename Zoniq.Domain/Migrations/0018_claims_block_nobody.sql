-- An address is an account's only once it is proven: any number may claim one, and whoever proves it first has it. Every account has proven the address it was opened with.

drop index account_claimed_email;
create index account_claimed_email on account (claimed_email) where claimed_email is not null;

alter table account
    alter column is_verified set default true,
    add constraint account_is_proven check (is_verified);
