using System.Text.Json.Nodes;

namespace Zoniq.Domain.Notifications;

/// <summary>Which mails go first when many wait; the lower number.</summary>
public enum MailImportance
{
    /// <summary>Somebody is waiting for it in front of a form.</summary>
    Urgent = 1,

    /// <summary>Somebody bought something.</summary>
    Normal = 5,

    /// <summary>It may come a little later.</summary>
    Low = 9,
}

/// <summary>A mail to be sent; <see cref="Mails"/> makes them. There is at most one per cause, template and recipient.</summary>
public sealed record Mail
{
    /// <summary>Which text it is: a constant of <see cref="MailTemplate"/>.</summary>
    public required string Template { get; init; }

    /// <summary>One e-mail address.</summary>
    public required string Recipient { get; init; }

    /// <summary>Whose it is, whatever the address; their wishes count if it is one that can be switched off (<see cref="MailPreference"/>). Null for strangers.</summary>
    public long? AccountId { get; init; }

    /// <summary>What it is about, such as <c>booking:42</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>What the template needs; a member named <c>code</c> is erased once the mail is sent or given up.</summary>
    public required JsonObject Data { get; init; }

    public MailImportance Importance { get; init; } = MailImportance.Normal;

    /// <summary>From then on it is not worth sending.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Whom a mail goes to: an address, and the account whose wishes count, which may have given another address for this purchase.</summary>
public sealed record Addressee(long AccountId, string Email);

/// <summary>The texts there are; the names are kept in the database.</summary>
public static class MailTemplate
{
    public const string Code = "code";
    public const string Welcome = "welcome";
    public const string SecurityNotice = "security_notice";
    public const string BookingConfirmed = "booking_confirmed";
    public const string PaymentConfirmed = "payment_confirmed";
    public const string PaymentFailed = "payment_failed";
    public const string BookingExpired = "booking_expired";
    public const string PaymentReturned = "payment_returned";
    public const string BookingCancelled = "booking_cancelled";
    public const string RefundStarted = "refund_started";
    public const string RefundProcessed = "refund_processed";
    public const string RefundFailed = "refund_failed";
    public const string EventCancelled = "event_cancelled";
    public const string EventChanged = "event_changed";
    public const string EventReminder = "event_reminder";
    public const string TransferOffered = "transfer_offered";
    public const string TransferCompleted = "transfer_completed";
    public const string TransferDeclined = "transfer_declined";
    public const string TransferExpired = "transfer_expired";
    public const string TransferCancelled = "transfer_cancelled";
    public const string TicketVoid = "ticket_void";
    public const string WaitlistOffered = "waitlist_offered";

    /// <summary>All of them.</summary>
    public static readonly string[] All =
    [
        Code, Welcome, SecurityNotice, BookingConfirmed, PaymentConfirmed, PaymentFailed, BookingExpired, PaymentReturned, BookingCancelled, RefundStarted,
        RefundProcessed, RefundFailed, EventCancelled, EventChanged, EventReminder, TransferOffered, TransferCompleted, TransferDeclined, TransferExpired,
        TransferCancelled, TicketVoid, WaitlistOffered,
    ];

    /// <summary>What these say is erased once they are sent or given up, so they cannot be sent again.</summary>
    public static readonly string[] WithSecrets = [Code, TransferOffered];
}
