-- Administrators look for mails, above all for those that were given up, and send them again with as much patience as the first time.

-- When a mail that was put into the outbox again was written the first time.
alter table mail add column written_at timestamptz;

create index mail_by_status on mail (status, id);
create index mail_by_recipient on mail (lower(recipient));
