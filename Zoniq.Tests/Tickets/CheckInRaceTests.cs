using Zoniq.Tests.Support;

namespace Zoniq.Tests.Tickets;

/// <summary>Many gates at once, and gates against those who give tickets back.</summary>
public sealed class CheckInRaceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string TicketRow = "select from ticket where id = @Id for update";

    [Fact]
    public async Task One_code_shown_at_fifty_gates_at_once_opens_one()
    {
        var staged = await App.AnEvent(rows: 0);
        var ticket = await App.Ticket(staged);
        var office = await App.Administrator();

        Answer[] answers;
        await using (var busy = await InTheMiddle.Of(App, TicketRow, new { ticket.Id }))
        {
            var scans = Enumerable.Range(1, 50).Select(gate => office.Post("/api/tickets/mark-used", new { qrPayload = ticket.Qr, gate = $"Gate {gate}", scanId = $"fifty-{gate}" })).ToArray();
            await busy.IsWaitedFor(10);
            await busy.Commits();
            answers = await Task.WhenAll(scans);
        }

        var first = Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer != first), answer =>
        {
            answer.Refused(409, "ticket.already_used");
            Assert.Equal((first["usedAt"].GetString(), first["gate"].GetString()), (answer["usedAt"].GetString(), answer["gate"].GetString()));
        });
        Assert.Equal(49, await App.Value<long>("select count(*) from ticket_scan where ticket_id = @Id and answer = 'already_used'", new { ticket.Id }));
        Assert.Equal(1, await App.Value<long>("select count(*) from admin_log where action = 'check_in' and entity_id = @Id", new { ticket.Id }));
    }

    [Fact]
    public async Task One_scan_sent_twenty_times_at_once_is_answered_once()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        var office = await App.Administrator();

        Answer[] answers;
        await using (var busy = await InTheMiddle.Of(App, TicketRow, new { ticket.Id }))
        {
            var scans = Enumerable.Range(1, 20).Select(_ => office.Post("/api/tickets/mark-used", new { qrPayload = ticket.Qr, gate = "North", scanId = "twenty" })).ToArray();
            await busy.IsWaitedFor(5);
            await busy.Commits();
            answers = await Task.WhenAll(scans);
        }

        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Succeeded(200).Text));
        Assert.Equal(1, await App.Value<long>("select count(*) from ticket_scan where ticket_id = @Id", new { ticket.Id }));
    }

    [Fact]
    public async Task One_scan_of_two_tickets_at_once_lets_in_one()
    {
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 2);
        var office = await App.Administrator();

        var answers = await App.InTurn(
            "select from ticket where id = any(@ids) for update",
            new { ids = tickets.Select(ticket => ticket.Id).ToArray() },
            [.. tickets.Select<TicketInHand, Func<Task<Answer>>>(ticket => () => office.Post("/api/tickets/mark-used", new { qrPayload = ticket.Qr, scanId = "one of two" }))]);

        answers.Single(answer => answer.Status == 200).Succeeded(200);
        answers.Single(answer => answer.Status != 200).RefusedField("scanId");
        Assert.Equal(1, await App.Value<long>("select count(*) from ticket where id = any(@ids) and status = 'used'", new { ids = tickets.Select(ticket => ticket.Id).ToArray() }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_enters_cannot_cancel_and_who_cancels_cannot_enter(bool entersFirst)
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        Func<Task<Answer>>[] both = [() => App.Scans(new { qrPayload = ticket.Qr }), () => ticket.Holder.Post($"/api/bookings/{ticket.BookingId}/cancel")];

        var answers = await App.InTurn(TicketRow, new { ticket.Id }, entersFirst ? both : [both[1], both[0]]);

        answers[0].Succeeded(200);
        answers[1].Refused(409, entersFirst ? "booking.ticket_used" : "ticket.not_valid");
        Assert.Equal(entersFirst ? "used" : "void", (await ticket.Sees()).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_given_back_at_the_moment_of_entry_leaves_one_truth(bool entersFirst)
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        var office = await App.Administrator();
        var payment = await App.Value<long>("select paid_by from booking where id = @BookingId", new { ticket.BookingId });
        Func<Task<Answer>>[] both = [() => App.Scans(new { qrPayload = ticket.Qr }), () => office.Post($"/api/admin/payments/{payment}/refund", new { reason = "Goodwill" })];

        var answers = await App.InTurn(TicketRow, new { ticket.Id }, entersFirst ? both : [both[1], both[0]]);

        // An administrator may give back what was used: then the ticket is void, and still known to have entered.
        int[] expected = entersFirst ? [200, 201] : [201, 409];
        Assert.Equal(expected, answers.Select(answer => answer.Status));
        Assert.Equal(("void", entersFirst), ((await ticket.Sees()).Status, (await ticket.Sees()).UsedAt is not null));
        (await App.Scans(new { qrPayload = ticket.Qr })).Refused(409, "ticket.not_valid");
    }

    [Fact]
    public async Task An_entry_is_taken_back_once()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        (await App.Scans(new { qrPayload = ticket.Qr })).Succeeded();

        var answers = await App.InTurn(TicketRow, new { ticket.Id }, [() => App.TakesBack(ticket.Number), () => App.TakesBack(ticket.Number)]);

        answers[0].Succeeded(200);
        answers[1].Refused(409, "ticket.not_used");
    }

    [Fact]
    public async Task Two_gates_that_tell_of_the_same_scans_at_once_are_both_answered()
    {
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 5);
        var scans = tickets.Select((ticket, at) => (object)new { scanId = $"both-{at}", qrPayload = ticket.Qr, gate = "North", scannedAt = App.Now.AddMinutes(-at) }).ToArray();

        var answers = await App.InTurn(
            "select from ticket where id = any(@ids) for update",
            new { ids = tickets.Select(ticket => ticket.Id).ToArray() },
            [() => App.Syncs(scans), () => App.Syncs([.. scans.Reverse()])]);

        Assert.Equal([5, 0], answers.Select(answer => answer.Succeeded(200)["accepted"].GetInt32()));
        Assert.Equal([0, 5], answers.Select(answer => answer["duplicate"].GetInt32()));
    }

    [Fact]
    public async Task A_claim_and_an_entry_at_once_end_as_one_or_the_other()
    {
        var tickets = await App.Tickets(await App.AnEvent(rows: 0), 10);
        var ravi = await App.NewBuyer();
        var secrets = new List<string>();
        foreach (var ticket in tickets)
        {
            secrets.Add(await ticket.Holder.Sends(ticket.Id, ravi.Email));
        }

        var claims = secrets.Select(ravi.Claims).ToArray();
        var scans = tickets.Select(ticket => App.Scans(new { qrPayload = ticket.Qr })).ToArray();
        await Task.WhenAll([.. claims, .. scans]);

        foreach (var (claim, scan) in claims.Zip(scans, (claim, scan) => (claim.Result, scan.Result)))
        {
            if (claim.Status == 200)
            {
                scan.Refused(409, "ticket.revoked");
            }
            else
            {
                claim.Refused(409, "ticket.already_used");
                scan.Succeeded(200);
            }
        }

        Assert.Equal(
            claims.Count(claim => claim.Result.Status == 200),
            await App.Value<int>("select count(*) from ticket where id = any(@ids) and generation = 2 and status = 'valid' and holder_id = @Id", new { ids = tickets.Select(ticket => ticket.Id).ToArray(), ravi.Id }));
    }

    [Fact]
    public async Task Two_gates_that_tell_at_once_of_one_ticket_leave_the_earlier_entry()
    {
        var ticket = await App.Ticket(await App.AnEvent(rows: 0));
        object Scan(string gate, int minutesAgo) => new { scanId = $"one-{gate}", qrPayload = ticket.Qr, gate, scannedAt = App.Now.AddMinutes(-minutesAgo) };

        var answers = await App.InTurn(TicketRow, new { ticket.Id }, [() => App.Syncs(Scan("North", 5)), () => App.Syncs(Scan("South", 10))]);

        Assert.Equal([(1, 0), (0, 1)], answers.Select(answer => (answer.Succeeded(200)["accepted"].GetInt32(), answer["conflict"].GetInt32())));
        Assert.Equal("South", answers[1]["results"][0].GetProperty("gate").GetString());
    }
}
