-- A list of events reads which they are, and how many, from an index alone: rows of events are wide, and most are not on the page.

drop index event_listed;
create index event_listed on event (event_date, id) include (venue_id, time_zone) where status in ('published', 'completed');
create index event_listed_category on event (category, event_date, id) include (venue_id, time_zone) where status in ('published', 'completed');
create index event_listed_venue on event (venue_id, event_date, id) include (category, time_zone) where status in ('published', 'completed');
create index seat_category_price on seat_category (event_id, price) where is_active;

-- The words of an event lie in the index only. As a column they were most of the row, and whoever did not use the index
-- unpacked them for every event.
create function event_words(title text, short_description text, organizer_name text, description text) returns tsvector
    language sql immutable parallel safe cost 1000
    return setweight(to_tsvector('english', title) || to_tsvector('simple', title), 'A')
        || setweight(
            to_tsvector('english', coalesce(short_description, '') || ' ' || coalesce(organizer_name, ''))
            || to_tsvector('simple', coalesce(short_description, '') || ' ' || coalesce(organizer_name, '')), 'B')
        || setweight(to_tsvector('english', coalesce(description, '')) || to_tsvector('simple', coalesce(description, '')), 'C');

drop index event_search;
alter table event drop column search;
create index event_search on event using gin (event_words(title, short_description, organizer_name, description)) where status in ('published', 'completed');
