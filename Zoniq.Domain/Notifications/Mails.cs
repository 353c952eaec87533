using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Zoniq.Domain.Notifications;

/// <summary>A seat or a standing place, as a mail names it.</summary>
/// <param name="Category">The price category's name.</param>
/// <param name="Label">The seat's label; null for a standing place.</param>
public sealed record MailedSeat(string Category, string? Label = null);

/// <summary>What mails about a booking say.</summary>
public sealed record BookingMail
{
    public required string BookingNumber { get; init; }

    public required string EventTitle { get; init; }

    public required DateTimeOffset EventDate { get; init; }

    public DateTimeOffset? EventEndDate { get; init; }

    /// <summary>The event's IANA zone, in which its times are written.</summary>
    public required string TimeZone { get; init; }

    public string? VenueName { get; init; }

    /// <summary>Street, city and whatever else is known, in a line.</summary>
    public string? VenueAddress { get; init; }

    public MailedSeat[] Seats { get; init; } = [];

    /// <summary>What the booking costs.</summary>
    public Money Amount { get; init; }

    /// <summary>What its promo code took off.</summary>
    public Money Discount { get; init; }

    public string? PromoCode { get; init; }

    /// <summary>Whom to greet; null greets nobody by name.</summary>
    public string? HolderName { get; init; }

    /// <summary>Set by <see cref="Mails"/>: whose tickets are attached; taken out by <see cref="Outbox"/> where tickets are not wanted by mail.</summary>
    public long? BookingId { get; init; }

    /// <summary>Set by <see cref="Mails"/>: the gateway's payment id.</summary>
    public string? PaymentId { get; init; }

    /// <summary>Set by <see cref="Mails"/>: the payment or refund the mail is about; null for none.</summary>
    public Money? MovedAmount { get; init; }

    /// <summary>Set by <see cref="Mails"/>: the gateway's refund id; null when it was never sent there.</summary>
    public string? RefundId { get; init; }

    /// <summary>Set by <see cref="Mails"/>: why a payment goes back; a constant of <see cref="Notifications.ReturnReason"/>.</summary>
    public string? ReturnReason { get; init; }

    /// <summary>Set by <see cref="Mails"/>: until when the booking can still be paid.</summary>
    public DateTimeOffset? PayBefore { get; init; }
}

/// <summary>Why a payment goes back whole; as the refund says it.</summary>
public static class ReturnReason
{
    public const string PaidTwice = "Paid twice";
    public const string EventCancelled = "Event cancelled";
    public const string PaidTooLate = "Paid too late";
}

/// <summary>When and where an event takes place, as a mail says it.</summary>
public sealed record MailedOccasion
{
    public required DateTimeOffset EventDate { get; init; }

    public DateTimeOffset? EventEndDate { get; init; }

    /// <summary>The event's IANA zone, in which its times are written.</summary>
    public required string TimeZone { get; init; }

    public string? VenueName { get; init; }

    /// <summary>Street, city and whatever else is known, in a line.</summary>
    public string? VenueAddress { get; init; }
}

/// <summary>What a mail says of an event that takes place at another time or elsewhere.</summary>
public sealed record EventChangedMail
{
    public required string EventTitle { get; init; }

    public required MailedOccasion Before { get; init; }

    public required MailedOccasion After { get; init; }

    /// <summary>Whom to greet.</summary>
    public string? HolderName { get; init; }
}

/// <summary>What a reminder says; the rows of the outbox are made by the database, for all holders at once.</summary>
public sealed record EventReminderMail
{
    public required string EventTitle { get; init; }

    public required MailedOccasion Occasion { get; init; }

    /// <summary>How many the recipient holds.</summary>
    public required int Tickets { get; init; }

    /// <summary>Whom to greet.</summary>
    public string? HolderName { get; init; }
}

/// <summary>What the holder of tickets that are void learns.</summary>
public sealed record VoidTicketMail
{
    public required string EventTitle { get; init; }

    public required MailedOccasion Occasion { get; init; }

    public required string[] TicketNumbers { get; init; }

    /// <summary>The event does not take place; otherwise only the booking was called off.</summary>
    public bool IsEventOff { get; init; }

    /// <summary>Whom to greet.</summary>
    public string? HolderName { get; init; }
}

