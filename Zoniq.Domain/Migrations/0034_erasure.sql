-- The log stays append-only, but for one thing: a person's name, address and words leave it when they leave us. Who does that says so in their transaction.
create or replace function admin_log_is_append_only() returns trigger language plpgsql as $$
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
$$;

-- What is kept of mails, and for how long, is looked for by age.
create index mail_by_age on mail (created_at) where data <> '{}';
create index webhook_event_by_age on webhook_event (received_at) where body <> '{}' and processed_at is not null;
create index admin_log_by_age on admin_log (created_at) where ip_address is not null;
