-- The whole schema, generated from the numbered scripts; a test says when it is stale and how to renew it.

create extension pg_trgm;

create table account (
    id                bigint generated always as identity not null,
    username          text not null,
    email             text not null,
    phone             text,
    full_name         text,
    role              text default 'user'::text not null,
    password_hash     text,
    is_verified       boolean default true not null,
    is_phone_verified boolean default false not null,
    is_active         boolean default true not null,
    is_blocked        boolean default false not null,
    blocked_reason    text,
    tokens_valid_from timestamp with time zone not null,
    last_login_at     timestamp with time zone,
    created_at        timestamp with time zone not null,
    updated_at        timestamp with time zone,
    claimed_email     text,
    constraint account_pkey PRIMARY KEY (id),
    constraint account_blocked_reason_check CHECK ((length(blocked_reason) <= 500)),
    constraint account_check CHECK ((claimed_email <> email)),
    constraint account_claimed_email_check CHECK (((claimed_email = lower(claimed_email)) AND ((length(claimed_email) >= 3) AND (length(claimed_email) <= 254)))),
    constraint account_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
    constraint account_full_name_check CHECK (((length(full_name) >= 1) AND (length(full_name) <= 255))),
    constraint account_is_proven CHECK (is_verified),
    constraint account_phone_check CHECK ((phone ~ '^\+?[0-9]{7,15}$'::text)),
    constraint account_role_check CHECK ((role = ANY (ARRAY['user'::text, 'admin'::text]))),
    constraint account_username_check CHECK ((username ~ '^[A-Za-z0-9_.-]{3,64}$'::text))
);
create index account_administrators ON account USING btree (id) WHERE (role = 'admin'::text);
create index account_by_day ON account USING btree (created_at, id);
create index account_claimed_email ON account USING btree (claimed_email) WHERE (claimed_email IS NOT NULL);
create unique index account_email ON account USING btree (email);
create unique index account_username ON account USING btree (lower(username));

create table one_time_code (
    purpose       text not null,
    address       text not null,
    code_hash     bytea not null,
    attempts_left smallint not null,
    sent_at       timestamp with time zone not null,
    expires_at    timestamp with time zone not null,
    account_id    bigint,
    constraint one_time_code_pkey PRIMARY KEY (purpose, address),
    constraint one_time_code_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint one_time_code_attempts_left_check CHECK (((attempts_left >= 0) AND (attempts_left <= 5))),
    constraint one_time_code_purpose_check CHECK ((purpose = ANY (ARRAY['email_login'::text, 'reset_password'::text, 'verify_email'::text, 'verify_phone'::text])))
);

create table revoked_token (
    jti        uuid not null,
    account_id bigint not null,
    expires_at timestamp with time zone not null,
    constraint revoked_token_pkey PRIMARY KEY (jti),
    constraint revoked_token_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
);

create table venue (
    id              bigint generated always as identity not null,
    name            text not null,
    address         text,
    city            text,
    state           text,
    country         text,
    pincode         text,
    capacity        integer,
    time_zone       text not null,
    contact_phone   text,
    contact_email   text,
    seat_map_config jsonb,
    is_active       boolean default true not null,
    created_at      timestamp with time zone not null,
    updated_at      timestamp with time zone,
    constraint venue_pkey PRIMARY KEY (id),
    constraint venue_address_check CHECK ((length(address) <= 500)),
    constraint venue_capacity_check CHECK ((capacity >= 1)),
    constraint venue_city_check CHECK ((length(city) <= 100)),
    constraint venue_contact_email_check CHECK ((length(contact_email) <= 254)),
    constraint venue_contact_phone_check CHECK ((length(contact_phone) <= 20)),
    constraint venue_country_check CHECK ((length(country) <= 100)),
    constraint venue_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    constraint venue_pincode_check CHECK ((length(pincode) <= 20)),
    constraint venue_state_check CHECK ((length(state) <= 100))
);

