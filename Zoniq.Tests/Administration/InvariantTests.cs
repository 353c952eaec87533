using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>What must never be is found where it is, and said.</summary>
public sealed class InvariantTests(BusyApp app) : IClassFixture<BusyApp>
{
    private const string OneTicket = "(select min(id) from ticket where status = 'valid')";
    private const string OnePaid = "(select min(id) from booking where status = 'confirmed' and final_amount > 0)";
    private const string OneCategory = "(select min(id) from seat_category)";

    [Theory]
    [InlineData("update ticket set price = price {0} 1 where id = " + OneTicket, "a booking amounts to its tickets")]
    [InlineData("update booking set ticket_count = ticket_count {0} 1 where id = " + OnePaid, "a booking knows how many tickets it has")]
    [InlineData("update payment set amount = amount {0} 1 where id = (select paid_by from booking where id = " + OnePaid + ")", "a confirmed booking that costs something was paid, in full")]
    [InlineData("update seat_category set total_seats = total_seats {0} 1 where id = " + OneCategory, "a category has as many seats as it says", "what lists say is free is free")]
    [InlineData("update seat_category set booked_seats = booked_seats {0} 1 where id = " + OneCategory, "the counter of a category and its open changes are its booked seats", "what lists say is free is free")]
    [InlineData("update refund set amount = amount {0} 1 where id = (select min(id) from refund where idempotency_key like 'zoniq-cancel-%')", "money that confirmed a booking stays while the booking does, or what the cancellation owes is in the ledger")]
    [InlineData("update payment set amount_refunded = amount_refunded {0} 1 where id = (select min(payment_id) from refund where status = 'pending')", "a payment says what was returned")]
    [InlineData("update ticket set used_at = used_at {0} interval '1 second' where id = (select min(id) from ticket where status = 'used')", "a used ticket says when its earliest entry was")]
    [InlineData("update ticket set entries_undone = entries_undone {0} 1, reopened_at = case '{0}' when '+' then used_at end where id = (select min(id) from ticket where status = 'used')", "a used ticket has one standing entry, another ticket none")]
    public async Task A_figure_that_is_wrong_by_one_is_found(string change, params string[] invariants)
    {
        await app.Execute(change.Replace("{0}", "+", StringComparison.Ordinal));
        var findings = await app.Invariants();
        await app.Execute(change.Replace("{0}", "-", StringComparison.Ordinal));

        Assert.Superset(invariants.ToHashSet(), findings.Select(finding => finding.Invariant).ToHashSet());
        Assert.Empty(await app.Invariants());
    }

    [Fact]
    public async Task A_ticket_that_left_its_seat_or_its_booking_is_found()
    {
        var ticket = await app.Value<long>($"select {OneTicket}");
        await app.Execute("update ticket set status = 'pending' where id = @ticket", new { ticket });
        await app.Execute("update seat set booking_id = null where id = (select seat_id from ticket where id = @ticket)", new { ticket });
        var withoutSeat = await app.Invariants();
        await app.Execute("update seat set booking_id = ticket.booking_id from ticket where ticket.id = @ticket and seat.id = ticket.seat_id", new { ticket });
        await app.Execute("update ticket set status = 'void' where id = @ticket", new { ticket });
        var withoutTicket = await app.Invariants();
        await app.Execute("update ticket set status = 'valid' where id = @ticket", new { ticket });

        Assert.Superset(new HashSet<string> { "a live ticket has its seat", "tickets follow their booking" }, withoutSeat.Select(finding => finding.Invariant).ToHashSet());
        Assert.Equal(["a booked seat has one live ticket, of the same booking", "tickets follow their booking"], withoutTicket.Select(finding => finding.Invariant).Order());
        Assert.Empty(await app.Invariants());
    }

    [Fact]
    public async Task All_bookings_are_looked_at_in_turn_and_the_newest_each_time()
    {
        var (oldest, newest) = (await app.Rows<(long, long)>("select min(id), max(id) from booking"))[0];
        var later = oldest + 25_000; // in the second twenty thousand of fifty
        await app.Execute("truncate invariant_cursor");
        await app.Execute("update booking set ticket_count = ticket_count + 1 where id = any(@wrong)", new { wrong = new[] { oldest, later, newest } });

        var found = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            var before = app.Logs.Count;
            await app.RunTimer("Invariants");
            var said = app.Logs.Skip(before).Select(line => $"{line.Level} {line.Text}").ToArray();
            found.Add(string.Join(' ', new[] { ("oldest", oldest), ("later", later), ("newest", newest) }
                .Where(booking => said.Any(line => line.StartsWith($"Error What must never be: not true that a booking knows how many tickets it has. booking {booking.Item2}:", StringComparison.Ordinal)))
                .Select(booking => booking.Item1)));
            Assert.Equal(said.Distinct(), said);
        }

        await app.Execute("update booking set ticket_count = ticket_count - 1 where id = any(@wrong)", new { wrong = new[] { oldest, later, newest } });
        Assert.Equal(["oldest newest", "later newest", "newest", "oldest newest"], found);
    }
}
