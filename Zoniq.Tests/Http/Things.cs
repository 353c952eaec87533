using System.Text.RegularExpressions;
using Zoniq.Tests.Carts;

namespace Zoniq.Tests.Http;

/// <summary>One of everything, so that what is odd in a request is not hidden by an id that nothing has.</summary>
internal sealed partial class Things
{
    private readonly Dictionary<string, string> inPaths;
    private readonly Dictionary<string, long> inBodies;

    private Things(Person customer, Dictionary<string, string> inPaths, Dictionary<string, long> inBodies) =>
        (Customer, this.inPaths, this.inBodies) = (customer, inPaths, inBodies);

    /// <summary>With a cart and a booking that waits for its money.</summary>
    public Person Customer { get; }

    public static async Task<Things> In(ZoniqApp app)
    {
        var staged = await app.AnEvent(rows: 1, standing: 200, maxTicketsPerBooking: 50);
        var customer = await app.NewBuyer();
        var booking = await customer.Books(staged.Standing);
        var cart = (await customer.Adds(staged.Standing)).Succeeded();
        var number = (await customer.Booking(booking)).Succeeded()["bookingNumber"].GetString()!;
        var seat = staged.Numbered.Seats[0];
        var ticket = (await customer.Buys(staged.Numbered, staged.Numbered.Seats[1]))["items"][0].GetProperty("id");
        var transfer = (await customer.Post($"/api/tickets/{ticket}/transfer", new { toEmail = "somebody@example.in" })).Succeeded(200);
        var queued = await app.AnEvent(rows: 0, queue: new());
        (await customer.Post($"/api/queue/{queued.Id}/join")).Succeeded();
        var promo = await app.ACode(new { kind = "percent", value = 10 });

        return new Things(
            customer,
            new(StringComparer.Ordinal)
            {
                ["events"] = $"{staged.Id}",
                ["event"] = $"{staged.Id}",
                ["wishlist"] = $"{staged.Id}",
                ["queue"] = $"{queued.Id}",
                ["categories"] = $"{staged.Standing.CategoryId}",
                ["venues"] = $"{staged.VenueId}",
                ["seats"] = $"{seat}",
                ["users"] = $"{customer.Id}",
                ["bookings"] = $"{booking}",
                ["booking"] = $"{booking}",
                ["number"] = number,
                ["tickets"] = $"{ticket}",
                ["transfers"] = $"{transfer["transferId"]}",
                ["promo-codes"] = $"{promo.Id}",
                ["items"] = $"{cart["items"].EnumerateArray().Single().GetProperty("id")}",
            },
            new(StringComparer.Ordinal)
            {
                ["eventId"] = staged.Id,
                ["venueId"] = staged.VenueId,
                ["categoryId"] = staged.Numbered.CategoryId,
                ["seatCategoryId"] = staged.Numbered.CategoryId,
                ["seatIds"] = seat,
                ["bookingId"] = booking,
            });
    }

    /// <summary>The operation's path with the ids of these things.</summary>
    public string At(Operation operation) =>
        operation.At(parameter => inPaths.GetValueOrDefault(WordBefore(operation.Path, parameter)));

    /// <summary>The id that a property means; null when there is no such thing.</summary>
    public long? IdOf(string property) => inBodies.TryGetValue(property, out var id) ? id : null;

    private static string WordBefore(string path, string parameter) =>
        Words().Matches(path).First(match => match.Groups[2].Value == parameter).Groups[1].Value;

    [GeneratedRegex(@"([^/{]+)/\{([^}]+)}")]
    private static partial Regex Words();
}
