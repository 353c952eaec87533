-- What is on: venues, events, their price categories, and every place that can be sold.

create table venue (
    id              bigint generated always as identity primary key,
    name            text not null check (length(name) between 1 and 255),
    address         text check (length(address) <= 500),
    city            text check (length(city) <= 100),
    state           text check (length(state) <= 100),
    country         text check (length(country) <= 100),
    pincode         text check (length(pincode) <= 20),
    capacity        integer check (capacity >= 1),
    time_zone       text not null,
    contact_phone   text check (length(contact_phone) <= 20),
    contact_email   text check (length(contact_email) <= 254),
    seat_map_config jsonb,
    is_active       boolean not null default true,
    created_at      timestamptz not null,
    updated_at      timestamptz
);

create table event (
    id                       bigint generated always as identity primary key,
    title                    text not null check (length(title) between 1 and 255),
    slug                     text not null check (length(slug) between 1 and 270 and slug !~ '^[0-9]+$'),
    short_description        text check (length(short_description) <= 500),
    description              text check (length(description) <= 20000),
    terms_and_conditions     text check (length(terms_and_conditions) <= 20000),
    category                 text not null check (length(category) between 1 and 50 and category = lower(category)),
    venue_id                 bigint references venue,
    time_zone                text not null,
    event_date               timestamptz not null,
    event_end_date           timestamptz check (event_end_date >= event_date),
    booking_start_date       timestamptz not null,
    booking_end_date         timestamptz not null check (booking_end_date > booking_start_date),
    status                   text not null default 'draft' check (status in ('draft', 'published', 'completed', 'cancelled')),
    banner_image_url         text check (length(banner_image_url) <= 500),
    thumbnail_image_url      text check (length(thumbnail_image_url) <= 500),
    organizer_name           text check (length(organizer_name) <= 255),
    organizer_contact        text check (length(organizer_contact) <= 255),
    max_tickets_per_booking  integer not null check (max_tickets_per_booking between 1 and 50),
    extra_data               jsonb,
    queue_enabled            boolean not null default false,
    queue_batch_size         integer not null default 50 check (queue_batch_size between 1 and 500),
    queue_processing_minutes integer not null default 10 check (queue_processing_minutes between 1 and 60),
    refund_type              text not null check (refund_type in ('none', 'full_until')),
    refund_hours_before      integer not null check (refund_hours_before between 0 and 8760),
    refund_percent           integer not null check (refund_percent between 0 and 100),
    published_at             timestamptz,
    cancelled_at             timestamptz,
    created_by               bigint references account,
    created_at               timestamptz not null,
    updated_at               timestamptz,
    search                   tsvector not null generated always as (
        setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('english', coalesce(short_description, '') || ' ' || coalesce(organizer_name, '')), 'B')
        || setweight(to_tsvector('english', coalesce(description, '')), 'C')) stored,
    check (event_date >= booking_start_date),
    check (status not in ('published', 'completed') or published_at is not null),
    check ((status = 'cancelled') = (cancelled_at is not null))
);

create unique index event_slug on event (slug);
create index event_listed on event (event_date, id) where status in ('published', 'completed');
create index event_search on event using gin (search) where status in ('published', 'completed');

create table seat_category (
    id            bigint generated always as identity primary key,
    event_id      bigint not null references event,
    name          text not null check (length(name) between 1 and 100),
    description   text,
    price         bigint not null check (price = 0 or price >= 100),
    total_seats   integer not null check (total_seats between 0 and 200000),
    seating_type  text not null default 'general' check (seating_type in ('general', 'assigned')),
    display_order integer not null default 0,
    color_code    text not null check (length(color_code) <= 10),
    is_active     boolean not null default true,
    created_at    timestamptz not null,
    unique (id, event_id)
);

create unique index seat_category_name on seat_category (event_id, lower(name));