/// <summary>What the mail about an offered ticket says.</summary>
public sealed record TransferOfferMail
{
    /// <summary>The secret of the link; erased once the mail is sent or given up, for which it has to have this name.</summary>
    public required string Code { get; init; }

    /// <summary>The sender's name.</summary>
    public required string Sender { get; init; }

    public required string SenderEmail { get; init; }

    public required string EventTitle { get; init; }

    public required MailedOccasion Occasion { get; init; }

    public required MailedSeat Seat { get; init; }

    /// <summary>The sender's own words, if any.</summary>
    public string? Message { get; init; }

    /// <summary>Till then the ticket can be claimed.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What the mail about the end of an offer says.</summary>
public sealed record TransferResultMail
{
    public required string TicketNumber { get; init; }

    public required string EventTitle { get; init; }

    public required MailedOccasion Occasion { get; init; }

    public required MailedSeat Seat { get; init; }

    /// <summary>The recipient's address, or the sender's name and address.</summary>
    public required string OtherParty { get; init; }

    /// <summary>Of a cancelled one: sender, entry, booking, event or office; null when it is the sender who is told, because the recipient has left.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>Whom to greet; null greets nobody by name.</summary>
    public string? HolderName { get; init; }
}

/// <summary>What the mail about places says that somebody has waited for.</summary>
public sealed record WaitlistOfferMail
{
    public required long EventId { get; init; }

    public required string EventTitle { get; init; }

    public required MailedOccasion Occasion { get; init; }

    public required MailedSeat[] Seats { get; init; }

    /// <summary>How long they are held, when the mail is written.</summary>
    public required int Minutes { get; init; }

    /// <summary>Till then they are held.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whom to greet.</summary>
    public string? HolderName { get; init; }
}

/// <summary>How far a refund has come.</summary>
public enum RefundStep
{
    /// <summary>The gateway has it.</summary>
    Started,

    /// <summary>The money is back.</summary>
    Processed,

    /// <summary>The money stays for now, and people look at it.</summary>
    Failed,
}

/// <summary>Every mail that Zoniq sends: what it is about, to whom, and how urgent.</summary>
public static class Mails
{
    /// <param name="recipient">Who gets it.</param>
    /// <param name="accountId">Whose code it is; null when it is for whoever has the address.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="purpose">What the code is for, after "Use this code to": <c>sign in to ZONIQ</c>.</param>
    /// <param name="sending">Tells this sending from others to the same address.</param>
    /// <param name="expiresAt">When the code ends, and with it the use of the mail.</param>
    public static Mail Code(string recipient, long? accountId, string code, string purpose, Guid sending, DateTimeOffset expiresAt) => new()
    {
        Template = MailTemplate.Code,
        Recipient = recipient,
        AccountId = accountId,
        Cause = $"code:{sending:N}",
        Data = Data(new CodeMail(code, purpose), MailJson.Default.CodeMail),
        Importance = MailImportance.Urgent,
        ExpiresAt = expiresAt,
    };

    /// <summary>The account has just been created.</summary>
    public static Mail Welcome(string recipient, long accountId, string username) => new()
    {
        Template = MailTemplate.Welcome,
        Recipient = recipient,
        AccountId = accountId,
        Cause = $"account:{accountId}",
        Data = Data(new WelcomeMail(username), MailJson.Default.WelcomeMail),
    };

    /// <summary>Somebody changed what an account is guarded by: the owner is told, in case it was somebody else.</summary>
    /// <param name="recipient">The owner, as far as is proven.</param>
    /// <param name="accountId">Whose account.</param>
    /// <param name="change">Tells this change from others of the account.</param>
    /// <param name="what">A sentence: <c>The password was reset.</c></param>
    /// <param name="changedAt">When.</param>
    public static Mail SecurityNotice(string recipient, long accountId, Guid change, string what, DateTimeOffset changedAt) => new()
    {
        Template = MailTemplate.SecurityNotice,
        Recipient = recipient,
        AccountId = accountId,
        Cause = $"change:{change:N}",
        Data = Data(new SecurityMail(what, changedAt), MailJson.Default.SecurityMail),
    };