create table event (
    id                       bigint generated always as identity not null,
    title                    text not null,
    slug                     text not null,
    short_description        text,
    description              text,
    terms_and_conditions     text,
    category                 text not null,
    venue_id                 bigint,
    time_zone                text not null,
    event_date               timestamp with time zone not null,
    event_end_date           timestamp with time zone,
    booking_start_date       timestamp with time zone not null,
    booking_end_date         timestamp with time zone not null,
    status                   text default 'draft'::text not null,
    banner_image_url         text,
    thumbnail_image_url      text,
    organizer_name           text,
    organizer_contact        text,
    max_tickets_per_booking  integer not null,
    extra_data               jsonb,
    queue_enabled            boolean default false not null,
    queue_batch_size         integer default 50 not null,
    queue_processing_minutes integer default 10 not null,
    refund_type              text not null,
    refund_hours_before      integer not null,
    refund_percent           integer not null,
    published_at             timestamp with time zone,
    cancelled_at             timestamp with time zone,
    created_by               bigint,
    created_at               timestamp with time zone not null,
    updated_at               timestamp with time zone,
    headline                 tsvector generated always as ((setweight((to_tsvector('english'::regconfig, title) || to_tsvector('simple'::regconfig, title)), 'A'::"char") || setweight((to_tsvector('english'::regconfig, ((COALESCE(short_description, ''::text) || ' '::text) || COALESCE(organizer_name, ''::text))) || to_tsvector('simple'::regconfig, ((COALESCE(short_description, ''::text) || ' '::text) || COALESCE(organizer_name, ''::text)))), 'B'::"char"))) stored not null,
    names                    text generated always as (lower(((title || '
'::text) || COALESCE(organizer_name, ''::text)))) stored not null,
    summary                  text generated always as (lower(short_description)) stored,
    cancellation_reason      text,
    calendar_revision        integer default 0 not null,
    reminder_round           integer default 0 not null,
    constraint event_pkey PRIMARY KEY (id),
    constraint event_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id),
    constraint event_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id),
    constraint event_banner_image_url_check CHECK ((length(banner_image_url) <= 500)),
    constraint event_cancellation_reason_check CHECK ((length(cancellation_reason) <= 500)),
    constraint event_category_check CHECK ((((length(category) >= 1) AND (length(category) <= 50)) AND (category = lower(category)))),
    constraint event_check CHECK ((event_end_date >= event_date)),
    constraint event_check1 CHECK ((booking_end_date > booking_start_date)),
    constraint event_check2 CHECK ((event_date >= booking_start_date)),
    constraint event_check3 CHECK (((status <> ALL (ARRAY['published'::text, 'completed'::text])) OR (published_at IS NOT NULL))),
    constraint event_check4 CHECK (((status = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    constraint event_description_check CHECK ((length(description) <= 20000)),
    constraint event_max_tickets_per_booking_check CHECK (((max_tickets_per_booking >= 1) AND (max_tickets_per_booking <= 50))),
    constraint event_organizer_contact_check CHECK ((length(organizer_contact) <= 255)),
    constraint event_organizer_name_check CHECK ((length(organizer_name) <= 255)),
    constraint event_queue_batch_size_check CHECK (((queue_batch_size >= 1) AND (queue_batch_size <= 500))),
    constraint event_queue_processing_minutes_check CHECK (((queue_processing_minutes >= 1) AND (queue_processing_minutes <= 60))),
    constraint event_refund_hours_before_check CHECK (((refund_hours_before >= 0) AND (refund_hours_before <= 8760))),
    constraint event_refund_percent_check CHECK (((refund_percent >= 0) AND (refund_percent <= 100))),
    constraint event_refund_type_check CHECK ((refund_type = ANY (ARRAY['none'::text, 'full_until'::text]))),
    constraint event_short_description_check CHECK ((length(short_description) <= 500)),
    constraint event_slug_check CHECK ((((length(slug) >= 1) AND (length(slug) <= 270)) AND (slug !~ '^[0-9]+$'::text))),
    constraint event_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'completed'::text, 'cancelled'::text]))),
    constraint event_terms_and_conditions_check CHECK ((length(terms_and_conditions) <= 20000)),
    constraint event_thumbnail_image_url_check CHECK ((length(thumbnail_image_url) <= 500)),
    constraint event_title_check CHECK (((length(title) >= 1) AND (length(title) <= 255)))
);
create index event_banner_upload ON event USING btree ("substring"(banner_image_url, '/([0-9a-f]{32})(?:-thumb)?[.]webp'::text)) WHERE (banner_image_url IS NOT NULL);
create index event_by_date ON event USING btree (event_date, id);
create index event_cancelled ON event USING btree (id) WHERE (status = 'cancelled'::text);
create index event_listed ON event USING btree (event_date, id) INCLUDE (venue_id, time_zone) WHERE (status = ANY (ARRAY['published'::text, 'completed'::text]));
create index event_listed_category ON event USING btree (category, event_date, id) INCLUDE (venue_id, time_zone) WHERE (status = ANY (ARRAY['published'::text, 'completed'::text]));
create index event_listed_venue ON event USING btree (venue_id, event_date, id) INCLUDE (category, time_zone) WHERE (status = ANY (ARRAY['published'::text, 'completed'::text]));
create index event_names ON event USING gin (names gin_trgm_ops) WHERE (status = ANY (ARRAY['published'::text, 'completed'::text]));
create index event_of_venue ON event USING btree (venue_id);
create index event_running ON event USING btree (event_date) WHERE (status = 'published'::text);
create index event_search ON event USING gin (event_words(title, short_description, organizer_name, description)) WHERE (status = ANY (ARRAY['published'::text, 'completed'::text]));
create unique index event_slug ON event USING btree (slug);
create index event_summary ON event USING gin (summary gin_trgm_ops) WHERE (status = ANY (ARRAY['published'::text, 'completed'::text]));
create index event_thumbnail_upload ON event USING btree ("substring"(thumbnail_image_url, '/([0-9a-f]{32})(?:-thumb)?[.]webp'::text)) WHERE (thumbnail_image_url IS NOT NULL);
create index event_with_queue ON event USING btree (id) WHERE queue_enabled;
create trigger booking_limit_changed AFTER UPDATE OF max_tickets_per_booking ON event FOR EACH ROW WHEN ((new.max_tickets_per_booking <> old.max_tickets_per_booking)) EXECUTE FUNCTION booking_limit_was_changed();

create table seat_category (
    id            bigint generated always as identity not null,
    event_id      bigint not null,
    name          text not null,
    description   text,
    price         bigint not null,
    total_seats   integer not null,
    seating_type  text default 'general'::text not null,
    display_order integer default 0 not null,
    color_code    text not null,
    is_active     boolean default true not null,
    created_at    timestamp with time zone not null,
    booked_seats  integer default 0 not null,
    constraint seat_category_pkey PRIMARY KEY (id),
    constraint seat_category_id_event_id_key UNIQUE (id, event_id),
    constraint seat_category_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint seat_category_color_code_check CHECK ((length(color_code) <= 10)),
    constraint seat_category_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    constraint seat_category_price_check CHECK (((price = 0) OR (price >= 100))),
    constraint seat_category_seating_type_check CHECK ((seating_type = ANY (ARRAY['general'::text, 'assigned'::text]))),
    constraint seat_category_total_seats_check CHECK (((total_seats >= 0) AND (total_seats <= 200000)))
);
create unique index seat_category_name ON seat_category USING btree (event_id, lower(name));
create index seat_category_price ON seat_category USING btree (event_id, price) WHERE is_active;
create index seat_category_prices ON seat_category USING btree (event_id, price) WHERE is_active;
create trigger seat_category_added AFTER INSERT ON seat_category REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seat_category_was_added();
create trigger seat_category_changed AFTER UPDATE ON seat_category REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION seat_category_was_changed();
create trigger seat_category_removed AFTER DELETE ON seat_category REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION seat_category_was_removed();

create table cart (
    id                bigint generated always as identity not null,
    account_id        bigint not null,
    event_id          bigint,
    status            text default 'active'::text not null,
    expires_at        timestamp with time zone not null,
    is_cleared        boolean default false not null,
    created_at        timestamp with time zone not null,
    updated_at        timestamp with time zone not null,
    is_waitlist_offer boolean default false not null,
    constraint cart_pkey PRIMARY KEY (id),
    constraint cart_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint cart_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint cart_check CHECK (((status <> 'active'::text) OR (NOT is_cleared))),
    constraint cart_check1 CHECK (((event_id IS NOT NULL) OR ((status = 'abandoned'::text) AND is_cleared))),
    constraint cart_status_check CHECK ((status = ANY (ARRAY['active'::text, 'converted'::text, 'abandoned'::text, 'expired'::text])))
);
create index cart_of_account ON cart USING btree (account_id, updated_at DESC);
create index cart_of_event ON cart USING btree (event_id);
create unique index cart_one_active ON cart USING btree (account_id, event_id) WHERE (status = 'active'::text);
create index cart_to_clear ON cart USING btree (expires_at) WHERE (NOT is_cleared);

create table cart_item (
    id           bigint generated always as identity not null,
    cart_id      bigint not null,
    category_id  bigint not null,
    quantity     integer not null,
    seat_ids     bigint[] not null,
    unit_price   bigint not null,
    locked_until timestamp with time zone not null,
    created_at   timestamp with time zone not null,
    constraint cart_item_pkey PRIMARY KEY (id),
    constraint cart_item_cart_id_category_id_key UNIQUE (cart_id, category_id),
    constraint cart_item_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES cart(id),
    constraint cart_item_category_id_fkey FOREIGN KEY (category_id) REFERENCES seat_category(id),
    constraint cart_item_check CHECK ((cardinality(seat_ids) = quantity)),
    constraint cart_item_quantity_check CHECK (((quantity >= 1) AND (quantity <= 50))),
    constraint cart_item_unit_price_check CHECK ((unit_price >= 0))
);
create index cart_item_held ON cart_item USING btree (category_id, locked_until);

create table booking (
    id                  bigint generated always as identity not null,
    booking_number      text not null,
    account_id          bigint not null,
    event_id            bigint not null,
    cart_id             bigint not null,
    status              text not null,
    payment_status      text not null,
    total_amount        bigint not null,
    discount_amount     bigint default 0 not null,
    final_amount        bigint generated always as ((total_amount - discount_amount)) stored,
    payment_due_at      timestamp with time zone,
    refund_type         text not null,
    refund_hours_before integer not null,
    refund_percent      integer not null,
    contact_email       text,
    contact_phone       text,
    cancelled_at        timestamp with time zone,
    cancellation_reason text,
    confirmed_at        timestamp with time zone,
    created_at          timestamp with time zone not null,
    updated_at          timestamp with time zone,
    paid_by             bigint,
    ticket_count        integer not null,
    cancelled_by        text,
    refund_due          bigint,
    promo_code          text,
    trace_parent        text,
    is_anonymous        boolean default false not null,
    constraint booking_pkey PRIMARY KEY (id),
    constraint booking_booking_number_key UNIQUE (booking_number),
    constraint booking_cart_id_key UNIQUE (cart_id),
    constraint booking_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint booking_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES cart(id),
    constraint booking_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint booking_paid_by_fkey FOREIGN KEY (paid_by) REFERENCES payment(id),
    constraint booking_booking_number_check CHECK ((booking_number ~ '^ZNQ-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}$'::text)),
    constraint booking_cancellation_reason_check CHECK ((length(cancellation_reason) <= 500)),
    constraint booking_cancelled_by_check CHECK ((cancelled_by = ANY (ARRAY['buyer'::text, 'event'::text, 'admin'::text]))),
    constraint booking_check CHECK (((discount_amount >= 0) AND (discount_amount <= total_amount))),
    constraint booking_check1 CHECK (((status <> 'confirmed'::text) OR ((payment_status = ANY (ARRAY['paid'::text, 'partially_refunded'::text])) AND (confirmed_at IS NOT NULL)))),
    constraint booking_check2 CHECK (((status <> 'pending'::text) OR ((payment_due_at IS NOT NULL) AND (payment_status = ANY (ARRAY['pending'::text, 'failed'::text]))))),
    constraint booking_check3 CHECK (((refund_due >= 0) AND (refund_due <= final_amount))),
    constraint booking_check4 CHECK (((status <> 'cancelled'::text) OR ((cancelled_by IS NOT NULL) AND (cancelled_at IS NOT NULL)))),
    constraint booking_check5 CHECK (((refund_due IS NOT NULL) = ((status = ANY (ARRAY['cancelled'::text, 'refunded'::text])) AND (confirmed_at IS NOT NULL)))),
    constraint booking_check6 CHECK (((discount_amount = 0) OR (promo_code IS NOT NULL))),
    constraint booking_payment_status_check CHECK ((payment_status = ANY (ARRAY['pending'::text, 'failed'::text, 'paid'::text, 'partially_refunded'::text, 'refunded'::text]))),
    constraint booking_refund_percent_check CHECK (((refund_percent >= 0) AND (refund_percent <= 100))),
    constraint booking_refund_type_check CHECK ((refund_type = ANY (ARRAY['none'::text, 'full_until'::text]))),
    constraint booking_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'confirmed'::text, 'expired'::text, 'cancelled'::text, 'refunded'::text]))),
    constraint booking_ticket_count_check CHECK ((ticket_count >= 0)),
    constraint booking_total_amount_check CHECK ((total_amount >= 0)),
    constraint booking_trace_parent_check CHECK ((length(trace_parent) <= 55))
);
create index booking_by_contact ON booking USING btree (lower(contact_email));
create index booking_by_day ON booking USING btree (created_at);
create index booking_by_event_and_day ON booking USING btree (event_id, created_at) INCLUDE (status, final_amount, ticket_count);
create index booking_confirmed_lately ON booking USING btree (confirmed_at) INCLUDE (event_id, ticket_count) WHERE (status = 'confirmed'::text);
create index booking_live_of_event ON booking USING btree (event_id, id) WHERE (status = ANY (ARRAY['pending'::text, 'confirmed'::text]));
create index booking_of_account ON booking USING btree (account_id, id DESC);
create index booking_overdue ON booking USING btree (payment_due_at) WHERE (status = 'pending'::text);
create index booking_sold ON booking USING btree (created_at) INCLUDE (event_id, final_amount, ticket_count) WHERE (status = 'confirmed'::text);
create index booking_standing ON booking USING btree (paid_by) INCLUDE (created_at, event_id) WHERE (status = 'confirmed'::text);

