using System.Text;
using MimeKit;

namespace Zoniq.Tests.Bookings;

/// <summary>Bookings as entries of their buyers' calendars.</summary>
public sealed class BookingCalendarTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly string[] Wanted = ["UID", "SEQUENCE", "STATUS", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "URL"];

    [Fact]
    public async Task An_entry_says_what_when_and_where_in_lines_that_every_calendar_reads()
    {
        const string Title = "अरिजीत सिंह, शाम-ए-ग़ज़ल; a night \\ of songs 🎶🎶 that goes on, and on, and on, until the last train has left";
        var staged = await App.AnEvent(title: Title);
        var administrator = await App.Administrator();
        (await administrator.Patch($"/api/admin/venues/{staged.VenueId}", new { address = "292, Comrade Harbanslal Marg\nSion East" })).Succeeded();
        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { eventDate = "2031-03-01T19:30", eventEndDate = "2031-03-01T22:00" })).Succeeded();
        var asha = await App.NewBuyer();
        var booking = await asha.Buys(staged.Standing, 2);
        var number = booking["bookingNumber"].GetString()!;

        var file = (await asha.Get($"/api/bookings/{booking.Id}/calendar.ics")).Succeeded(200);

        Assert.Equal("text/calendar; charset=utf-8", file.ContentHeaders.ContentType?.ToString());
        Assert.Equal($"booking-{number}.ics", file.ContentHeaders.ContentDisposition?.FileName?.Trim('"'));
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file.Bytes);
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.All(text.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
        Assert.All(text.Split("\r\n"), line => Assert.DoesNotContain('\uFFFD', line));
        Assert.StartsWith("BEGIN:VCALENDAR\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("END:VEVENT\r\nEND:VCALENDAR\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nVERSION:2.0\r\n", text, StringComparison.Ordinal);

        var entry = Entry(text);
        Assert.Equal(Wanted.Order(), entry.Keys.Intersect(Wanted).Order());
        Assert.Equal($"{number}@zoniq.app", entry["UID"]);
        Assert.Equal("CONFIRMED", entry["STATUS"]);
        Assert.Equal(("20310301T140000Z", "20310301T163000Z"), (entry["DTSTART"], entry["DTEND"]));
        Assert.Matches("^[0-9]{8}T[0-9]{6}Z$", entry["DTSTAMP"]);
        Assert.Equal(Title.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal), entry["SUMMARY"]);
        Assert.Equal("Shanmukhananda Hall\\, 292\\, Comrade Harbanslal Marg Sion East\\, Mumbai", entry["LOCATION"]);
        Assert.Equal($"http://localhost:3000/bookings/{number}", entry["URL"]);
    }

    [Fact]
    public async Task Its_number_grows_with_what_it_shows_and_with_nothing_else()
    {
        var staged = await App.AnEvent(rows: 0);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        var bookingId = (await asha.Buys(staged.Standing)).Id;
        var elsewhere = (await administrator.Post("/api/admin/venues", new { name = "Opera House", city = "Mumbai" })).Succeeded(201).Id;
        var first = await EntryOf(asha, bookingId);

        foreach (var (change, grows) in new (object Change, int Grows)[]
        {
            (new { description = "Nothing a calendar shows" }, 0),
            (new { eventDate = staged.Date }, 0),
            (new { eventDate = staged.Date.AddHours(2) }, 1),
            (new { eventEndDate = staged.Date.AddHours(4) }, 1),
            (new { clearFields = new[] { "eventEndDate" } }, 1),
            (new { venueId = elsewhere }, 1),
            (new { venueId = elsewhere }, 0),
            (new { title = "A Night of Sitar" }, 1),
        })
        {
            var before = Number(await EntryOf(asha, bookingId));
            (await administrator.Patch($"/api/admin/events/{staged.Id}", change)).Succeeded();
            Assert.Equal((change, before + grows), (change, Number(await EntryOf(asha, bookingId))));
        }

        (await administrator.Patch($"/api/admin/venues/{elsewhere}", new { contactPhone = "022 2369 0511" })).Succeeded();
        Assert.Equal(5, Number(await EntryOf(asha, bookingId)) - Number(first));
        (await administrator.Patch($"/api/admin/venues/{elsewhere}", new { name = "Royal Opera House" })).Succeeded();
        (await asha.Post($"/api/bookings/{bookingId}/cancel")).Succeeded();

        var last = await EntryOf(asha, bookingId);
        Assert.Equal((first["UID"], "CANCELLED", 7), (last["UID"], last["STATUS"], Number(last) - Number(first)));
    }

    [Fact]
    public async Task An_event_that_is_called_off_calls_off_its_entries_at_once()
    {
        var staged = await App.AnEvent(rows: 0, price: 0m);
        var (asha, administrator) = (await App.NewBuyer(), await App.Administrator());
        (await asha.Adds(staged.Standing)).Succeeded();
        var bookingId = (await asha.ChecksOut()).Succeeded(201).Id;

        (await administrator.Post($"/api/admin/events/{staged.Id}/cancel")).Succeeded();
        var atOnce = await EntryOf(asha, bookingId);
        await App.RunTimer("EventRefunds");
        var later = await EntryOf(asha, bookingId);

        Assert.Equal(("CANCELLED", "CANCELLED"), (atOnce["STATUS"], later["STATUS"]));
        Assert.Equal(Number(atOnce), Number(later));
    }

    [Fact]
    public async Task What_was_never_confirmed_or_is_somebody_elses_has_neither_entry_nor_tickets()
    {
        var staged = await App.AnEvent(rows: 0);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var pending = await asha.Books(staged.Standing);

        foreach (var file in new[] { "calendar.ics", "tickets.pdf" })
        {
            (await asha.Get($"/api/bookings/{pending}/{file}")).Refused(409, "booking.not_confirmed");
            (await ravi.Get($"/api/bookings/{pending}/{file}")).Refused(404, "booking.not_found");
            (await asha.Get($"/api/bookings/987654/{file}")).Refused(404, "booking.not_found");
        }

        (await asha.Post($"/api/bookings/{pending}/cancel")).Succeeded();
        (await asha.Get($"/api/bookings/{pending}/calendar.ics")).Refused(409, "booking.not_confirmed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_confirmation_brings_one_file_of_tickets_and_the_entry_if_tickets_are_wanted_by_mail(bool wanted)
    {
        var staged = await App.AnEvent(title: "संगीत की शाम");
        var asha = await App.NewBuyer();
        (await asha.Patch("/api/users/me/notifications/preferences", new { emailTicketDelivery = wanted })).Succeeded();
        var booking = await asha.Buys(staged.Numbered, staged.Numbered.Seats[..3]);
        var number = booking["bookingNumber"].GetString();

        await App.RunTimer("MailOutbox");

        var mail = await App.Inbox.Expect(asha.Email, mail => mail.Message.Subject?.StartsWith("Booking Confirmed", StringComparison.Ordinal) == true);
        Assert.Equal(
            wanted ? [$"tickets-{number}.pdf", $"booking-{number}.ics"] : [],
            mail.Message.Attachments.Select(attachment => attachment.ContentDisposition?.FileName));
        Assert.Equal(2, mail.Message.TextBody!.Split("Mumbai").Length);
        if (wanted)
        {
            using var entry = new MemoryStream();
            await ((MimePart)mail.Message.Attachments.Last()).Content!.DecodeToAsync(entry);
            Assert.Equal("संगीत की शाम", Entry(Encoding.UTF8.GetString(entry.ToArray()))["SUMMARY"]);
        }
    }

    private static async Task<Dictionary<string, string>> EntryOf(Person person, long bookingId) =>
        Entry((await person.Get($"/api/bookings/{bookingId}/calendar.ics")).Succeeded(200).Text);

    private static int Number(Dictionary<string, string> entry) => int.Parse(entry["SEQUENCE"], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>As RFC 5545 has it read: folded lines are joined again, then a name and its value.</summary>
    private static Dictionary<string, string> Entry(string text) =>
        text.Replace("\r\n ", "", StringComparison.Ordinal)
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(line => line != "BEGIN:VEVENT")
            .TakeWhile(line => line != "END:VEVENT")
            .Skip(1)
            .Select(line => line.Split(':', 2))
            .ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
}
