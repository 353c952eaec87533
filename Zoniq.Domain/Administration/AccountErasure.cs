using Zoniq.Domain.Accounts;
using Zoniq.Domain.Carts;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Storage;
using Zoniq.Domain.Tickets;

namespace Zoniq.Domain.Administration;

/// <summary>
/// Somebody leaves. What names them is replaced wherever it stands, what they had begun is ended, and the money's records stay as they are, of somebody who has no name any more.
/// </summary>
public sealed class AccountErasure(Database database, TimeProvider clock)
{
    /// <summary>What is left of an address. Nothing is ever sent there.</summary>
    public const string NoAddress = "@deleted.invalid";

    /// <summary>Refuses whoever still has a ticket or a booking for an event to come, and the last administrator.</summary>
    public async Task<Result<Done>> Erase(long accountId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await Lock(db, accountId) is not { } person)
        {
            return AccountProblems.TokenRevoked;
        }

        if (person.IsLastAdministrator)
        {
            return AdministrationProblems.LastAdministrator;
        }

        // A checkout has its cart locked: it is waited for, and what it booked is seen afterwards.
        await CartAbandonment.OfAccountAsync(db, accountId);
        if (await HasSomethingToGoTo(db, accountId, now))
        {
            return AdministrationProblems.HasUpcomingBookings;
        }

