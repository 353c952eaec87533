using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Notifications;

/// <summary>What an account wants to be told by mail.</summary>
public sealed class NotificationPreferenceService(Database database, TimeProvider clock)
{
    /// <summary>The first reading writes the defaults down; of several at once, one does.</summary>
    public async Task<NotificationPreferences> Get(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<NotificationPreferences>(
            """
            insert into notification_preference (account_id, created_at)
            values (@accountId, @now)
            on conflict do nothing;

            select *
            from   notification_preference
            where  account_id = @accountId
            """,
            new { accountId, now = clock.GetUtcNow() });
    }

    /// <summary>One statement, so that two changes at once of different mails are both kept.</summary>
    public async Task<NotificationPreferences> Change(long accountId, ChangeNotificationPreferences change, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<NotificationPreferences>(
            """
            insert into notification_preference as kept (
                account_id, email_booking_confirmation, email_payment_updates, email_ticket_delivery, email_event_reminders,
                email_event_updates, email_transfer_notifications, email_marketing, created_at, updated_at)
            values (
                @accountId, coalesce(@EmailBookingConfirmation, true), coalesce(@EmailPaymentUpdates, true), coalesce(@EmailTicketDelivery, true), coalesce(@EmailEventReminders, true),
                coalesce(@EmailEventUpdates, true), coalesce(@EmailTransferNotifications, true), coalesce(@EmailMarketing, false), @now, @now)
            on conflict (account_id) do update
            set    email_booking_confirmation = coalesce(@EmailBookingConfirmation, kept.email_booking_confirmation),
                   email_payment_updates = coalesce(@EmailPaymentUpdates, kept.email_payment_updates),
                   email_ticket_delivery = coalesce(@EmailTicketDelivery, kept.email_ticket_delivery),
                   email_event_reminders = coalesce(@EmailEventReminders, kept.email_event_reminders),
                   email_event_updates = coalesce(@EmailEventUpdates, kept.email_event_updates),
                   email_transfer_notifications = coalesce(@EmailTransferNotifications, kept.email_transfer_notifications),
                   email_marketing = coalesce(@EmailMarketing, kept.email_marketing),
                   updated_at = @now
            returning *
            """,
            new
            {
                accountId,
                change.EmailBookingConfirmation,
                change.EmailPaymentUpdates,
                change.EmailTicketDelivery,
                change.EmailEventReminders,
                change.EmailEventUpdates,
                change.EmailTransferNotifications,
                change.EmailMarketing,
                now = clock.GetUtcNow(),
            });
    }
}