    /// <summary>The last one: its address is forgotten as soon as it has left.</summary>
    public static Mail AccountDeleted(string recipient, long accountId, DateTimeOffset deletedAt) => new()
    {
        Template = MailTemplate.SecurityNotice,
        Recipient = recipient,
        Cause = $"{MailPolicy.Farewell}{accountId}",
        Data = Data(new SecurityMail("The account was deleted, and with it everything that names you.", deletedAt, IsTheLast: true), MailJson.Default.SecurityMail),
    };

    /// <summary>With the tickets and an entry for the calendar, which an <see cref="IAttachmentSource"/> of each kind makes when the mail is sent.</summary>
    public static Mail BookingConfirmed(Addressee to, long bookingId, BookingMail booking) =>
        About(booking with { BookingId = bookingId }, MailTemplate.BookingConfirmed, to, $"booking:{bookingId}");

    /// <param name="to">Who gets it.</param>
    /// <param name="paymentId">Our number of the payment.</param>
    /// <param name="amount">What was captured.</param>
    /// <param name="gatewayPaymentId">The gateway's number of the payment.</param>
    /// <param name="booking">The booking it pays.</param>
    public static Mail PaymentConfirmed(Addressee to, long paymentId, Money amount, string gatewayPaymentId, BookingMail booking) =>
        About(booking with { MovedAmount = amount, PaymentId = gatewayPaymentId }, MailTemplate.PaymentConfirmed, to, $"payment:{paymentId}");

    /// <param name="to">Who gets it.</param>
    /// <param name="paymentId">Our number of the attempt.</param>
    /// <param name="payBefore">Until when another attempt is possible.</param>
    /// <param name="booking">The booking that is not paid yet.</param>
    public static Mail PaymentFailed(Addressee to, long paymentId, DateTimeOffset payBefore, BookingMail booking) =>
        About(booking with { PayBefore = payBefore }, MailTemplate.PaymentFailed, to, $"payment:{paymentId}") with { ExpiresAt = payBefore };

    /// <summary>Not paid in time; the seats were freed.</summary>
    public static Mail BookingExpired(Addressee to, long bookingId, BookingMail booking) =>
        About(booking, MailTemplate.BookingExpired, to, $"booking:{bookingId}");

    /// <param name="to">Who gets it.</param>
    /// <param name="paymentId">Our number of the payment.</param>
    /// <param name="amount">What goes back: all of it.</param>
    /// <param name="booking">What it was to pay.</param>
    /// <param name="reason">A constant of <see cref="ReturnReason"/>; null when all that is known is that the booking could not be kept.</param>
    public static Mail PaymentReturned(Addressee to, long paymentId, Money amount, BookingMail booking, string? reason = null) =>
        About(booking with { MovedAmount = amount, ReturnReason = reason }, MailTemplate.PaymentReturned, to, $"payment:{paymentId}");

    /// <param name="to">Who gets it.</param>
    /// <param name="bookingId">The booking that was called off.</param>
    /// <param name="refund">What goes back; null or zero for nothing.</param>
    /// <param name="booking">What it was.</param>
    public static Mail BookingCancelled(Addressee to, long bookingId, Money? refund, BookingMail booking) =>
        About(booking with { MovedAmount = refund }, MailTemplate.BookingCancelled, to, $"booking:{bookingId}");

    /// <param name="to">Who gets it.</param>
    /// <param name="refundId">Our number of the refund.</param>
    /// <param name="step">How far it has come.</param>
    /// <param name="amount">What goes back.</param>
    /// <param name="gatewayRefundId">The gateway's number of it; null when it was never sent there.</param>
    /// <param name="booking">The booking that was paid.</param>
    public static Mail Refunded(Addressee to, long refundId, RefundStep step, Money amount, string? gatewayRefundId, BookingMail booking) =>
        About(
            booking with { MovedAmount = amount, RefundId = gatewayRefundId },
            step switch
            {
                RefundStep.Started => MailTemplate.RefundStarted,
                RefundStep.Processed => MailTemplate.RefundProcessed,
                _ => MailTemplate.RefundFailed,
            },
            to,
            $"refund:{refundId}");

    /// <param name="to">Who gets it.</param>
    /// <param name="bookingId">The booking that was called off with its event.</param>
    /// <param name="refund">What goes back; null or zero for nothing.</param>
    /// <param name="booking">What it was.</param>
    public static Mail EventCancelled(Addressee to, long bookingId, Money? refund, BookingMail booking) =>
        About(booking with { MovedAmount = refund }, MailTemplate.EventCancelled, to, $"booking:{bookingId}");

