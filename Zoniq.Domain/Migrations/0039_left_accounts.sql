-- The buyer has deleted their account. It is said here because whoever settles a payment has locked this row, and no other.
alter table booking add column is_anonymous boolean not null default false;
