using System.Text.Json;
using UglyToad.PdfPig;

namespace Zoniq.Tests.Tickets;

/// <summary>Tickets as their holders, and strangers, see them.</summary>
public sealed class TicketTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_paid_ticket_can_be_downloaded_and_says_what_it_is_for()
    {
        var staged = await App.AnEvent(title: "Qawwali under the Stars");
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[4]);
        var ticket = Assert.Single(await asha.Tickets());

        var download = (await asha.Get($"/api/tickets/{ticket.GetProperty("id").GetInt64()}/download")).Succeeded(200);

        Assert.Equal("application/pdf", download.ContentHeaders.ContentType?.MediaType);
        Assert.Equal($"ticket-{ticket.GetProperty("ticketNumber").GetString()}.pdf", download.ContentHeaders.ContentDisposition?.FileName?.Trim('"'));
        using var pdf = PdfDocument.Open(download.Bytes);
        var text = string.Join(' ', pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        Assert.Contains("Qawwali under the Stars", text, StringComparison.Ordinal);
        Assert.Contains(booking["bookingNumber"].GetString()!, text, StringComparison.Ordinal);
        Assert.Contains("Shanmukhananda Hall", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tickets_of_a_booking_are_one_file_with_a_page_for_each_that_its_buyer_holds()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..3]);
        var file = $"/api/bookings/{booking.Id}/tickets.pdf";

        var all = (await asha.Get(file)).Succeeded(200);
        Assert.Equal("application/pdf", all.ContentHeaders.ContentType?.MediaType);
        Assert.Equal($"booking-{booking["bookingNumber"].GetString()}.pdf", all.ContentHeaders.ContentDisposition?.FileName?.Trim('"'));
        Assert.Equal(3, Pages(all));

        var tickets = booking["items"].EnumerateArray().Select(item => item.GetProperty("id").GetInt64()).ToArray();
        await asha.Gives(tickets[0], ravi);
        Assert.Equal(2, Pages((await asha.Get(file)).Succeeded(200)));
        await asha.Gives(tickets[1], ravi);
        await asha.Gives(tickets[2], ravi);
        (await asha.Get(file)).Refused(409, "booking.not_confirmed");
        (await ravi.Get(file)).Refused(404, "booking.not_found");

        static int Pages(Support.Answer answer)
        {
            using var pdf = PdfDocument.Open(answer.Bytes);
            return pdf.NumberOfPages;
        }
    }

    [Fact]
    public async Task Only_the_buyer_sees_a_ticket_and_its_code()
    {
        var staged = await App.AnEvent();
        var (asha, ravi, administrator) = (await App.NewBuyer(), await App.NewBuyer(), await App.Administrator());
        var booking = await asha.Buys(staged.Standing);
        var id = booking["items"][0].GetProperty("id").GetInt64();

        Assert.StartsWith("ZQ1.", (await asha.Get($"/api/tickets/{id}")).Succeeded()["qrPayload"].GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await administrator.Get($"/api/tickets/{id}")).Succeeded()["qrPayload"].ValueKind);
        (await ravi.Get($"/api/tickets/{id}")).Refused(404, "ticket.not_found");
        (await ravi.Get($"/api/tickets/{id}/download")).Refused(404, "ticket.not_found");
        (await ravi.Get($"/api/tickets/booking/{booking.Id}")).Refused(404, "booking.not_found");
        Assert.Equal(1, (await asha.Get($"/api/tickets/booking/{booking.Id}")).Succeeded().Json.GetArrayLength());
    }

    [Fact]
    public async Task A_ticket_that_is_not_paid_for_has_no_code_and_cannot_be_downloaded()
    {
        var staged = await App.AnEvent();
        var asha = await App.NewBuyer();
        var bookingId = await asha.Books(staged.Standing, 1);
        var ticket = (await asha.Get($"/api/tickets/booking/{bookingId}")).Succeeded().Json[0];

        Assert.Equal("pending", ticket.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, ticket.GetProperty("qrPayload").ValueKind);
        (await asha.Get($"/api/tickets/{ticket.GetProperty("id").GetInt64()}/download")).Refused(409, "ticket.not_confirmed");
    }

    [Fact]
    public async Task Tickets_are_listed_by_whether_their_event_is_still_to_come()
    {
        var (soon, later) = (await App.AnEvent(starts: TimeSpan.FromDays(2)), await App.AnEvent(starts: TimeSpan.FromDays(40)));
        var asha = await App.NewBuyer();
        await asha.Buys(later.Standing);
        await asha.Buys(soon.Standing);
        await App.Advance(TimeSpan.FromDays(3));
        asha = await App.SignIn(asha.Email);

        Assert.Equal([later.Id], await EventsOf(asha, "upcoming"));
        Assert.Equal([soon.Id], await EventsOf(asha, "past"));
        (await asha.Get("/api/users/me/tickets?when=sometime")).RefusedField("when");
    }

    private static async Task<long[]> EventsOf(Person person, string when) =>
        [.. (await person.Get($"/api/users/me/tickets?when={when}")).Succeeded()["tickets"].EnumerateArray().Select(ticket => ticket.GetProperty("eventId").GetInt64())];
}
