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
    /// <summary>Refuses whoever still has a ticket or a booking for an event to come, and the last administrator.</summary>
    public async Task<Result<Done>> Erase(long accountId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        await LockCodes(db, accountId);
        if (await Lock(db, accountId) is not { } person)
        {
            return AccountProblems.TokenRevoked;
        }

        if (person.IsLastAdministrator)
        {
            return AdministrationProblems.LastAdministrator;
        }

        // Who checks out has the cart locked, who settles a payment the booking: they are waited for, and what came of it is seen afterwards.
        await LockPurchases(db, person);
        if (await HasSomethingToGoTo(db, accountId, now))
        {
            return AdministrationProblems.HasUpcomingBookings;
        }

        await CartAbandonment.OfAccountAsync(db, accountId);
        await QueueEnding.OfPersonAsync(db, accountId, eventId: null, now);
        await WaitlistEnding.OfAccountAsync(db, accountId, now);
        await EraseMails(db, accountId, person.Email);
        await EraseWords(db, accountId, person);
        await EraseLog(db, accountId);
        await EraseName(db, accountId, now);
        await TicketTransfers.EndOfSenderAsync(db, accountId, now);
        await TicketTransfers.EndOfRecipientAsync(db, person.Email, $"deleted-{accountId}{MailPolicy.NobodysDomain}", now);
        await Outbox.EnqueueAsync(db, Mails.AccountDeleted(person.Email, accountId, now), now);

        // Somebody who held and checked out since is not waited for by anything above.
        if (await HasSomethingToGoTo(db, accountId, now))
        {
            return AdministrationProblems.HasUpcomingBookings;
        }

        await db.CommitAsync();
        return new Done(true, "Account deleted");
    }

    /// <summary>Whoever comes in by a code has it before the account.</summary>
    private static Task<int> LockCodes(Session db, long accountId) =>
        db.ExecuteAsync(
            """
            select from one_time_code
            where    purpose = any(@purposes)
            and      address = (select email from account where id = @accountId)
            order by purpose
            for update
            """,
            new { accountId, purposes = new[] { CodePurpose.EmailLogin, CodePurpose.ResetPassword } });

    /// <summary>An administrator together with all others, so that of two who leave at once one stays. Null when the account is gone already.</summary>
    private static async Task<Person?> Lock(Session db, long accountId)
    {
        var locked = await db.QueryAsync<Person>(
            """
            select   id, username, email, role, is_active, is_blocked
            from     account
            where    id = @accountId
            or       (role = 'admin' and is_active and not is_blocked
                      and exists (select from account as person where person.id = @accountId and person.role = 'admin'))
            order by id
            for no key update of account
            """,
            new { accountId });
        if (locked.FirstOrDefault(account => account.Id == accountId && account.IsActive) is not { } person)
        {
            return null;
        }

        // Whoever was appointed while this waited has not been locked with the others, and may wait for the next try.
        return person with { IsLastAdministrator = person.IsInOffice && !locked.Any(account => account.Id != accountId && account.IsInOffice) };
    }

    /// <summary>Also the bookings of others that give their address.</summary>
    private static async Task LockPurchases(Session db, Person person)
    {
        await db.ExecuteAsync("select from cart where account_id = @Id and status = 'active' order by id for update", new { person.Id });
        await db.ExecuteAsync("select from booking where account_id = @Id or lower(contact_email) = @Email order by id for update", new { person.Id, person.Email });
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

    /// <summary>
    /// Their mails, and those about what they bought and passed on, whoever got those: what has not left yet does not leave any more. An address that nobody has proven is only believed
    /// of a mail that is theirs anyway. Mails of others that went to their address keep what they say, and go to whose they are if they have not left.
    /// </summary>
    private static Task<int> EraseMails(Session db, long accountId, string email) =>
        db.ExecuteAsync(
            """
            update mail
            set    recipient = case when status = 'pending' then account.email else 'erased-' || mail.id || @NobodysDomain end
            from   account
            where  account.id = mail.account_id
            and    account.id <> @accountId
            and    lower(mail.recipient) = @email;

            with passed_on as materialized (
                select 'transfer:' || id as cause
                from   ticket_transfer
                where  from_account = @accountId
                or     to_account = @accountId
                or     (to_email = @email and to_account is null)
            )
            update mail
            set    recipient = case when account_id = @accountId or lower(recipient) = @email then 'erased-' || id || @NobodysDomain else recipient end,
                   data = '{}',
                   last_error = null,
                   status = case when status in ('pending', 'dead') then 'expired' else status end
            where  account_id = @accountId
            or     (account_id is null and lower(recipient) = @email)
            or     cause = any(array(select cause from passed_on))
            """,
            new { accountId, email, MailPolicy.NobodysDomain });

    private static Task<int> EraseWords(Session db, long accountId, Person person) =>
        db.ExecuteAsync(
            """
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
                   cancellation_reason = null,
                   is_anonymous = true
            where  account_id = @accountId;

            update booking
            set    contact_email = null    -- of somebody else, whose mails go to their own address now
            where  lower(contact_email) = @Email;

            update ticket_transfer
            set    message = null,
                   to_email = case when to_account = @accountId or (to_email = @Email and to_account is null) then 'deleted-' || @accountId || @NobodysDomain else to_email end
            where  from_account = @accountId
            or     to_account = @accountId
            or     (to_email = @Email and to_account is null and status <> 'pending');

            delete from one_time_code where account_id = @accountId or address = @Email;
            delete from sign_in_attempt where identifier in (lower(@Username), @Email);
            delete from idempotent_request where account_id = @accountId;
            delete from push where account_id = @accountId;
            delete from wishlist_item where account_id = @accountId;
            delete from notification_preference where account_id = @accountId
            """,
            new { accountId, person.Email, person.Username, MailPolicy.NobodysDomain });

    /// <summary>
    /// Who did it stays as a number, and that something was done to this account. Of rows about what they bought and held the reasons go, which are somebody's own words; rows about
    /// other things name nobody but who did it.
    /// </summary>
    private static Task<int> EraseLog(Session db, long accountId) =>
        db.ExecuteAsync(
            """
            select set_config('zoniq.erasing', 'on', true);

            update admin_log
            set    admin_username = null,
                   ip_address = null
            where  admin_id = @accountId;

            update admin_log
            set    details = '{}'
            where  entity_type = 'user'
            and    entity_id = @accountId;

            update admin_log
            set    details = details - 'reason'
            where  entity_type = 'payment'
            and    entity_id in (
                select payment.id
                from   payment
                join   booking on booking.id = payment.booking_id
                where  booking.account_id = @accountId)
            and    details ? 'reason';

            update admin_log
            set    details = details - 'reason'
            where  entity_type = 'ticket'
            and    entity_id in (
                select ticket.id
                from   ticket
                join   booking on booking.id = ticket.booking_id
                where  booking.account_id = @accountId
                union
                select id
                from   ticket
                where  holder_id = @accountId)
            and    details ? 'reason';

            select set_config('zoniq.erasing', 'off', true)
            """,
            new { accountId });

    private static Task<int> EraseName(Session db, long accountId, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update account
            set    username = 'deleted_' || id || '_' || substr(md5(gen_random_uuid()::text), 1, 8),
                   email = 'deleted-' || id || '-' || substr(md5(gen_random_uuid()::text), 1, 8) || @NobodysDomain,
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
            new { accountId, now, MailPolicy.NobodysDomain });

    private sealed record Person
    {
        public long Id { get; init; }

        public string Username { get; init; } = "";

        public string Email { get; init; } = "";

        public string Role { get; init; } = "";

        public bool IsActive { get; init; }

        public bool IsBlocked { get; init; }

        public bool IsLastAdministrator { get; init; }

        public bool IsInOffice => Role == "admin" && IsActive && !IsBlocked;
    }
}
