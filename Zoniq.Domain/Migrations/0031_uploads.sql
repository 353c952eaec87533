-- Pictures that administrators have uploaded, so that those no event shows can be thrown away.

create table upload (
    id            bigint generated always as identity primary key,
    name          text not null unique check (name ~ '^[0-9a-f]{32}$'),
    url           text not null,
    thumbnail_url text not null,
    uploaded_by   bigint not null references account,
    created_at    timestamptz not null
);

create index upload_by_age on upload (created_at);

-- An event shows an upload when one of its addresses holds the name, with whatever domain and query around it.
create index event_banner_upload on event (substring(banner_image_url from '[0-9a-f]{32}')) where banner_image_url is not null;

create index event_thumbnail_upload on event (substring(thumbnail_image_url from '[0-9a-f]{32}')) where thumbnail_image_url is not null;
