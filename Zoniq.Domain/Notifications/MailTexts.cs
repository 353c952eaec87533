using System.Globalization;
using System.Text.Json;

namespace Zoniq.Domain.Notifications;

/// <summary>The words of every mail.</summary>
internal sealed partial class MailTexts(MailOptions options)
{
    public MailContent Write(string template, string data) => Words(template, data) with { IsOptional = MailPreference.Governing(template).Length > 0 };

    private MailContent Words(string template, string data) => template switch
    {
        MailTemplate.Code => Code(JsonSerializer.Deserialize(data, MailJson.Default.CodeMail)!),
        MailTemplate.Welcome => Welcome(JsonSerializer.Deserialize(data, MailJson.Default.WelcomeMail)!),
        MailTemplate.SecurityNotice => SecurityNotice(JsonSerializer.Deserialize(data, MailJson.Default.SecurityMail)!),
        MailTemplate.BookingConfirmed => BookingConfirmed(Booking(data)),
        MailTemplate.PaymentConfirmed => PaymentConfirmed(Booking(data)),
        MailTemplate.PaymentFailed => PaymentFailed(Booking(data)),
        MailTemplate.BookingExpired => BookingExpired(Booking(data)),
        MailTemplate.PaymentReturned => PaymentReturned(Booking(data)),
        MailTemplate.BookingCancelled => BookingCancelled(Booking(data)),
        MailTemplate.RefundStarted => RefundStarted(Booking(data)),
        MailTemplate.RefundProcessed => RefundProcessed(Booking(data)),
        MailTemplate.RefundFailed => RefundFailed(Booking(data)),
        MailTemplate.EventCancelled => EventCancelled(Booking(data)),
        MailTemplate.EventChanged => EventChanged(JsonSerializer.Deserialize(data, MailJson.Default.EventChangedMail)!),
        MailTemplate.EventReminder => EventReminder(JsonSerializer.Deserialize(data, MailJson.Default.EventReminderMail)!),
        MailTemplate.TransferOffered => TransferOffered(JsonSerializer.Deserialize(data, MailJson.Default.TransferOfferMail)!),
        MailTemplate.TransferCompleted => TransferCompleted(TransferResult(data)),
        MailTemplate.TransferDeclined => TransferDeclined(TransferResult(data)),
        MailTemplate.TransferExpired => TransferExpired(TransferResult(data)),
        MailTemplate.TransferCancelled => TransferCancelled(TransferResult(data)),
        MailTemplate.TicketVoid => TicketVoid(JsonSerializer.Deserialize(data, MailJson.Default.VoidTicketMail)!),
        MailTemplate.WaitlistOffered => WaitlistOffered(JsonSerializer.Deserialize(data, MailJson.Default.WaitlistOfferMail)!),
        _ => throw new InvalidOperationException($"There is no mail {template}."),
    };

    private static MailContent Code(CodeMail mail) => new()
    {
        Subject = "Your ZONIQ verification code",
        Preview = "The code is valid for 10 minutes.",
        Heading = "Your verification code",
        Blocks =
        [
            new Paragraph($"Use this code to {mail.Purpose}:"),
            new BigCode(mail.Code),
            new Paragraph("It is valid for 10 minutes and works once."),
            new Note("Nobody from ZONIQ will ever ask you for it. If you did not ask for a code, you can ignore this mail."),
        ],
    };

    private MailContent Welcome(WelcomeMail mail) => new()
    {
        Subject = $"Welcome to ZONIQ, {mail.Username}!",
        Preview = "Your account is ready.",
        Heading = $"Welcome, {mail.Username}!",
        Blocks =
        [
            new Paragraph("Your account is ready. Concerts, matches, plays, comedy: find what is on, pick your seats, and your tickets come to this address."),
            new Link("Sign in", $"{options.FrontendUrl}/signin"),
        ],
    };

    private MailContent SecurityNotice(SecurityMail mail) => new()
    {
        Subject = "Your ZONIQ account was changed",
        Preview = mail.What,
        Heading = "Your account was changed",
        Blocks =
        [
            new Paragraph(mail.What),
            new Facts(("When", Moment(mail.ChangedAt, options.TimeZone))),
            .. mail.IsTheLast
                ? new MailBlock[]
                {
                    new Paragraph("This cannot be taken back, and this was our last mail. If it was not you, somebody was signed in to your account: change the password of your mailbox too."),
                }
                : [
                    new Paragraph("If that was you, there is nothing to do. If it was not, sign in with a code to this address, sign out everywhere and choose a new password."),
                    new Link("Sign in", $"{options.FrontendUrl}/signin"),
                ],
        ],
    };

