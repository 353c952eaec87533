using System.Text.Json;

namespace Zoniq.Domain.Notifications;

/// <summary>What is said of tickets that are passed on.</summary>
internal sealed partial class MailTexts
{
    private MailContent TransferOffered(TransferOfferMail offer) => new()
    {
        Subject = $"{offer.Sender} sent you a ticket | ZONIQ",
        Preview = $"For {offer.EventTitle}: claim it before it expires.",
        Heading = "A ticket for you",
        Blocks =
        [
            new Paragraph($"{offer.Sender} ({offer.SenderEmail}) would like you to have a ticket for {offer.EventTitle}."),
            new Facts(
                ("Message", offer.Message),
                ("Event", offer.EventTitle),
                ("When", When(offer.Occasion)),
                ("Where", Where(offer.Occasion)),
                ("Seat", Seats(offer.Seat)),
                ("Expires", When(offer.ExpiresAt, ends: null, ZoneOf(offer.Occasion)))),
            new Link("Claim your ticket", $"{options.FrontendUrl}/transfers/claim?token={offer.Code}"),
            new Note("Sign in with this e-mail address to claim it; if you have no account yet, you can open one with it. The link is for you alone. If you do not want the ticket, you can decline it there, or do nothing."),
        ],
    };

    private MailContent TransferCompleted(TransferResultMail transfer) => TransferEnded(
        transfer, "Completed", "Your ticket has been claimed",
        $"{transfer.OtherParty} has claimed your ticket for {transfer.EventTitle} and is its holder now. Your QR code for it, on paper and on your phone, no longer works.");

    private MailContent TransferDeclined(TransferResultMail transfer) => TransferEnded(
        transfer, "Declined", "Your ticket was declined",
        $"{transfer.OtherParty} has declined your ticket for {transfer.EventTitle}. It is still yours, and you can send it to somebody else.");

    private MailContent TransferExpired(TransferResultMail transfer) => TransferEnded(
        transfer, "Expired", "Your ticket was not claimed",
        $"{transfer.OtherParty} did not claim your ticket for {transfer.EventTitle} in time, so it has not changed hands.");

    private MailContent TransferCancelled(TransferResultMail transfer) => TransferEnded(
        transfer, "Cancelled", "A ticket can no longer be claimed",
        transfer.CancelledBy is null
            ? $"Your ticket for {transfer.EventTitle} was on offer to {transfer.OtherParty}. It is still yours, and you can send it to somebody else."
            : $"The ticket for {transfer.EventTitle} that {transfer.OtherParty} sent you can no longer be claimed{WhyCancelled(transfer)}.");

    private static string WhyCancelled(TransferResultMail transfer) => transfer.CancelledBy switch
    {
        "sender" => ": the sender has taken it back",
        "entry" => ": it has been used for entry",
        "booking" => ": its booking was cancelled",
        "event" => ": the event does not take place",
        _ => "",
    };

    /// <summary>A sender has tickets to look at; whoever was sent one, and did not claim it, has nothing.</summary>
    private MailContent TransferEnded(TransferResultMail transfer, string status, string heading, string what) => new()
    {
        Subject = $"Ticket Transfer {status} - {transfer.EventTitle} | ZONIQ",
        Preview = what,
        Heading = heading,
        Blocks =
        [
            .. Greeting(transfer.HolderName),
            new Paragraph(what),
            new Facts(
                ("Ticket", transfer.TicketNumber),
                (transfer.CancelledBy is null ? "Sent to" : "Sent by", transfer.OtherParty),
                ("Event", transfer.EventTitle),
                ("When", When(transfer.Occasion)),
                ("Where", Where(transfer.Occasion)),
                ("Seat", Seats(transfer.Seat))),
            .. transfer.CancelledBy is null ? [new Link("View your tickets", $"{options.FrontendUrl}/tickets")] : Array.Empty<MailBlock>(),
        ],
    };

    private static TransferResultMail TransferResult(string data) => JsonSerializer.Deserialize(data, MailJson.Default.TransferResultMail)!;
}
