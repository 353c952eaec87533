-- Administrators look at a million bookings: figures come from the indexes alone, and a booking knows how many tickets it has.

alter table booking add column ticket_count integer check (ticket_count >= 0);

update booking
set    ticket_count = (select count(*) from ticket where ticket.booking_id = booking.id);

alter table booking alter column ticket_count set not null;

-- Days, and sums over days, of all events and of one: what they include spares the visit to the table.
create index booking_by_day on booking (created_at) include (status, event_id, final_amount, ticket_count);
create index booking_by_event_and_day on booking (event_id, created_at) include (status, final_amount, ticket_count);

-- Refunds find the booking that stands on their payment, and those whose booking was called off find nothing, without a visit to either table.
create index booking_standing on booking (paid_by) include (created_at, event_id) where status = 'confirmed';

-- The office finds a booking by the address somebody gives on the telephone.
create index booking_by_contact on booking (lower(contact_email));

create index account_by_day on account (created_at, id);
create index account_administrators on account (id) where role = 'admin';

create index admin_log_of_admin on admin_log (admin_id, created_at desc, id desc);
