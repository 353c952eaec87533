-- What administrators did, written in the transaction in which they did it; rows are only ever added.

create table admin_log (
    id             bigint generated always as identity primary key,
    admin_id       bigint references account,
    admin_username text,
    action         text not null,
    entity_type    text,
    entity_id      bigint,
    details        jsonb,
    ip_address     text,
    created_at     timestamptz not null
);

create function admin_log_is_append_only() returns trigger
    language plpgsql
as $$
begin
    raise exception 'admin_log is append-only';
end
$$;

create trigger admin_log_append_only before update or delete on admin_log
    for each row execute function admin_log_is_append_only();

create index admin_log_newest on admin_log (created_at desc, id desc);