    /// <param name="to">Somebody who holds a ticket.</param>
    /// <param name="eventId">The event that takes place at another time or elsewhere.</param>
    /// <param name="changedAt">Tells this change from others of the event.</param>
    /// <param name="change">What it is.</param>
    public static Mail EventChanged(Addressee to, long eventId, DateTimeOffset changedAt, EventChangedMail change) => new()
    {
        Template = MailTemplate.EventChanged,
        Recipient = to.Email,
        AccountId = to.AccountId,
        Cause = $"event:{eventId}:{changedAt.UtcTicks}",
        Data = Data(change, MailJson.Default.EventChangedMail),
        Importance = MailImportance.Low,
    };

    /// <param name="recipient">To whom it is offered.</param>
    /// <param name="transferId">The offer.</param>
    /// <param name="offer">What it is.</param>
    public static Mail TransferOffered(string recipient, long transferId, TransferOfferMail offer) => new()
    {
        Template = MailTemplate.TransferOffered,
        Recipient = recipient,
        Cause = $"transfer:{transferId}",
        Data = Data(offer, MailJson.Default.TransferOfferMail),
        ExpiresAt = offer.ExpiresAt,
    };

    /// <param name="template">How it ended.</param>
    /// <param name="recipient">The other party.</param>
    /// <param name="accountId">Whose wishes count; null when the address has no account.</param>
    /// <param name="transferId">The offer.</param>
    /// <param name="result">What it was.</param>
    public static Mail TransferEnded(string template, string recipient, long? accountId, long transferId, TransferResultMail result) => new()
    {
        Template = template,
        Recipient = recipient,
        AccountId = accountId,
        Cause = $"transfer:{transferId}",
        Data = Data(result, MailJson.Default.TransferResultMail),
    };

    /// <param name="to">Who held tickets that somebody else had bought.</param>
    /// <param name="bookingId">The booking that was called off.</param>
    /// <param name="tickets">What is void.</param>
    public static Mail TicketVoid(Addressee to, long bookingId, VoidTicketMail tickets) => new()
    {
        Template = MailTemplate.TicketVoid,
        Recipient = to.Email,
        AccountId = to.AccountId,
        Cause = $"booking:{bookingId}",
        Data = Data(tickets, MailJson.Default.VoidTicketMail),
    };

    /// <param name="to">Who has waited.</param>
    /// <param name="entryId">The place on the waiting list; there is one offer for it.</param>
    /// <param name="offer">What it is.</param>
    public static Mail WaitlistOffered(Addressee to, long entryId, WaitlistOfferMail offer) => new()
    {
        Template = MailTemplate.WaitlistOffered,
        Recipient = to.Email,
        AccountId = to.AccountId,
        Cause = $"waitlist:{entryId}",
        Data = Data(offer, MailJson.Default.WaitlistOfferMail),
        ExpiresAt = offer.ExpiresAt,
    };

    private static Mail About(BookingMail booking, string template, Addressee to, string cause) => new()
    {
        Template = template,
        Recipient = to.Email,
        AccountId = to.AccountId,
        Cause = cause,
        Data = Data(booking, MailJson.Default.BookingMail),
    };

    private static JsonObject Data<T>(T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToNode(data, type)!.AsObject();
}

internal sealed record CodeMail(string Code, string Purpose);

internal sealed record WelcomeMail(string Username);

internal sealed record SecurityMail(string What, DateTimeOffset ChangedAt, bool IsTheLast = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CodeMail))]
[JsonSerializable(typeof(WelcomeMail))]
[JsonSerializable(typeof(SecurityMail))]
[JsonSerializable(typeof(BookingMail))]
[JsonSerializable(typeof(EventChangedMail))]
[JsonSerializable(typeof(EventReminderMail))]
[JsonSerializable(typeof(TransferOfferMail))]
[JsonSerializable(typeof(TransferResultMail))]
[JsonSerializable(typeof(VoidTicketMail))]
[JsonSerializable(typeof(WaitlistOfferMail))]
internal sealed partial class MailJson : JsonSerializerContext;