create table seat (
    id           bigint generated always as identity not null,
    event_id     bigint not null,
    category_id  bigint,
    label        text,
    section      text,
    row_name     text,
    seat_number  text,
    position_x   integer,
    position_y   integer,
    is_blocked   boolean default false not null,
    cart_id      bigint,
    locked_until timestamp with time zone,
    booking_id   bigint,
    constraint seat_pkey PRIMARY KEY (id),
    constraint seat_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES booking(id),
    constraint seat_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES cart(id),
    constraint seat_category_id_event_id_fkey FOREIGN KEY (category_id, event_id) REFERENCES seat_category(id, event_id),
    constraint seat_check CHECK (((cart_id IS NULL) = (locked_until IS NULL))),
    constraint seat_check1 CHECK (((booking_id IS NULL) OR (cart_id IS NULL))),
    constraint seat_check2 CHECK (((NOT is_blocked) OR ((cart_id IS NULL) AND (booking_id IS NULL)))),
    constraint seat_check3 CHECK (((category_id IS NOT NULL) OR (is_blocked AND (cart_id IS NULL) AND (booking_id IS NULL)))),
    constraint seat_label_check CHECK (((length(label) >= 1) AND (length(label) <= 90))),
    constraint seat_row_name_check CHECK ((length(row_name) <= 10)),
    constraint seat_seat_number_check CHECK ((length(seat_number) <= 20)),
    constraint seat_section_check CHECK ((length(section) <= 50))
) with (fillfactor=75);
create index seat_blocked ON seat USING btree (category_id) WHERE is_blocked;
create index seat_of_event ON seat USING btree (event_id);
create unique index seat_place ON seat USING btree (event_id, COALESCE(section, ''::text), COALESCE(row_name, ''::text), seat_number) WHERE ((label IS NOT NULL) AND (category_id IS NOT NULL));
create index seat_unsold ON seat USING btree (category_id, id) WHERE (booking_id IS NULL);
create trigger seat_added AFTER INSERT ON seat REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seat_was_added();
create trigger seat_changed AFTER UPDATE ON seat REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION seat_was_changed();
create trigger seat_removed AFTER DELETE ON seat REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION seat_was_removed();

create table ticket (
    id             bigint generated always as identity not null,
    booking_id     bigint not null,
    seat_id        bigint not null,
    category_id    bigint not null,
    holder_id      bigint not null,
    price          bigint not null,
    ticket_number  text not null,
    status         text not null,
    generation     integer default 1 not null,
    used_at        timestamp with time zone,
    created_at     timestamp with time zone not null,
    entries_undone integer default 0 not null,
    reopened_at    timestamp with time zone,
    discount       bigint default 0 not null,
    constraint ticket_pkey PRIMARY KEY (id),
    constraint ticket_ticket_number_key UNIQUE (ticket_number),
    constraint ticket_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES booking(id),
    constraint ticket_category_id_fkey FOREIGN KEY (category_id) REFERENCES seat_category(id),
    constraint ticket_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES account(id),
    constraint ticket_seat_id_fkey FOREIGN KEY (seat_id) REFERENCES seat(id),
    constraint ticket_check CHECK (((status = 'used'::text) <= (used_at IS NOT NULL))),
    constraint ticket_check1 CHECK (((entries_undone > 0) = (reopened_at IS NOT NULL))),
    constraint ticket_check2 CHECK (((used_at IS NULL) OR (status = ANY (ARRAY['used'::text, 'void'::text])))),
    constraint ticket_check3 CHECK (((discount >= 0) AND (discount <= price))),
    constraint ticket_entries_undone_check CHECK ((entries_undone >= 0)),
    constraint ticket_generation_check CHECK ((generation >= 1)),
    constraint ticket_price_check CHECK ((price >= 0)),
    constraint ticket_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'valid'::text, 'used'::text, 'void'::text]))),
    constraint ticket_ticket_number_check CHECK ((ticket_number ~ '^TKT-[0-9A-HJKMNP-TV-Z]{8}$'::text))
);
create index ticket_of_booking ON ticket USING btree (booking_id);
create index ticket_of_category ON ticket USING btree (category_id);
create index ticket_of_holder ON ticket USING btree (holder_id, id DESC);
create index ticket_of_seat ON ticket USING btree (seat_id);
create unique index ticket_one_live_per_seat ON ticket USING btree (seat_id) WHERE (status <> 'void'::text);
create trigger ticket_changed AFTER UPDATE OF status, generation ON ticket FOR EACH ROW WHEN ((((old.status IS DISTINCT FROM new.status) OR (old.generation IS DISTINCT FROM new.generation)) AND (new.status <> 'pending'::text) AND (NOT ((old.status = 'pending'::text) AND (new.status = 'void'::text))))) EXECUTE FUNCTION ticket_has_changed();