        await QueueEnding.OfPersonAsync(db, accountId, eventId: null, now);
        await WaitlistEnding.OfAccountAsync(db, accountId, now);
        var addresses = await AddressesOf(db, accountId);
        await EraseMails(db, accountId, addresses);
        await EraseWords(db, accountId, person);
        await EraseLog(db, accountId, [.. new[] { person.Email, person.Phone, person.FullName, person.ClaimedEmail }.Concat(addresses).OfType<string>()]);
        await EraseName(db, accountId, now);
        await TicketTransfers.EndOfSenderAsync(db, accountId, now);
        await TicketTransfers.EndOfRecipientAsync(db, person.Email, $"deleted-{accountId}{NoAddress}", now);
        await Outbox.EnqueueAsync(db, Mails.AccountDeleted(person.Email, accountId, now), now);
        await db.CommitAsync();
        return new Done(true, "Account deleted");
    }

    /// <summary>With all who administer, so that of two who leave at once one stays. Null when it is gone already.</summary>
    private static async Task<Person?> Lock(Session db, long accountId)
    {
        var locked = await db.QueryAsync<Person>(
            """
            select   id, username, email, phone, full_name, claimed_email, role, is_active, is_blocked
            from     account
            where    id = @accountId
            or       (role = 'admin' and is_active and not is_blocked)
            order by id
            for no key update
            """,
            new { accountId });
        return locked.FirstOrDefault(account => account.Id == accountId && account.IsActive) is not { } person
            ? null
            : person with { IsLastAdministrator = person.IsInOffice && !locked.Any(account => account.Id != accountId && account.IsInOffice) };
    }

    private static Task<bool> HasSomethingToGoTo(Session db, long accountId, DateTimeOffset now) =>
        db.QuerySingleAsync<bool>(
            """
            select exists (
                       select from booking
                       join   event on event.id = booking.event_id
                       where  booking.account_id = @accountId
                       and    booking.status = 'confirmed'
                       and    event.event_date > @now
                       and    event.status <> 'cancelled')
                   or exists (
                       select from ticket
                       join   booking on booking.id = ticket.booking_id
                       join   event on event.id = booking.event_id
                       where  ticket.holder_id = @accountId
                       and    ticket.status in ('valid', 'used')
                       and    event.event_date > @now
                       and    event.status <> 'cancelled')
            """,
            new { accountId, now });

    private static Task<string[]> AddressesOf(Session db, long accountId) =>
        db.QueryAsync<string>(
            """
            select lower(email) from account where id = @accountId
            union
            select lower(contact_email) from booking where account_id = @accountId and contact_email is not null
            """,
            new { accountId });

    /// <summary>Mails to them, and mails about what they bought and passed on, whoever got those. What has not left yet does not leave any more.</summary>
    private static Task<int> EraseMails(Session db, long accountId, string[] addresses) =>
        db.ExecuteAsync(
            """
            with about as (
                select 'account:' || @accountId as cause
                union all select 'booking:' || id from booking where account_id = @accountId
                union all select 'payment:' || payment.id from payment join booking on booking.id = payment.booking_id where booking.account_id = @accountId
                union all select 'refund:' || refund.id from refund join payment on payment.id = refund.payment_id join booking on booking.id = payment.booking_id where booking.account_id = @accountId
                union all select 'transfer:' || id from ticket_transfer where from_account = @accountId or to_account = @accountId or to_email = any(@addresses)
                union all select 'waitlist:' || id from waitlist_entry where account_id = @accountId
            )
            update mail
            set    recipient = case when lower(recipient) = any(@addresses) then 'erased-' || id || @NoAddress else recipient end,
                   data = '{}',
                   last_error = null,
                   status = case when status in ('pending', 'dead') then 'expired' else status end
            where  lower(recipient) = any(@addresses)
            or     cause in (select cause from about)
            """,
            new { accountId, addresses, NoAddress });

    private static async Task EraseWords(Session db, long accountId, Person person)
    {
        await db.ExecuteAsync(
            """
            update webhook_event
            set    body = '{}'
            where  processed_at is not null
            and    body like any(array(
                select '%' || razorpay_order_id || '%'
                from   gateway_order
                join   booking on booking.id = gateway_order.booking_id
                where  booking.account_id = @accountId));

            update refund
            set    reason = null
            from   payment, booking
            where  payment.id = refund.payment_id
            and    booking.id = payment.booking_id
            and    booking.account_id = @accountId
            and    refund.requested_by <> 'system';

            update booking
            set    contact_email = null,
                   contact_phone = null,
                   cancellation_reason = null
            where  account_id = @accountId;

            update ticket_transfer
            set    message = null,
                   to_email = case when to_email = @Email or to_account = @accountId then 'deleted-' || @accountId || @NoAddress else to_email end
            where  from_account = @accountId
            or     to_account = @accountId
            or     (to_email = @Email and status <> 'pending');

            delete from one_time_code where account_id = @accountId or address in (@Email, @Phone);
            delete from sign_in_attempt where identifier in (lower(@Username), @Email);
            delete from rate_counter where strpos(key, @Email) > 0 or strpos(key, @Phone) > 0;
            delete from idempotent_request where account_id = @accountId;
            delete from push where account_id = @accountId;
            delete from wishlist_item where account_id = @accountId;
            delete from notification_preference where account_id = @accountId
            """,
            new { accountId, person.Email, person.Phone, person.Username, NoAddress });
    }

    /// <summary>Who did it stays as a number. A value is erased where it is the whole of what was written, so that nobody can choose a name that erases more.</summary>
    private static Task<int> EraseLog(Session db, long accountId, string[] values) =>
        db.ExecuteAsync(
            """
            select set_config('zoniq.erasing', 'on', true);

            update admin_log
            set    admin_username = case when admin_id = @accountId then null else admin_username end,
                   ip_address = case when admin_id = @accountId then null else ip_address end,
                   details = case
                       when (entity_type = 'user' and entity_id = @accountId)
                            or jsonb_path_exists(details, 'strict $.** ? (@ == $values[*])', jsonb_build_object('values', to_jsonb(@values)))
                       then '{}'
                       else details
                   end
            where  admin_id = @accountId
            or     (entity_type = 'user' and entity_id = @accountId)
            or     jsonb_path_exists(details, 'strict $.** ? (@ == $values[*])', jsonb_build_object('values', to_jsonb(@values)));

            select set_config('zoniq.erasing', 'off', true)
            """,
            new { accountId, values });

    private static Task<int> EraseName(Session db, long accountId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update account
            set    username = 'deleted_' || id || '_' || substr(md5(gen_random_uuid()::text), 1, 8),
                   email = 'deleted-' || id || '-' || substr(md5(gen_random_uuid()::text), 1, 8) || @NoAddress,
                   phone = null,
                   full_name = null,
                   password_hash = null,
                   claimed_email = null,
                   role = 'user',
                   is_phone_verified = false,
                   is_active = false,
                   blocked_reason = null,
                   last_login_at = null,
                   tokens_valid_from = @now,
                   updated_at = @now
            where  id = @accountId
            """,
            new { accountId, now, NoAddress });

    private sealed record Person
    {
        public long Id { get; init; }

        public string Username { get; init; } = "";

        public string Email { get; init; } = "";

        public string? Phone { get; init; }

        public string? FullName { get; init; }

        public string? ClaimedEmail { get; init; }

        public string Role { get; init; } = "";

        public bool IsActive { get; init; }

        public bool IsBlocked { get; init; }

        public bool IsLastAdministrator { get; init; }

        public bool IsInOffice => Role == "admin" && IsActive && !IsBlocked;
    }
}
