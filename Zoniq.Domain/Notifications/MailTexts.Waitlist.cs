namespace Zoniq.Domain.Notifications;

/// <summary>What is said of places that are offered to somebody who has waited for them.</summary>
internal sealed partial class MailTexts
{
    private MailContent WaitlistOffered(WaitlistOfferMail offer) => new()
    {
        Subject = $"Tickets available - {offer.EventTitle} | ZONIQ",
        Preview = $"They are held for you for {Minutes(offer)}.",
        Heading = "Your tickets are here",
        Blocks =
        [
            .. Greeting(offer.HolderName),
            new Paragraph($"You are on the waiting list for {offer.EventTitle}, and {(offer.Seats.Length == 1 ? "a place" : "places")} for you {(offer.Seats.Length == 1 ? "has" : "have")} become free. We hold {(offer.Seats.Length == 1 ? "it" : "them")} for you for {Minutes(offer)}: check out before {Moment(offer.ExpiresAt, ZoneOf(offer.Occasion))}."),
            new Facts(
                ("Event", offer.EventTitle),
                ("When", When(offer.Occasion)),
                ("Where", Where(offer.Occasion)),
                (offer.Seats.Length == 1 ? "Seat" : "Seats", Seats(offer.Seats)),
                ("Held until", When(offer.ExpiresAt, ends: null, ZoneOf(offer.Occasion)))),
            new Link("Go to your cart", $"{options.FrontendUrl}/cart?event_id={offer.EventId}"),
            new Note("The offer is made once. If you do not want it, there is nothing to do: it then goes to the next on the list."),
        ],
    };

    private static string Minutes(WaitlistOfferMail offer) => offer.Minutes == 1 ? "1 minute" : $"{offer.Minutes} minutes";
}
