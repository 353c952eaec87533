using System.Text.Json;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Notifications;

/// <summary>Where a mail is left in the transaction that causes it: both happen or neither.</summary>
public static class Outbox
{
    /// <summary>
    /// The mail's number, or null when the same cause has already written this mail to this recipient, or when the account has switched such mails off:
    /// what was chosen at this moment counts.
    /// </summary>
    public static async Task<long?> EnqueueAsync(Session db, Mail mail, DateTimeOffset now) =>
        (await WriteAsync(db, [mail], now)) is [var id] ? id : null;

    /// <summary>The same for many mails of one kind in one statement: they differ in who gets them, why, and what they say.</summary>
    public static async Task EnqueueAllAsync(Session db, Mail[] mails, DateTimeOffset now)
    {
        if (mails.Length > 0)
        {
            await WriteAsync(db, mails, now);
        }
    }

    /// <summary>Takes back urgent mails of this kind and purpose that are still waiting: what they say is no longer true.</summary>
    public static Task WithdrawAsync(Session db, string template, string recipient, string purpose) =>
        db.ExecuteAsync(
            """
            update mail
            set    status = 'expired', data = data - 'code'
            where  status = 'pending'
            and    importance = @urgent
            and    template = @template
            and    recipient = @recipient
            and    data ->> 'purpose' = @purpose
            """,
            new { urgent = (short)MailImportance.Urgent, template, recipient, purpose });

    private static Task<long[]> WriteAsync(Session db, Mail[] mails, DateTimeOffset now) =>
        db.QueryAsync<long>(
            """
            insert into mail (template, recipient, account_id, cause, data, importance, next_attempt_at, expires_at, trace_parent, created_at)
            select @Template, wanted.recipient, wanted.account_id, wanted.cause,
                   wanted.data::jsonb - array(    -- without the booking whose tickets would be attached
                       select 'bookingId'
                       from   notification_preference
                       where  account_id = wanted.account_id
                       and    not email_ticket_delivery),
                   @importance, @now, @ExpiresAt, @traceParent, @now
            from   unnest(@accounts, @recipients, @causes, @data) as wanted (account_id, recipient, cause, data)
            where  wanted.recipient not like '%' || @NobodysDomain    -- nobody is there any more
            and    (@preferences = '{}'
            or     coalesce((
                       select bool_or((to_jsonb(preference) ->> name)::boolean)
                       from   notification_preference as preference
                       cross join unnest(@preferences) as name
                       where  account_id = wanted.account_id), true))
            on conflict (cause, template, recipient) do nothing
            returning id
            """,
            new
            {
                mails[0].Template,
                importance = (short)mails[0].Importance,
                mails[0].ExpiresAt,
                MailPolicy.NobodysDomain,
                accounts = Array.ConvertAll(mails, mail => mail.AccountId),
                recipients = Array.ConvertAll(mails, mail => mail.Recipient),
                causes = Array.ConvertAll(mails, mail => mail.Cause),
                data = Array.ConvertAll(mails, mail => mail.Data.ToJsonString(JsonSerializerOptions.Default)),
                traceParent = Spans.Cause,
                preferences = MailPreference.Governing(mails[0].Template),
                now,
            });
}
