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
    public static Task<long?> EnqueueAsync(Session db, Mail mail, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<long?>(
            """
            insert into mail (template, recipient, cause, data, importance, next_attempt_at, expires_at, created_at)
            select @Template, @Recipient, @Cause,
                   @data::jsonb - array(    -- without the booking whose tickets would be attached
                       select 'bookingId'
                       from   notification_preference
                       where  account_id = @AccountId
                       and    not email_ticket_delivery),
                   @importance, @now, @ExpiresAt, @now
            where  @preferences = '{}'
            or     coalesce((
                       select bool_or((to_jsonb(preference) ->> name)::boolean)
                       from   notification_preference as preference
                       cross join unnest(@preferences) as name
                       where  account_id = @AccountId), true)
            on conflict (cause, template, recipient) do nothing
            returning id
            """,
            new
            {
                mail.Template,
                mail.Recipient,
                mail.Cause,
                data = mail.Data.ToJsonString(JsonSerializerOptions.Default),
                importance = (short)mail.Importance,
                mail.ExpiresAt,
                mail.AccountId,
                preferences = MailPreference.Governing(mail.Template),
                now,
            });

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
}