create table gateway_order (
    booking_id        bigint not null,
    razorpay_order_id text not null,
    amount            bigint not null,
    created_at        timestamp with time zone not null,
    next_look_at      timestamp with time zone,
    constraint gateway_order_pkey PRIMARY KEY (booking_id),
    constraint gateway_order_razorpay_order_id_key UNIQUE (razorpay_order_id),
    constraint gateway_order_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES booking(id),
    constraint gateway_order_amount_check CHECK ((amount >= 100))
);
create index gateway_order_open ON gateway_order USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);

create table payment (
    id                  bigint generated always as identity not null,
    booking_id          bigint not null,
    razorpay_order_id   text not null,
    razorpay_payment_id text,
    amount              bigint not null,
    amount_refunded     bigint default 0 not null,
    status              text not null,
    method              text,
    error_code          text,
    error_description   text,
    created_at          timestamp with time zone not null,
    paid_at             timestamp with time zone,
    constraint payment_pkey PRIMARY KEY (id),
    constraint payment_razorpay_payment_id_key UNIQUE (razorpay_payment_id),
    constraint payment_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES booking(id),
    constraint payment_razorpay_order_id_fkey FOREIGN KEY (razorpay_order_id) REFERENCES gateway_order(razorpay_order_id),
    constraint payment_amount_check CHECK ((amount >= 0)),
    constraint payment_check CHECK (((amount_refunded >= 0) AND (amount_refunded <= amount))),
    constraint payment_check1 CHECK (((status <> ALL (ARRAY['captured'::text, 'partially_refunded'::text, 'refunded'::text])) OR ((paid_at IS NOT NULL) AND (razorpay_payment_id IS NOT NULL)))),
    constraint payment_status_check CHECK ((status = ANY (ARRAY['created'::text, 'authorized'::text, 'captured'::text, 'partially_refunded'::text, 'refunded'::text, 'failed'::text])))
);
create index payment_of_booking ON payment USING btree (booking_id, id);

create table refund (
    id                 bigint generated always as identity not null,
    payment_id         bigint not null,
    razorpay_refund_id text,
    amount             bigint not null,
    status             text default 'pending'::text not null,
    speed              text default 'normal'::text not null,
    reason             text,
    requested_by       text not null,
    idempotency_key    text not null,
    error_description  text,
    created_at         timestamp with time zone not null,
    processed_at       timestamp with time zone,
    refusals           integer default 0 not null,
    next_attempt_at    timestamp with time zone default zoniq_now() not null,
    constraint refund_pkey PRIMARY KEY (id),
    constraint refund_idempotency_key_key UNIQUE (idempotency_key),
    constraint refund_razorpay_refund_id_key UNIQUE (razorpay_refund_id),
    constraint refund_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id),
    constraint refund_amount_check CHECK ((amount >= 1)),
    constraint refund_reason_check CHECK ((length(reason) <= 500)),
    constraint refund_requested_by_check CHECK ((requested_by = ANY (ARRAY['user'::text, 'admin'::text, 'system'::text]))),
    constraint refund_speed_check CHECK ((speed = ANY (ARRAY['normal'::text, 'optimum'::text]))),
    constraint refund_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processed'::text, 'failed'::text])))
);
create index refund_of_payment ON refund USING btree (payment_id);
create unique index refund_one_automatic ON refund USING btree (payment_id) WHERE ((requested_by = 'system'::text) AND (status <> 'failed'::text));
create index refund_open ON refund USING btree (next_attempt_at) WHERE (status = 'pending'::text);

create table webhook_event (
    id              bigint generated always as identity not null,
    event_key       text not null,
    event_type      text not null,
    body            text not null,
    received_at     timestamp with time zone not null,
    processed_at    timestamp with time zone,
    attempts        integer default 0 not null,
    next_attempt_at timestamp with time zone not null,
    last_error      text,
    is_parked       boolean default false not null,
    constraint webhook_event_pkey PRIMARY KEY (id),
    constraint webhook_event_event_key_key UNIQUE (event_key)
);
create index webhook_event_open ON webhook_event USING btree (next_attempt_at) WHERE ((processed_at IS NULL) AND (NOT is_parked));
create index webhook_event_to_forget ON webhook_event USING btree (received_at) WHERE (body <> '{}'::text);

create table mail (
    id              bigint generated always as identity not null,
    template        text not null,
    recipient       text not null,
    cause           text not null,
    data            jsonb not null,
    importance      smallint default 5 not null,
    status          text default 'pending'::text not null,
    attempts        integer default 0 not null,
    next_attempt_at timestamp with time zone not null,
    expires_at      timestamp with time zone,
    last_error      text,
    created_at      timestamp with time zone not null,
    sent_at         timestamp with time zone,
    written_at      timestamp with time zone,
    trace_parent    text,
    account_id      bigint,
    constraint mail_pkey PRIMARY KEY (id),
    constraint mail_cause_template_recipient_key UNIQUE (cause, template, recipient),
    constraint mail_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'dead'::text, 'expired'::text]))),
    constraint mail_trace_parent_check CHECK ((length(trace_parent) <= 55))
);
create index mail_by_recipient ON mail USING btree (lower(recipient));
create index mail_by_status ON mail USING btree (status, id);
create index mail_farewells ON mail USING btree (id) WHERE ((cause ~~ 'farewell:%'::text) AND (recipient !~~ 'erased-%'::text));
create index mail_of_account ON mail USING btree (account_id) WHERE (account_id IS NOT NULL);
create index mail_to_forget ON mail USING btree (created_at) WHERE ((recipient !~~ 'erased-%'::text) OR (data <> '{}'::jsonb));
create index mail_to_send ON mail USING btree (importance, next_attempt_at) WHERE (status = 'pending'::text);

create table admin_log (
    id             bigint generated always as identity not null,
    admin_id       bigint,
    admin_username text,
    action         text not null,
    entity_type    text,
    entity_id      bigint,
    details        jsonb,
    ip_address     text,
    created_at     timestamp with time zone not null,
    constraint admin_log_pkey PRIMARY KEY (id),
    constraint admin_log_admin_id_fkey FOREIGN KEY (admin_id) REFERENCES account(id)
);
create index admin_log_by_age ON admin_log USING btree (created_at) WHERE (ip_address IS NOT NULL);
create index admin_log_mismatch ON admin_log USING btree (entity_id) WHERE (action = 'payment_mismatch'::text);
create index admin_log_newest ON admin_log USING btree (created_at DESC, id DESC);
create index admin_log_of_admin ON admin_log USING btree (admin_id, created_at DESC, id DESC);
create index admin_log_of_people ON admin_log USING btree (entity_type, entity_id) WHERE (entity_type = ANY (ARRAY['user'::text, 'payment'::text, 'ticket'::text]));
create trigger admin_log_append_only BEFORE DELETE OR UPDATE ON admin_log FOR EACH ROW EXECUTE FUNCTION admin_log_is_append_only();

