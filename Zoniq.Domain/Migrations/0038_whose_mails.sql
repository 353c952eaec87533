-- Whose mail it is, whatever address it went to, so that all of a person's are found. It refers to nothing: a mail outlives whatever it was about, and must not lock an account.
alter table mail add column account_id bigint;
create index mail_of_account on mail (account_id) where account_id is not null;

-- The buyer has deleted their account. It is said here because whoever settles a payment has locked this row, and no other.
alter table booking add column is_anonymous boolean not null default false;
create index ticket_transfer_by_age on ticket_transfer (ended_at) where to_email not like '%@deleted.invalid';

drop index webhook_event_by_age;
create index webhook_event_by_age on webhook_event (received_at) where body <> '{}';
create index admin_log_of_users on admin_log (entity_id) where entity_type = 'user';
