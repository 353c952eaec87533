namespace Zoniq.Domain.Notifications;

/// <summary>What is said to people whose tickets somebody else had bought.</summary>
internal sealed partial class MailTexts
{
    private MailContent TicketVoid(VoidTicketMail tickets) => new()
    {
        Subject = tickets.IsEventOff ? $"Event Cancelled - {tickets.EventTitle} | ZONIQ" : $"Ticket Cancelled - {tickets.EventTitle} | ZONIQ",
        Preview = $"Your ticket for {tickets.EventTitle} is no longer valid.",
        Heading = tickets.IsEventOff ? "The event is cancelled" : "Your ticket is no longer valid",
        Blocks =
        [
            .. Greeting(tickets.HolderName),
            new Paragraph(tickets.IsEventOff
                ? $"We are sorry: {tickets.EventTitle} does not take place, and what you hold for it is no longer valid."
                : $"The booking of a ticket that you hold for {tickets.EventTitle} was cancelled, and it is no longer valid."),
            new Facts(
                ("Ticket", string.Join(", ", tickets.TicketNumbers)),
                ("When", When(tickets.Occasion)),
                ("Where", Where(tickets.Occasion))),
            new Note("Money that goes back goes to whoever paid for the ticket. If you paid somebody for it, please ask them."),
            new Link("View your tickets", $"{options.FrontendUrl}/tickets"),
        ],
    };
}