create table sign_in_attempt (
    identifier   text not null,
    failed_at    timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
    under_way    integer default 0 not null,
    last_try_at  timestamp with time zone not null,
    locked_until timestamp with time zone,
    constraint sign_in_attempt_pkey PRIMARY KEY (identifier),
    constraint sign_in_attempt_under_way_check CHECK ((under_way >= 0))
);

create unlogged table rate_counter (
    key       text not null,
    hits      integer not null,
    resets_at timestamp with time zone not null,
    constraint rate_counter_pkey PRIMARY KEY (key)
) with (fillfactor=50);

create table stock_change (
    id          bigint generated always as identity not null,
    category_id bigint not null,
    change      integer not null,
    constraint stock_change_pkey PRIMARY KEY (id),
    constraint stock_change_change_check CHECK ((change <> 0))
);
create index stock_change_category ON stock_change USING btree (category_id);

create table wishlist_item (
    id         bigint generated always as identity not null,
    account_id bigint not null,
    event_id   bigint not null,
    created_at timestamp with time zone not null,
    constraint wishlist_item_pkey PRIMARY KEY (id),
    constraint wishlist_item_account_id_event_id_key UNIQUE (account_id, event_id),
    constraint wishlist_item_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint wishlist_item_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id) ON DELETE CASCADE
);
create index wishlist_item_lately ON wishlist_item USING btree (created_at) INCLUDE (event_id);
create index wishlist_item_of_account ON wishlist_item USING btree (account_id, id DESC);
create index wishlist_item_of_event ON wishlist_item USING btree (event_id, created_at);

create table notification_preference (
    account_id                   bigint not null,
    email_booking_confirmation   boolean default true not null,
    email_payment_updates        boolean default true not null,
    email_ticket_delivery        boolean default true not null,
    email_event_reminders        boolean default true not null,
    email_event_updates          boolean default true not null,
    email_transfer_notifications boolean default true not null,
    email_marketing              boolean default false not null,
    created_at                   timestamp with time zone not null,
    updated_at                   timestamp with time zone,
    constraint notification_preference_pkey PRIMARY KEY (account_id),
    constraint notification_preference_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
);

create table invariant_cursor (
    subject text not null,
    last_id bigint not null,
    constraint invariant_cursor_pkey PRIMARY KEY (subject),
    constraint invariant_cursor_subject_check CHECK ((subject = ANY (ARRAY['booking'::text, 'event'::text, 'promo code'::text])))
);

create table idempotent_request (
    account_id   bigint not null,
    key          text not null,
    method       text not null,
    path         text not null,
    fingerprint  bytea not null,
    operation    uuid not null,
    attempt      uuid not null,
    leased_until timestamp with time zone not null,
    expires_at   timestamp with time zone not null,
    status       integer,
    content_type text,
    body         bytea,
    trace_id     text,
    constraint idempotent_request_pkey PRIMARY KEY (account_id, key, method, path),
    constraint idempotent_request_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint idempotent_request_check CHECK ((num_nulls(status, body, trace_id) = ANY (ARRAY[0, 3]))),
    constraint idempotent_request_fingerprint_check CHECK ((length(fingerprint) = 32)),
    constraint idempotent_request_key_check CHECK ((key ~ '^[A-Za-z0-9_-]{1,64}$'::text)),
    constraint idempotent_request_status_check CHECK (((status >= 200) AND (status <= 499)))
);
create index idempotent_request_over ON idempotent_request USING btree (expires_at);

create table queue (
    event_id          bigint not null,
    seed              bytea not null,
    commitment        text generated always as (encode(sha256(seed), 'hex'::text)) stored not null,
    committed_at      timestamp with time zone not null,
    entrants_hash     text,
    numbered_to       bigint default 0 not null,
    serving_number    bigint default 0 not null,
    is_paused         boolean default false not null,
    recent_admissions integer default 0 not null,
    processing        integer default 0 not null,
    told              text,
    constraint queue_pkey PRIMARY KEY (event_id),
    constraint queue_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint queue_check CHECK ((serving_number <= numbered_to)),
    constraint queue_entrants_hash_check CHECK ((entrants_hash ~ '^[0-9a-f]{64}$'::text)),
    constraint queue_numbered_to_check CHECK ((numbered_to >= 0)),
    constraint queue_processing_check CHECK ((processing >= 0)),
    constraint queue_recent_admissions_check CHECK ((recent_admissions >= 0)),
    constraint queue_seed_check CHECK ((length(seed) = 32)),
    constraint queue_serving_number_check CHECK ((serving_number >= 0))
);

create table queue_door (
    event_id      bigint not null,
    last_number   bigint default 0 not null,
    opened_at     timestamp with time zone,
    entrant_count bigint,
    is_draining   boolean default false not null,
    constraint queue_door_pkey PRIMARY KEY (event_id),
    constraint queue_door_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint queue_door_check CHECK (((opened_at IS NULL) = (entrant_count IS NULL))),
    constraint queue_door_check1 CHECK (((opened_at IS NOT NULL) OR (last_number = 0))),
    constraint queue_door_check2 CHECK ((last_number >= entrant_count)),
    constraint queue_door_entrant_count_check CHECK ((entrant_count >= 0)),
    constraint queue_door_last_number_check CHECK ((last_number >= 0))
) with (fillfactor=10);

create table queue_entry (
    id          bigint generated always as identity not null,
    public_id   uuid default gen_random_uuid() not null,
    event_id    bigint not null,
    account_id  bigint not null,
    status      text default 'waiting'::text not null,
    number      bigint,
    is_entrant  boolean default false not null,
    joined_at   timestamp with time zone not null,
    admitted_at timestamp with time zone,
    expires_at  timestamp with time zone,
    batch_size  integer,
    ended_at    timestamp with time zone,
    constraint queue_entry_pkey PRIMARY KEY (id),
    constraint queue_entry_public_id_key UNIQUE (public_id),
    constraint queue_entry_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint queue_entry_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint queue_entry_batch_size_check CHECK ((batch_size >= 1)),
    constraint queue_entry_check CHECK ((expires_at > admitted_at)),
    constraint queue_entry_check1 CHECK (((number IS NOT NULL) OR is_entrant OR (status = 'left'::text))),
    constraint queue_entry_check2 CHECK ((((admitted_at IS NULL) = (expires_at IS NULL)) AND ((admitted_at IS NULL) = (batch_size IS NULL)))),
    constraint queue_entry_check3 CHECK (((admitted_at IS NULL) OR (number IS NOT NULL))),
    constraint queue_entry_check4 CHECK (((status <> 'waiting'::text) OR (admitted_at IS NULL))),
    constraint queue_entry_check5 CHECK (((status <> ALL (ARRAY['processing'::text, 'completed'::text])) OR (admitted_at IS NOT NULL))),
    constraint queue_entry_check6 CHECK (((status = ANY (ARRAY['waiting'::text, 'processing'::text])) = (ended_at IS NULL))),
    constraint queue_entry_number_check CHECK ((number >= 1)),
    constraint queue_entry_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'processing'::text, 'completed'::text, 'expired'::text, 'left'::text])))
);
create index queue_entry_admitted ON queue_entry USING btree (event_id, admitted_at) WHERE (admitted_at IS NOT NULL);
create index queue_entry_entrant ON queue_entry USING btree (event_id, number) INCLUDE (public_id) WHERE is_entrant;
create index queue_entry_gone ON queue_entry USING btree (event_id, number) WHERE ((status = ANY (ARRAY['left'::text, 'expired'::text])) AND (admitted_at IS NULL));
create unique index queue_entry_number ON queue_entry USING btree (event_id, number) WHERE (number IS NOT NULL);
create index queue_entry_of_account ON queue_entry USING btree (account_id) WHERE (status = ANY (ARRAY['waiting'::text, 'processing'::text]));
create index queue_entry_of_event ON queue_entry USING btree (event_id, status);
create unique index queue_entry_one_active ON queue_entry USING btree (event_id, account_id) WHERE (status = ANY (ARRAY['waiting'::text, 'processing'::text]));
create index queue_entry_processing ON queue_entry USING btree (event_id, expires_at) WHERE (status = 'processing'::text);
create index queue_entry_waiting ON queue_entry USING btree (event_id, number) WHERE ((status = 'waiting'::text) AND (number IS NOT NULL));

