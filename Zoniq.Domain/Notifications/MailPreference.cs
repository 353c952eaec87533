namespace Zoniq.Domain.Notifications;

/// <summary>Which mails an account can switch off. The names are columns of <c>notification_preference</c>; a mail that none of them governs is always sent.</summary>
internal static class MailPreference
{
    private const string BookingConfirmation = "email_booking_confirmation";
    private const string PaymentUpdates = "email_payment_updates";
    private const string EventReminders = "email_event_reminders";
    private const string EventUpdates = "email_event_updates";
    private const string TransferNotifications = "email_transfer_notifications";
    private const string TicketDelivery = "email_ticket_delivery";

    /// <summary>The mail is sent while any of these is on.</summary>
    public static string[] Governing(string template) => template switch
    {
        MailTemplate.BookingConfirmed => [BookingConfirmation, TicketDelivery],
        MailTemplate.BookingCancelled => [BookingConfirmation],
        MailTemplate.PaymentConfirmed or MailTemplate.PaymentFailed or MailTemplate.BookingExpired
            or MailTemplate.RefundStarted or MailTemplate.RefundProcessed or MailTemplate.RefundFailed => [PaymentUpdates],
        MailTemplate.EventChanged => [EventUpdates],
        MailTemplate.EventReminder => [EventReminders],
        MailTemplate.TransferCompleted or MailTemplate.TransferDeclined or MailTemplate.TransferExpired or MailTemplate.TransferCancelled => [TransferNotifications],
        _ => [],
    };
}
