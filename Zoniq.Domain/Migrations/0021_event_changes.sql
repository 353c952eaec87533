-- Calendars take an entry in place of an earlier one by a number that grows whenever what they show of the event changes.

alter table event add column calendar_revision integer not null default 0;
