using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Tickets;

namespace Zoniq.Tests.Tickets;

/// <summary>What is let in, and what is not.</summary>
public sealed class CheckInTests(ZoniqApp app) : DatabaseTest(app)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ticket_lets_its_holder_in_once(bool byCode)
    {
        var staged = await App.AnEvent(rows: 0);
        var ticket = await App.Ticket(staged);
        object Scan(string gate) => byCode ? new { qrPayload = ticket.Qr, eventId = staged.Id, gate } : new { ticketNumber = ticket.Number.ToLowerInvariant(), eventId = staged.Id, gate };

        var entered = (await App.Scans(Scan("North"))).Succeeded(200);
        Assert.Equal((true, ticket.Number, "Ticket marked as used", "North"),
            (entered["success"].GetBoolean(), entered["ticketNumber"].GetString(), entered["message"].GetString(), entered["gate"].GetString()));
        Assert.Equal((staged.Id, "Standing", ticket.Holder.Username), (entered["eventId"].GetInt64(), entered["categoryName"].GetString(), entered["holderName"].GetString()));
        Assert.Equal(JsonValueKind.Null, entered["seatLabel"].ValueKind);
        var again = (await App.Scans(Scan("South"))).Refused(409, "ticket.already_used");
        Assert.Equal((entered["usedAt"].GetString(), "North"), (again["usedAt"].GetString(), again["gate"].GetString()));

        Assert.Equal((true, "used", entered["usedAt"].GetDateTimeOffset()), await ticket.Sees());
        var item = (await ticket.Holder.Booking(ticket.BookingId)).Succeeded()["items"][0];
        Assert.Equal((true, entered["usedAt"].GetString()), (item.GetProperty("isUsed").GetBoolean(), item.GetProperty("usedAt").GetString()));
        var office = await App.Administrator();
        Assert.Equal(1, (await office.Get($"/api/admin/bookings/event/{staged.Id}/attendees")).Succeeded()["checkedIn"].GetInt32());
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'check_in' and entity_id = @Id", new { ticket.Id }));
        (await ticket.Holder.Post($"/api/bookings/{ticket.BookingId}/cancel")).Refused(409, "booking.ticket_used");
    }

    [Fact]
    public async Task What_may_not_enter_is_told_why()
    {
        var (staged, other) = (await App.AnEvent(rows: 0), await App.AnEvent(rows: 0));
        var office = await App.Administrator();
        var buyer = await App.NewBuyer();
        var unpaid = await NumberIn(await buyer.Books(staged.Standing));
        var (cancelled, refunded, handedOn, elsewhere) = (await App.Ticket(staged), await App.Ticket(staged), await App.Ticket(staged), await App.Ticket(other));
        (await cancelled.Holder.Post($"/api/bookings/{cancelled.BookingId}/cancel")).Succeeded();
        await App.Execute("update booking set status = 'refunded', payment_status = 'refunded' where id = @BookingId and status = 'cancelled'", new { cancelled.BookingId });
        var payment = await App.Value<long>("select paid_by from booking where id = @BookingId", new { refunded.BookingId });
        (await office.Post($"/api/admin/payments/{payment}/refund", new { reason = "Goodwill" })).Succeeded(201);
        await handedOn.Holder.Gives(handedOn.Id, buyer);

        await Refused(new { ticketNumber = unpaid }, 409, "ticket.not_valid", "unpaid");
        await Refused(new { qrPayload = cancelled.Qr }, 409, "ticket.not_valid", "refunded");
        await App.Execute("update booking set status = 'cancelled', payment_status = 'paid' where id = @BookingId", new { cancelled.BookingId });
        await Refused(new { ticketNumber = refunded.Number }, 409, "ticket.not_valid", "cancelled");
        await Refused(new { qrPayload = handedOn.Qr }, 409, "ticket.revoked");
        await Refused(new { qrPayload = elsewhere.Qr, eventId = staged.Id }, 409, "ticket.wrong_event");
        await Refused(new { ticketNumber = elsewhere.Number, eventId = staged.Id }, 409, "ticket.wrong_event");
        await Refused(new { qrPayload = elsewhere.Qr[..^1] + "B" }, 422, "ticket.qr_invalid");
        await Refused(new { qrPayload = "https://example.in/" }, 422, "ticket.qr_invalid");
        await Refused(new { ticketNumber = "TKT-00000000" }, 404, "ticket.not_found");

        // The code of one event's ticket does not become another's by writing its number into it, nor an older code by signing it once more.
        var signer = App.Services.GetRequiredService<TicketSigner>();
        await Refused(new { qrPayload = signer.Sign(elsewhere.Id, staged.Id, 1) }, 409, "ticket.wrong_event");
        await Refused(new { qrPayload = signer.Sign(elsewhere.Id, other.Id, 2) }, 409, "ticket.revoked");
        await Refused(new { qrPayload = signer.Sign(long.MaxValue, other.Id, 1) }, 404, "ticket.not_found");

        await App.Advance(TimeSpan.FromMinutes(30));
        await App.RunTimer("BookingExpiry");
        await Refused(new { ticketNumber = unpaid }, 409, "ticket.not_valid", "expired");
        await App.Execute("update event set status = 'draft' where id = @Id", new { other.Id });
        await Refused(new { qrPayload = elsewhere.Qr }, 409, "ticket.not_valid", "not_open");
        await App.Execute("update event set status = 'published' where id = @Id", new { other.Id });

        Assert.Equal(0, await App.Value<long>("select count(*) from ticket where status = 'used' and booking_id = any(@ids)", new { ids = new[] { cancelled.BookingId, refunded.BookingId, handedOn.BookingId, elsewhere.BookingId } }));
        (await App.Scans(new { qrPayload = elsewhere.Qr })).Succeeded(200);
    }

    [Fact]
    public async Task A_scan_says_one_thing_about_one_ticket()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));

        (await App.Scans(new { })).RefusedField("qrPayload");
        (await App.Scans(new { qrPayload = ticket.Qr, ticketNumber = ticket.Number })).RefusedField("qrPayload");
        (await App.Scans(new { ticketNumber = ticket.Number, gate = new string('x', 51) })).RefusedField("gate");
        (await App.Scans(new { ticketNumber = ticket.Number, scannedAt = "noon" })).RefusedField("scannedAt");
        (await ticket.Holder.Post("/api/tickets/mark-used", new { ticketNumber = ticket.Number })).Refused(403, "auth.admin_required");
    }

    [Fact]
    public async Task A_scan_that_is_sent_again_gets_its_first_answer()
    {
        var staged = await App.AnEvent(rows: 0);
        var ticket = await App.Ticket(staged);

        var entered = (await App.Scans(new { qrPayload = ticket.Qr, gate = "North", scanId = "first" })).Succeeded(200);
        var refused = (await App.Scans(new { qrPayload = ticket.Qr, gate = "South", scanId = "second" })).Refused(409, "ticket.already_used");
        (await App.TakesBack(ticket.Number)).Succeeded();
        var (enteredAgain, refusedAgain) = (await App.Scans(new { qrPayload = ticket.Qr, scanId = "first" }), await App.Scans(new { qrPayload = ticket.Qr, scanId = "second" }));

        Assert.Equal(entered.Text, enteredAgain.Succeeded(200).Text);
        Assert.Equal((refused["usedAt"].GetString(), refused["gate"].GetString()), (refusedAgain.Refused(409, "ticket.already_used")["usedAt"].GetString(), "North"));
        Assert.Equal((false, "valid", (DateTimeOffset?)null), await ticket.Sees());

        // A refusal stays one when the ticket becomes good, and a mistyped number can be typed again.
        var unpaid = await ticket.Holder.Books(staged.Standing);
        var number = await NumberIn(unpaid);
        (await App.Scans(new { ticketNumber = "TKT-00000000", scanId = "third" })).Refused(404, "ticket.not_found");
        (await App.Scans(new { ticketNumber = number, scanId = "third" })).Refused(409, "ticket.not_valid");
        await ticket.Holder.PaysFor(unpaid);
        Assert.Equal("unpaid", (await App.Scans(new { ticketNumber = number, scanId = "third" })).Refused(409, "ticket.not_valid")["reason"].GetString());
        (await App.Scans(new { ticketNumber = number, scanId = "fourth" })).Succeeded(200);
    }

    [Fact]
    public async Task An_entry_is_when_it_was_scanned_and_never_in_the_future()
    {
        var staged = await App.AnEvent(rows: 0);
        var (earlier, ahead, local) = (await App.Ticket(staged), await App.Ticket(staged), await App.Ticket(staged));
        var before = App.Now.AddMinutes(-5);
        var wall = new DateTimeOffset(2026, 3, 1, 19, 30, 0, TimeSpan.FromHours(5.5));

        (await App.Scans(new { qrPayload = earlier.Qr, scannedAt = before })).Succeeded();
        (await App.Scans(new { qrPayload = ahead.Qr, scannedAt = App.Now.AddHours(3) })).Succeeded();
        (await App.Scans(new { qrPayload = local.Qr, scannedAt = "2026-03-01T19:30" })).Succeeded();

        Assert.InRange((await earlier.Sees()).UsedAt!.Value - before, TimeSpan.FromMilliseconds(-1), TimeSpan.FromMilliseconds(1));
        Assert.InRange(App.Now - (await ahead.Sees()).UsedAt!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(wall, (await local.Sees()).UsedAt);
    }

    [Fact]
    public async Task An_entry_can_be_taken_back_and_made_again()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));

        (await App.TakesBack(ticket.Number)).Refused(409, "ticket.not_used");
        (await App.TakesBack("TKT-00000000")).Refused(404, "ticket.not_found");
        (await App.Scans(new { qrPayload = ticket.Qr, gate = "North" })).Succeeded();
        (await App.TakesBack(ticket.Number)).Succeeded(200);
        Assert.Equal((false, "valid", (DateTimeOffset?)null), await ticket.Sees());
        var second = (await App.Scans(new { qrPayload = ticket.Qr, gate = "South" })).Succeeded(200);
        Assert.Equal("South", second["gate"].GetString());
        Assert.Equal("South", (await App.Scans(new { qrPayload = ticket.Qr })).Refused(409, "ticket.already_used")["gate"].GetString());

        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'check_in_undo' and entity_id = @Id and details->>'reason' = 'Wrong person'", new { ticket.Id }));
        (await ticket.Holder.Post("/api/admin/check-in/undo", new { ticketNumber = ticket.Number, reason = "Mine" })).Refused(403, "auth.admin_required");
    }

    [Fact]
    public async Task Those_who_watch_the_gates_see_how_many_have_come_in_by_which()
    {
        var staged = await App.AnEvent(rows: 0);
        var tickets = await App.Tickets(staged, 4);
        foreach (var (ticket, gate) in tickets.Take(3).Zip(["North", "North", "South"]))
        {
            (await App.Scans(new { qrPayload = ticket.Qr, gate })).Succeeded();
        }

        await App.Scans(new { qrPayload = tickets[0].Qr, gate = "South" });
        (await App.TakesBack(tickets[1].Number)).Succeeded();

        var office = await App.Administrator();
        var counts = (await office.Get($"/api/admin/check-in/events/{staged.Id}/counts")).Succeeded();
        Assert.Equal((4, 2), (counts["tickets"].GetInt32(), counts["checkedIn"].GetInt32()));
        Assert.Equal(
            ["North 1 0", "South 1 1"],
            counts["gates"].EnumerateArray().Select(gate => $"{gate.GetProperty("gate").GetString()} {gate.GetProperty("accepted")} {gate.GetProperty("refused")}"));
        (await office.Get("/api/admin/check-in/events/999999/counts")).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task Scans_are_kept_as_they_were_made()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        (await App.Scans(new { qrPayload = ticket.Qr })).Succeeded();

        foreach (var change in new[] { "delete from ticket_scan", "update ticket_scan set gate = 'East'" })
        {
            Assert.Contains("append-only", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Execute(change))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whoever_types_numbers_at_random_is_slowed_down_and_a_busy_gate_is_not()
    {
        await using var limited = await App.StartAnother(("RATE_LIMITS_ENABLED", "true"));
        var office = (await App.Administrator()).At(limited);
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 8);

        for (var tries = 0; tries < CheckInPolicy.WrongNumbers; tries++)
        {
            (await office.Post("/api/tickets/mark-used", new { ticketNumber = $"TKT-{tries:00000000}" })).Refused(404, "ticket.not_found");
        }

        var refused = (await office.Post("/api/tickets/mark-used", new { ticketNumber = "TKT-ZZZZZZZZ" })).Refused(429, "rate.limited");
        Assert.NotNull(refused.Headers.RetryAfter);
        foreach (var ticket in tickets)
        {
            (await office.Post("/api/tickets/mark-used", new { ticketNumber = ticket.Number })).Succeeded(200);
        }
    }

    private async Task Refused(object scan, int status, string code, string? reason = null)
    {
        var refused = (await App.Scans(scan)).Refused(status, code);
        if (reason is not null)
        {
            Assert.Equal(reason, refused["reason"].GetString());
        }
    }

    private Task<string> NumberIn(long bookingId) => App.Value<string>("select min(ticket_number) from ticket where booking_id = @bookingId", new { bookingId });
}