create table push (
    id         bigint generated always as identity not null,
    account_id bigint not null,
    target     text not null,
    payload    jsonb not null,
    created_at timestamp with time zone not null,
    constraint push_pkey PRIMARY KEY (id),
    constraint push_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
);

create table seat_change (
    event_id     bigint not null,
    seat_ids     bigint[] not null,
    moved_ids    bigint[] not null,
    category_ids bigint[] not null,
    is_relisted  boolean default false not null
) with (autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_insert_threshold=-1);

create table seat_version (
    event_id     bigint not null,
    version      bigint not null,
    seat_ids     bigint[] not null,
    moved_ids    bigint[] not null,
    category_ids bigint[] not null,
    is_relisted  boolean not null,
    replaced_at  timestamp with time zone,
    constraint seat_version_pkey PRIMARY KEY (event_id, version),
    constraint seat_version_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id) ON DELETE CASCADE,
    constraint seat_version_version_check CHECK ((version > 1))
);
create index seat_version_replaced ON seat_version USING btree (replaced_at) WHERE (replaced_at IS NOT NULL);

create table ticket_transfer (
    id           bigint generated always as identity not null,
    ticket_id    bigint not null,
    from_account bigint not null,
    to_email     text not null,
    to_account   bigint,
    token_hash   bytea not null,
    message      text,
    generation   integer not null,
    status       text default 'pending'::text not null,
    ended_by     text,
    operation    uuid not null,
    created_at   timestamp with time zone not null,
    expires_at   timestamp with time zone not null,
    ended_at     timestamp with time zone,
    constraint ticket_transfer_pkey PRIMARY KEY (id),
    constraint ticket_transfer_operation_key UNIQUE (operation),
    constraint ticket_transfer_token_hash_key UNIQUE (token_hash),
    constraint ticket_transfer_from_account_fkey FOREIGN KEY (from_account) REFERENCES account(id),
    constraint ticket_transfer_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticket(id),
    constraint ticket_transfer_to_account_fkey FOREIGN KEY (to_account) REFERENCES account(id),
    constraint ticket_transfer_check CHECK ((expires_at > created_at)),
    constraint ticket_transfer_check1 CHECK (((status = 'pending'::text) = (ended_at IS NULL))),
    constraint ticket_transfer_check2 CHECK (((status = 'completed'::text) = (to_account IS NOT NULL))),
    constraint ticket_transfer_check3 CHECK (((status = 'cancelled'::text) = (ended_by IS NOT NULL))),
    constraint ticket_transfer_check4 CHECK ((to_account <> from_account)),
    constraint ticket_transfer_ended_by_check CHECK ((ended_by = ANY (ARRAY['sender'::text, 'entry'::text, 'booking'::text, 'event'::text, 'office'::text]))),
    constraint ticket_transfer_generation_check CHECK ((generation >= 1)),
    constraint ticket_transfer_message_check CHECK (((length(message) >= 1) AND (length(message) <= 500))),
    constraint ticket_transfer_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'completed'::text, 'cancelled'::text, 'expired'::text, 'declined'::text]))),
    constraint ticket_transfer_to_email_check CHECK (((to_email = lower(to_email)) AND ((length(to_email) >= 3) AND (length(to_email) <= 254)))),
    constraint ticket_transfer_token_hash_check CHECK ((length(token_hash) = 32))
);
create index ticket_transfer_of_recipient ON ticket_transfer USING btree (to_account, id DESC) WHERE (to_account IS NOT NULL);
create index ticket_transfer_of_sender ON ticket_transfer USING btree (from_account, id DESC);
create index ticket_transfer_of_ticket ON ticket_transfer USING btree (ticket_id);
create unique index ticket_transfer_one_claim ON ticket_transfer USING btree (ticket_id, generation) WHERE (status = 'completed'::text);
create unique index ticket_transfer_one_pending ON ticket_transfer USING btree (ticket_id) WHERE (status = 'pending'::text);
create index ticket_transfer_to_address ON ticket_transfer USING btree (to_email, id DESC);
create index ticket_transfer_to_forget ON ticket_transfer USING btree (ended_at) WHERE (message IS NOT NULL);

create table ticket_scan (
    id          bigint generated always as identity not null,
    scan_id     text,
    ticket_id   bigint,
    round       integer,
    event_id    bigint,
    holder_id   bigint,
    answer      text not null,
    reason      text,
    is_offline  boolean not null,
    gate        text,
    device_id   text,
    scanned_at  timestamp with time zone not null,
    received_at timestamp with time zone not null,
    scanned_by  bigint not null,
    entry_at    timestamp with time zone,
    entry_gate  text,
    constraint ticket_scan_pkey PRIMARY KEY (id),
    constraint ticket_scan_scan_id_key UNIQUE (scan_id),
    constraint ticket_scan_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES account(id),
    constraint ticket_scan_scanned_by_fkey FOREIGN KEY (scanned_by) REFERENCES account(id),
    constraint ticket_scan_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticket(id),
    constraint ticket_scan_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'already_used'::text, 'not_valid'::text, 'revoked'::text, 'wrong_event'::text, 'qr_invalid'::text, 'unknown'::text]))),
    constraint ticket_scan_check CHECK (((ticket_id IS NULL) = (round IS NULL))),
    constraint ticket_scan_check1 CHECK (((answer = ANY (ARRAY['qr_invalid'::text, 'unknown'::text])) = (ticket_id IS NULL))),
    constraint ticket_scan_check2 CHECK (((answer = 'not_valid'::text) = (reason IS NOT NULL))),
    constraint ticket_scan_device_id_check CHECK (((length(device_id) >= 1) AND (length(device_id) <= 64))),
    constraint ticket_scan_gate_check CHECK (((length(gate) >= 1) AND (length(gate) <= 50))),
    constraint ticket_scan_reason_check CHECK ((reason = ANY (ARRAY['unpaid'::text, 'expired'::text, 'cancelled'::text, 'refunded'::text, 'not_open'::text, 'void'::text]))),
    constraint ticket_scan_scan_id_check CHECK (((length(scan_id) >= 1) AND (length(scan_id) <= 64)))
);
create index ticket_scan_entries ON ticket_scan USING btree (ticket_id, round, scanned_at, id) WHERE ((answer = 'accepted'::text) OR ((answer = 'already_used'::text) AND is_offline));
create index ticket_scan_of_event ON ticket_scan USING btree (event_id, gate);
create unique index ticket_scan_one_entry ON ticket_scan USING btree (ticket_id, round) WHERE (answer = 'accepted'::text);
create trigger ticket_scan_append_only BEFORE DELETE OR UPDATE ON ticket_scan FOR EACH ROW EXECUTE FUNCTION ticket_scan_is_append_only();

