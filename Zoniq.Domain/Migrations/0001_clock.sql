-- One clock for all instances: whoever needs the time asks the database what it is.

create function zoniq_now() returns timestamptz
    language sql volatile
    return clock_timestamp();
