-- Refunds are sent, followed and, if made elsewhere, found; orders whose webhooks were lost are looked at again.

alter table refund
    add column refusals        integer not null default 0,
    add column next_attempt_at timestamptz not null default zoniq_now();

create index refund_open on refund (next_attempt_at) where status = 'pending';

-- When the gateway is asked next what became of an order; null when nothing can become of it any more.
alter table gateway_order add column next_look_at timestamptz;

update gateway_order
set    next_look_at = gateway_order.created_at
from   booking
where  booking.id = gateway_order.booking_id
and    booking.status in ('pending', 'expired', 'cancelled');

create index gateway_order_open on gateway_order (next_look_at) where next_look_at is not null;

-- A booking also ends when an administrator, here or at the provider, gives everything back.
alter table booking drop constraint booking_cancelled_by_check;
alter table booking add constraint booking_cancelled_by_check check (cancelled_by in ('buyer', 'event', 'admin'));

-- A payment says what has come back of it, which is the sum of its refunds that are done; what the gateway calls refunded may still be on its way.
update payment
set    amount_refunded = returned.amount,
       status = case returned.amount when 0 then 'captured' when payment.amount then 'refunded' else 'partially_refunded' end
from   (select   payment.id,
                 coalesce(sum(refund.amount) filter (where refund.status = 'processed'), 0) as amount
        from     payment
        left join refund on refund.payment_id = payment.id
        where    payment.status in ('captured', 'partially_refunded', 'refunded')
        group by payment.id) as returned
where  returned.id = payment.id
and    payment.amount_refunded <> returned.amount;

-- Whether money that does not fit was written down already.
create index admin_log_mismatch on admin_log (entity_id) where action = 'payment_mismatch';
