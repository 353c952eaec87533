-- Whoever still waits when booking is over is sent home: a place may run out without ever having been called.

alter table queue_entry
    drop constraint queue_entry_check5,
    add constraint queue_entry_check5 check (status not in ('processing', 'completed') or admitted_at is not null);

-- The numbers that are not called any more, for how many still wait.
create index queue_entry_gone on queue_entry (event_id, number) where status in ('left', 'expired') and admitted_at is null;

drop index queue_entry_left;
