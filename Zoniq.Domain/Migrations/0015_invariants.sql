-- How far the check of what must always hold has come: there is too much to look at everything each time.

create table invariant_cursor (
    subject text primary key check (subject in ('booking', 'event')),
    last_id bigint not null
);
