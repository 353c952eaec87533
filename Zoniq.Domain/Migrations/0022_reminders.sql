-- Whoever was reminded of an event is reminded once more when it has been put off: the round in which reminders of it are.

alter table event add column reminder_round integer not null default 0;
