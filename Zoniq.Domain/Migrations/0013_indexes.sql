-- What a timer looks for twice a minute is few among many: the events whose bookings may still have to be called off.

create index event_cancelled on event (id) where status = 'cancelled';