create table ticket_change (
    id        bigint generated always as identity not null,
    event_id  bigint not null,
    ticket_id bigint not null,
    constraint ticket_change_pkey PRIMARY KEY (id)
);
create index ticket_change_of_event ON ticket_change USING btree (event_id);

create table gate_manifest (
    event_id bigint not null,
    version  bigint not null,
    constraint gate_manifest_pkey PRIMARY KEY (event_id),
    constraint gate_manifest_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id)
);

create table ticket_version (
    ticket_id         bigint not null,
    event_id          bigint not null,
    version           bigint not null,
    lowest_generation integer,
    constraint ticket_version_pkey PRIMARY KEY (ticket_id),
    constraint ticket_version_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint ticket_version_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticket(id),
    constraint ticket_version_lowest_generation_check CHECK (((lowest_generation = 0) OR (lowest_generation > 1)))
);
create index ticket_version_of_event ON ticket_version USING btree (event_id, version);
create index ticket_version_revoked ON ticket_version USING btree (event_id, ticket_id) WHERE (lowest_generation IS NOT NULL);

create table promo_code (
    id             bigint generated always as identity not null,
    code           text not null,
    kind           text not null,
    value          bigint not null,
    event_id       bigint,
    max_uses       integer,
    per_user_limit integer,
    starts_at      timestamp with time zone,
    ends_at        timestamp with time zone,
    min_amount     bigint,
    is_active      boolean default true not null,
    used_count     integer default 0 not null,
    created_at     timestamp with time zone not null,
    updated_at     timestamp with time zone,
    constraint promo_code_pkey PRIMARY KEY (id),
    constraint promo_code_code_key UNIQUE (code),
    constraint promo_code_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id),
    constraint promo_code_check CHECK (((value >= 1) AND (value <=
CASE kind
    WHEN 'percent'::text THEN (10000)::bigint
    ELSE '100000000000'::bigint
END))),
    constraint promo_code_check1 CHECK ((used_count <= max_uses)),
    constraint promo_code_check2 CHECK ((starts_at < ends_at)),
    constraint promo_code_code_check CHECK ((code ~ '^[A-Z0-9_-]{3,32}$'::text)),
    constraint promo_code_kind_check CHECK ((kind = ANY (ARRAY['percent'::text, 'amount'::text]))),
    constraint promo_code_max_uses_check CHECK ((max_uses >= 1)),
    constraint promo_code_min_amount_check CHECK ((min_amount >= 0)),
    constraint promo_code_per_user_limit_check CHECK ((per_user_limit >= 1)),
    constraint promo_code_used_count_check CHECK ((used_count >= 0))
);
create index promo_code_of_event ON promo_code USING btree (event_id) WHERE (event_id IS NOT NULL);

create table promo_use (
    cart_id    bigint not null,
    promo_id   bigint not null,
    account_id bigint not null,
    state      text not null,
    kind       text not null,
    value      bigint not null,
    min_amount bigint,
    created_at timestamp with time zone not null,
    constraint promo_use_pkey PRIMARY KEY (cart_id),
    constraint promo_use_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint promo_use_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES cart(id),
    constraint promo_use_promo_id_fkey FOREIGN KEY (promo_id) REFERENCES promo_code(id),
    constraint promo_use_kind_check CHECK ((kind = ANY (ARRAY['percent'::text, 'amount'::text]))),
    constraint promo_use_min_amount_check CHECK ((min_amount >= 0)),
    constraint promo_use_state_check CHECK ((state = ANY (ARRAY['reserved'::text, 'booked'::text, 'consumed'::text, 'returned'::text]))),
    constraint promo_use_value_check CHECK ((value >= 1))
);
create index promo_use_of_person ON promo_use USING btree (promo_id, account_id);
create index promo_use_reserved ON promo_use USING btree (promo_id) WHERE (state = 'reserved'::text);
create trigger promo_use_ended AFTER DELETE ON promo_use REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_promo_uses_ended();
create trigger promo_use_moved AFTER UPDATE ON promo_use FOR EACH ROW WHEN (((old.state = 'returned'::text) <> (new.state = 'returned'::text))) EXECUTE FUNCTION count_promo_use();
create trigger promo_use_taken AFTER INSERT ON promo_use FOR EACH ROW EXECUTE FUNCTION count_promo_use();

create table waitlist_entry (
    id          bigint generated always as identity not null,
    account_id  bigint not null,
    event_id    bigint not null,
    category_id bigint not null,
    quantity    integer not null,
    status      text default 'waiting'::text not null,
    overtaken   integer default 0 not null,
    saved_until timestamp with time zone,
    cart_id     bigint,
    offered_at  timestamp with time zone,
    created_at  timestamp with time zone not null,
    changed_at  timestamp with time zone not null,
    constraint waitlist_entry_pkey PRIMARY KEY (id),
    constraint waitlist_entry_cart_id_key UNIQUE (cart_id),
    constraint waitlist_entry_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    constraint waitlist_entry_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES cart(id),
    constraint waitlist_entry_category_id_event_id_fkey FOREIGN KEY (category_id, event_id) REFERENCES seat_category(id, event_id) ON DELETE CASCADE,
    constraint waitlist_entry_check CHECK (((cart_id IS NULL) = (offered_at IS NULL))),
    constraint waitlist_entry_check1 CHECK (((status <> 'waiting'::text) OR (cart_id IS NULL))),
    constraint waitlist_entry_check2 CHECK (((status <> ALL (ARRAY['offered'::text, 'fulfilled'::text])) OR (cart_id IS NOT NULL))),
    constraint waitlist_entry_overtaken_check CHECK ((overtaken >= 0)),
    constraint waitlist_entry_quantity_check CHECK (((quantity >= 1) AND (quantity <= 50))),
    constraint waitlist_entry_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'offered'::text, 'fulfilled'::text, 'expired'::text, 'left'::text])))
);
create index waitlist_entry_of_account ON waitlist_entry USING btree (account_id, event_id);
create index waitlist_entry_of_event ON waitlist_entry USING btree (event_id);
create index waitlist_entry_offered ON waitlist_entry USING btree (id) WHERE (status = 'offered'::text);
create index waitlist_entry_offers ON waitlist_entry USING btree (category_id, id) WHERE (offered_at IS NOT NULL);
create unique index waitlist_entry_one_active ON waitlist_entry USING btree (account_id, category_id) WHERE (status = ANY (ARRAY['waiting'::text, 'offered'::text]));
create index waitlist_entry_saving ON waitlist_entry USING btree (category_id, saved_until) WHERE ((status = 'waiting'::text) AND (saved_until IS NOT NULL));
create index waitlist_entry_waiting ON waitlist_entry USING btree (category_id, id) WHERE (status = 'waiting'::text);
create index waitlist_entry_wanted ON waitlist_entry USING btree (category_id, quantity) WHERE (status = 'waiting'::text);
create trigger waitlist_changed AFTER UPDATE ON waitlist_entry REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION waitlist_was_changed();
create trigger waitlist_joined AFTER INSERT ON waitlist_entry REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION waitlist_was_changed();

