-- What erasure, exports and housekeeping go by. On a large database each is made by hand before, concurrently.
create index if not exists mail_of_account on mail (account_id) where account_id is not null;
create index if not exists mail_to_forget on mail (created_at) where recipient not like 'erased-%' or data <> '{}';
create index if not exists mail_farewells on mail (id) where cause like 'farewell:%' and recipient not like 'erased-%';
create index if not exists ticket_transfer_to_forget on ticket_transfer (ended_at) where message is not null;
create index if not exists webhook_event_to_forget on webhook_event (received_at) where body <> '{}';
create index if not exists admin_log_of_people on admin_log (entity_type, entity_id) where entity_type in ('user', 'payment', 'ticket');

drop index if exists mail_by_age;
drop index if exists webhook_event_by_age;
