-- Whose mail it is, whatever address it went to, so that all of a person's are found. It refers to nothing: a mail outlives whatever it was about, and must not lock an account.
alter table mail add column account_id bigint;
