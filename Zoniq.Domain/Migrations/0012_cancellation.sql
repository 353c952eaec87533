-- What happens around a booking that is called off: which mails its buyer wants, who called it off and why, and what is owed for it.

-- No row means that nothing was ever read or changed: the defaults apply.
create table notification_preference (
    account_id                   bigint primary key references account,
    email_booking_confirmation   boolean not null default true,
    email_payment_updates        boolean not null default true,
    email_ticket_delivery        boolean not null default true,
    email_event_reminders        boolean not null default true,
    email_event_updates          boolean not null default true,
    email_transfer_notifications boolean not null default true,
    email_marketing              boolean not null default false,
    created_at                   timestamptz not null,
    updated_at                   timestamptz
);

-- What the cancellation of a confirmed booking gives back, decided when it is called off: the policy and the event's date may change later.
alter table booking
    add column cancelled_by text check (cancelled_by in ('buyer', 'event')),
    add column refund_due   bigint check (refund_due between 0 and final_amount);

update booking
set    cancelled_by = 'buyer'
where  status = 'cancelled';

alter table booking
    add check (status <> 'cancelled' or (cancelled_by is not null and cancelled_at is not null)),
    add check ((refund_due is not null) = (status in ('cancelled', 'refunded') and confirmed_at is not null));

-- Given to the bookings when they are called off, one after the other.
alter table event add column cancellation_reason text check (length(cancellation_reason) <= 500);

-- The bookings of a cancelled event that are still to be called off.
create index booking_live_of_event on booking (event_id, id) where status in ('pending', 'confirmed');