    private MailContent BookingConfirmed(BookingMail booking) => booking.BookingId is { } bookingId
        ? Confirmation(
            booking, "You're going!", $"{booking.BookingNumber}: your tickets are attached.",
            $"Your booking for {booking.EventTitle} is confirmed. Your tickets are attached; show the QR code at the gate, on paper or on your phone.") with
        {
            Attachments = [("tickets", bookingId), ("calendar", bookingId)],
            WithNothingAttached = Confirmation(
                booking, "Your booking was confirmed", $"{booking.BookingNumber} was confirmed.",
                $"Your booking for {booking.EventTitle} was confirmed. No ticket is attached, since all of them have been cancelled or passed on in the meantime; your booking shows how it stands."),
        }
        : Confirmation(
            booking, "You're going!", $"{booking.BookingNumber} is confirmed.",
            $"Your booking for {booking.EventTitle} is confirmed. You find your tickets with your booking; show the QR code at the gate, on paper or on your phone.");

    private MailContent Confirmation(BookingMail booking, string heading, string preview, string what) => new()
    {
        Subject = $"Booking Confirmed - {booking.EventTitle} | ZONIQ",
        Preview = preview,
        Heading = heading,
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph(what),
            new Facts(
                ("Booking", booking.BookingNumber),
                ("Event", booking.EventTitle),
                ("When", When(booking)),
                ("Where", Where(booking)),
                (booking.Seats.Length == 1 ? "Seat" : "Seats", Seats(booking)),
                ("Discount", booking.Discount == Money.Zero ? null : $"{booking.Discount} with {booking.PromoCode}"),
                ("Amount", booking.Amount == Money.Zero ? "Free" : booking.Amount.ToString())),
            new Link("View your booking", BookingUrl(booking)),
        ],
    };

    private MailContent PaymentConfirmed(BookingMail booking) => new()
    {
        Subject = $"Payment Confirmed - {booking.EventTitle} | ZONIQ",
        Preview = $"We received {booking.MovedAmount}.",
        Heading = "Payment received",
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph($"We have received your payment for {booking.EventTitle}."),
            new Facts(("Amount", booking.MovedAmount?.ToString()), ("Payment id", booking.PaymentId), ("Booking", booking.BookingNumber)),
            new Link("View your booking", BookingUrl(booking)),
        ],
    };

    private MailContent PaymentFailed(BookingMail booking) => new()
    {
        Subject = $"Payment Failed - {booking.EventTitle} | ZONIQ",
        Preview = "Your seats are still held for a short while.",
        Heading = "The payment did not go through",
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph($"Your payment for {booking.EventTitle} failed. Your seats are still held for you: pay before {Moment(booking.PayBefore!.Value, ZoneOf(booking))} to keep them."),
            new Facts(("Booking", booking.BookingNumber), ("Amount", booking.Amount.ToString()), ("Pay before", When(booking.PayBefore.Value, ends: null, ZoneOf(booking)))),
            new Link("Try again", BookingUrl(booking)),
            new Note("If money left your account for the failed attempt, your bank returns it by itself."),
        ],
    };

    private MailContent BookingExpired(BookingMail booking) => new()
    {
        Subject = $"Booking Expired - {booking.EventTitle} | ZONIQ",
        Preview = "It was not paid in time.",
        Heading = "Your booking has expired",
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph($"Your booking for {booking.EventTitle} was not paid in time, so its seats were freed for others. Should a payment for it still reach us, you get the booking or all of it back."),
            new Facts(("Booking", booking.BookingNumber), ("When", When(booking)), (booking.Seats.Length == 1 ? "Seat" : "Seats", Seats(booking))),
            new Link("See what is still there", options.FrontendUrl),
        ],
    };

    private static MailContent PaymentReturned(BookingMail booking) => new()
    {
        Subject = $"Payment Returned - {booking.EventTitle} | ZONIQ",
        Preview = $"{booking.MovedAmount} is on its way back to you.",
        Heading = "Your payment is coming back",
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph($"{WhyReturned(booking)} We are returning all of it to the account or card it came from."),
            new Facts(("Amount", booking.MovedAmount?.ToString()), ("Booking", booking.BookingNumber), ("Event", booking.EventTitle)),
            new Note("Banks usually take 5 to 7 working days to show it."),
        ],
    };

    private static string WhyReturned(BookingMail booking) => booking.ReturnReason switch
    {
        ReturnReason.PaidTwice => $"Your booking for {booking.EventTitle} stands and had been paid before, so we do not need the payment that has reached us now.",
        ReturnReason.EventCancelled => $"Your payment for {booking.EventTitle} reached us when the event had been cancelled.",
        _ => $"Your payment for {booking.EventTitle} reached us when the booking could no longer be kept.",
    };

    private MailContent BookingCancelled(BookingMail booking) => new()
    {
        Subject = $"Booking Cancelled - {booking.EventTitle} | ZONIQ",
        Preview = $"{booking.BookingNumber} was cancelled.",
        Heading = "Your booking was cancelled",
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph($"Your booking for {booking.EventTitle} was cancelled and its tickets are no longer valid."),
            new Facts(
                ("Booking", booking.BookingNumber),
                ("When", When(booking)),
                ("Refund", booking.MovedAmount is { Paise: > 0 } refund ? $"{refund}, to the account or card you paid with" : "None")),
            new Link("View your booking", BookingUrl(booking)),
        ],
    };

    private MailContent RefundStarted(BookingMail booking) => Refund(
        booking, "Started", "Your refund is on its way",
        $"We are sending {booking.MovedAmount} for {booking.EventTitle} back to the account or card you paid with.",
        "Banks usually take 5 to 7 working days to show it.");

    private MailContent RefundProcessed(BookingMail booking) => Refund(
        booking, "Processed", "Your refund is done",
        $"{booking.MovedAmount} for {booking.EventTitle} has been returned to the account or card you paid with.",
        "Depending on your bank it can take up to 7 working days until you see it. The refund id helps them to find it.");

    private MailContent RefundFailed(BookingMail booking) => Refund(
        booking, "Failed", "Your refund did not go through",
        $"We tried to return {booking.MovedAmount} for {booking.EventTitle}, and it was not let through. The money is still yours: we look into it, and you get another mail once it is on its way.",
        "Expected within 7 working days. If the account or card you paid with no longer exists, please answer this mail.");

    private MailContent Refund(BookingMail booking, string status, string heading, string what, string expected) => new()
    {
        Subject = $"Refund {status} - {booking.EventTitle} | ZONIQ",
        Preview = what,
        Heading = heading,
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph(what),
            new Facts(("Amount", booking.MovedAmount?.ToString()), ("Refund id", booking.RefundId), ("Booking", booking.BookingNumber), ("Event", booking.EventTitle)),
            new Note(expected),
            new Link("View your booking", BookingUrl(booking)),
        ],
    };

    private MailContent EventCancelled(BookingMail booking) => new()
    {
        Subject = $"Event Cancelled - {booking.EventTitle} | ZONIQ",
        Preview = $"{booking.EventTitle} does not take place.",
        Heading = "The event is cancelled",
        Blocks =
        [
            .. Greeting(booking),
            new Paragraph($"We are sorry: {booking.EventTitle} does not take place. Your booking was cancelled with it, and its tickets are no longer valid."),
            new Facts(
                ("Booking", booking.BookingNumber),
                ("When", When(booking)),
                ("Refund", booking.MovedAmount is { Paise: > 0 } refund ? $"{refund}, everything you paid, to the account or card you paid with" : "None, since nothing was paid")),
            new Note(booking.MovedAmount is { Paise: > 0 }
                ? "You need not do anything. Banks usually take 5 to 7 working days to show it."
                : "Should a payment of yours still reach us, we return all of it."),
            new Link("View your booking", BookingUrl(booking)),
        ],
    };

    private MailContent EventChanged(EventChangedMail change)
    {
        var (oldWhen, newWhen) = (When(change.Before), When(change.After));
        var (oldWhere, newWhere) = (Where(change.Before), Where(change.After));
        return new()
        {
            Subject = $"Event Update - {change.EventTitle} | ZONIQ",
            Preview = $"{change.EventTitle} has changed.",
            Heading = "Your event has changed",
            Blocks =
            [
                .. Greeting(change.HolderName),
                new Paragraph($"There is a change to {change.EventTitle}. Your tickets stay valid."),
                new Facts(
                    (oldWhen == newWhen ? "When" : "New date", newWhen),
                    ("Old date", oldWhen == newWhen ? null : oldWhen),
                    (oldWhere == newWhere ? "Where" : "New venue", newWhere),
                    ("Old venue", oldWhere == newWhere ? null : oldWhere)),
                new Link("View your tickets", $"{options.FrontendUrl}/tickets"),
            ],
        };
    }

    private MailContent EventReminder(EventReminderMail reminder) => new()
    {
        Subject = $"Reminder: {reminder.EventTitle} | ZONIQ",
        Preview = When(reminder.Occasion).ReplaceLineEndings(", "),
        Heading = "See you soon!",
        Blocks =
        [
            .. Greeting(reminder.HolderName),
            new Paragraph($"{reminder.EventTitle} is coming up, and you have {(reminder.Tickets == 1 ? "a ticket" : $"{reminder.Tickets} tickets")} for it."),
            new Facts(("Event", reminder.EventTitle), ("When", When(reminder.Occasion)), ("Where", Where(reminder.Occasion))),
            new Link(reminder.Tickets == 1 ? "View your ticket" : "View your tickets", $"{options.FrontendUrl}/tickets"),
            new Note("Have the QR code ready at the gate, on paper or on your phone."),
        ],
    };

    private string BookingUrl(BookingMail booking) => $"{options.FrontendUrl}/bookings/{booking.BookingNumber}";

    private static BookingMail Booking(string data) => JsonSerializer.Deserialize(data, MailJson.Default.BookingMail)!;

    private static MailBlock[] Greeting(BookingMail booking) => Greeting(booking.HolderName);

    private static MailBlock[] Greeting(string? name) => string.IsNullOrEmpty(name) ? [] : [new Paragraph($"Dear {name},")];

    private static string Where(BookingMail booking) => Where(booking.VenueName, booking.VenueAddress);

    private static string Where(MailedOccasion occasion) => Where(occasion.VenueName, occasion.VenueAddress);

    private static string Where(params string?[] lines) => string.Join('\n', lines.Where(line => !string.IsNullOrEmpty(line)));

    /// <summary>A line for each category: <c>Gold: A1, A2</c>, or <c>Standing: 3 places</c> where places have no labels.</summary>
    private static string Seats(BookingMail booking) => Seats(booking.Seats);

    private static string Seats(params MailedSeat[] seats) =>
        string.Join('\n', seats.GroupBy(seat => seat.Category).Select(category =>
        {
            var labels = category.Where(seat => seat.Label is not null).Select(seat => seat.Label).ToArray();
            var count = category.Count();
            return $"{category.Key}: {(labels.Length == count ? string.Join(", ", labels) : count == 1 ? "1 place" : $"{count} places")}";
        }));

    private static string When(BookingMail booking) => When(booking.EventDate, booking.EventEndDate, ZoneOf(booking));

    private static string When(MailedOccasion occasion) => When(occasion.EventDate, occasion.EventEndDate, ZoneOf(occasion));

    private static string When(DateTimeOffset begins, DateTimeOffset? ends, TimeZoneInfo zone)
    {
        var start = TimeZoneInfo.ConvertTime(begins, zone);
        if (ends is not { } endDate)
        {
            return $"{Day(start)}\n{Clock(start)} {ZoneName(start, zone)}";
        }

        var end = TimeZoneInfo.ConvertTime(endDate, zone);
        return start.Date == end.Date
            ? $"{Day(start)}\n{Clock(start)} – {Clock(end)} {ZoneName(start, zone)}"
            : $"{Day(start)}, {Clock(start)}\nto {Day(end)}, {Clock(end)} {ZoneName(end, zone)}";
    }

    /// <summary>Within a sentence.</summary>
    private static string Moment(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        return $"{Clock(local)} {ZoneName(local, zone)} on {Day(local)}";
    }

    private static TimeZoneInfo ZoneOf(MailedOccasion occasion) => TimeZoneInfo.FindSystemTimeZoneById(occasion.TimeZone);

    private static TimeZoneInfo ZoneOf(BookingMail booking) => TimeZoneInfo.FindSystemTimeZoneById(booking.TimeZone);

    private static string Day(DateTimeOffset local) => local.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Clock(DateTimeOffset local) => local.ToString("h:mm tt", CultureInfo.InvariantCulture);

    private static string ZoneName(DateTimeOffset local, TimeZoneInfo zone) =>
        zone.Id is "Asia/Kolkata" or "Asia/Calcutta" ? "IST" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
}