create table upload (
    id            bigint generated always as identity not null,
    name          text not null,
    url           text not null,
    thumbnail_url text not null,
    uploaded_by   bigint not null,
    created_at    timestamp with time zone not null,
    constraint upload_pkey PRIMARY KEY (id),
    constraint upload_name_key UNIQUE (name),
    constraint upload_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES account(id),
    constraint upload_name_check CHECK ((name ~ '^[0-9a-f]{32}$'::text))
);
create index upload_by_age ON upload USING btree (created_at);

create table event_popularity (
    event_id bigint not null,
    points   bigint not null,
    constraint event_popularity_pkey PRIMARY KEY (event_id),
    constraint event_popularity_event_id_fkey FOREIGN KEY (event_id) REFERENCES event(id) ON DELETE CASCADE,
    constraint event_popularity_points_check CHECK ((points > 0))
);
create index event_popularity_by_points ON event_popularity USING btree (points DESC, event_id);

create function admin_log_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'UPDATE'
        and current_setting('zoniq.erasing', true) = 'on'
        and (new.id, new.admin_id, new.action, new.entity_type, new.entity_id, new.created_at)
            is not distinct from (old.id, old.admin_id, old.action, old.entity_type, old.entity_id, old.created_at)
    then
        return new;
    end if;

    raise exception 'admin_log is append-only';
end
$function$;

create function booking_limit_was_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select    new.id,
              coalesce(array_agg(seat.id) filter (where seat.id is not null), '{}'),
              '{}',
              array_agg(distinct list.category_id)
    from      (select distinct category_id from waitlist_entry where event_id = new.id and status = 'waiting') as list
    left join seat on  seat.category_id = list.category_id
                   and seat.booking_id is null
                   and seat.label is not null
                   and not seat.is_blocked
                   and (seat.cart_id is null or seat.locked_until <= zoniq_now())
    having    count(list.category_id) > 0;
    return null;
end
$function$;

create function count_promo_use()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'UPDATE' and old.state <> 'returned' then
        update promo_code set used_count = used_count - 1 where id = old.promo_id;
    end if;
    if new.state <> 'returned' then
        update promo_code set used_count = used_count + 1 where id = new.promo_id;
    end if;
    return null;
end $function$;

create function count_promo_uses_ended()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    update promo_code
    set    used_count = used_count - ended.uses
    from   (select promo_id, count(*) as uses from before where state <> 'returned' group by promo_id) as ended
    where  promo_code.id = ended.promo_id;
    return null;
end $function$;

create function event_words(title text, short_description text, organizer_name text, description text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 1000
RETURN ((setweight((to_tsvector('english'::regconfig, title) || to_tsvector('simple'::regconfig, title)), 'A'::"char") || setweight((to_tsvector('english'::regconfig, ((COALESCE(short_description, ''::text) || ' '::text) || COALESCE(organizer_name, ''::text))) || to_tsvector('simple'::regconfig, ((COALESCE(short_description, ''::text) || ' '::text) || COALESCE(organizer_name, ''::text)))), 'B'::"char")) || setweight((to_tsvector('english'::regconfig, COALESCE(description, ''::text)) || to_tsvector('simple'::regconfig, COALESCE(description, ''::text))), 'C'::"char"));

create function seat_category_was_added()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   event_id, '{}', '{}', array_agg(id)
    from     added
    group by event_id;
    return null;
end
$function$;

create function seat_category_was_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids, is_relisted)
    select after.event_id,
           case when after.is_active = before.is_active then '{}' else array(select seat.id from seat where seat.category_id = before.id and seat.label is not null) end,
           '{}',
           array[id],
           after.is_active <> before.is_active
    from   before
    join   after using (id)
    where  (after.name, after.description, after.price, after.total_seats, after.seating_type, after.display_order, after.color_code, after.is_active)
           is distinct from
           (before.name, before.description, before.price, before.total_seats, before.seating_type, before.display_order, before.color_code, before.is_active);
    return null;
end
$function$;

create function seat_category_was_removed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids, is_relisted)
    select   event_id, '{}', '{}', array_agg(id), true
    from     removed
    group by event_id;
    return null;
end
$function$;

create function seat_was_added()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   event_id,
             coalesce(array_agg(id) filter (where label is not null), '{}'),
             '{}',
             array_agg(distinct category_id)
    from     added
    where    category_id is not null
    group by event_id;
    return null;
end
$function$;

create function seat_was_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   after.event_id,
             coalesce(array_agg(id) filter (where after.label is not null or before.label is not null), '{}'),
             coalesce(array_agg(id) filter (where before.label is not null and after.category_id is distinct from before.category_id), '{}'),
             array_remove(array_agg(distinct before.category_id) || array_agg(distinct after.category_id) filter (where after.category_id is distinct from before.category_id), null)
    from     before
    join     after using (id)
    where    (after.cart_id, after.locked_until, after.booking_id, after.is_blocked, after.category_id,
              after.label, after.section, after.row_name, after.seat_number, after.position_x, after.position_y)
             is distinct from
             (before.cart_id, before.locked_until, before.booking_id, before.is_blocked, before.category_id,
              before.label, before.section, before.row_name, before.seat_number, before.position_x, before.position_y)
    group by after.event_id;
    return null;
end
$function$;

create function seat_was_removed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select   event_id,
             coalesce(array_agg(id) filter (where label is not null), '{}'),
             coalesce(array_agg(id) filter (where label is not null), '{}'),
             array_agg(distinct category_id)
    from     removed
    where    category_id is not null
    group by event_id;
    return null;
end
$function$;

create function seats_kept(category bigint, free bigint, moment timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
    remaining bigint := free;
    most integer;
    smallest integer;
    vain integer := 0;
    entry record;
begin
    select event.max_tickets_per_booking into most from seat_category join event on event.id = seat_category.event_id where seat_category.id = seats_kept.category;

    if exists (select from waitlist_entry where category_id = category and status = 'waiting' and saved_until > moment and quantity <= most) then
        smallest := 1;
    else
        select min(quantity) into smallest from waitlist_entry where category_id = category and status = 'waiting' and quantity <= most;
    end if;

    if smallest is null or free < smallest then
        return 0;
    end if;

    for entry in
        select   quantity,
                 saved_until > moment as is_saved_for
        from     waitlist_entry
        where    category_id = category
        and      status = 'waiting'
        and      quantity <= most
        and      (quantity <= free or saved_until > moment)
        order by id
    loop
        if entry.quantity <= remaining or entry.is_saved_for then
            remaining := remaining - least(entry.quantity, remaining);
            exit when remaining < smallest;
        else
            vain := vain + 1;
            if vain = 1000 then
                return free;
            end if;
        end if;
    end loop;

    return free - remaining;
end
$function$;

create function ticket_has_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into ticket_change (event_id, ticket_id)
    select event_id, new.id
    from   booking
    where  id = new.booking_id;
    return null;
end
$function$;

create function ticket_scan_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception 'ticket_scan is append-only';
end
$function$;

create function waitlist_was_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    insert into seat_change (event_id, seat_ids, moved_ids, category_ids)
    select    list.event_id,
              coalesce(array_agg(seat.id) filter (where seat.id is not null), '{}'),
              '{}',
              array_agg(distinct list.category_id)
    from      (select event_id, category_id, max(changed_at) as moment from after group by event_id, category_id) as list
    left join seat on  seat.category_id = list.category_id
                   and seat.booking_id is null
                   and seat.label is not null
                   and not seat.is_blocked
                   and (seat.cart_id is null or seat.locked_until <= list.moment)
    group by  list.event_id;
    return null;
end
$function$;

create function zoniq_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
RETURN clock_timestamp();
