-- What was written before anybody knew whose it was.

update booking
set    is_anonymous = true
from   account
where  account.id = booking.account_id
and    not account.is_active
and    not booking.is_anonymous;

update mail
set    account_id = booking.account_id
from   booking
where  mail.cause = 'booking:' || booking.id
and    mail.account_id is null;

update mail
set    account_id = booking.account_id
from   payment
join   booking on booking.id = payment.booking_id
where  mail.cause = 'payment:' || payment.id
and    mail.account_id is null;

update mail
set    account_id = booking.account_id
from   refund
join   payment on payment.id = refund.payment_id
join   booking on booking.id = payment.booking_id
where  mail.cause = 'refund:' || refund.id
and    mail.account_id is null;

-- The gateway's messages named the payer; what they said has been done.
update webhook_event
set    body = '{}'
where  (processed_at is not null or is_parked)
and    body ~ '"(email|contact|vpa|card)"';
