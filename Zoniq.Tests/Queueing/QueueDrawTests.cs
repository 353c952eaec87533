using System.Security.Cryptography;
using System.Text;

namespace Zoniq.Tests.Queueing;

/// <summary>Anybody can check that nobody chose the order of those who came early.</summary>
public sealed class QueueDrawTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly TimeSpan BeforeOpening = TimeSpan.FromHours(1);

    [Fact]
    public async Task The_order_of_ten_thousand_is_what_was_committed_to_and_has_nothing_to_do_with_who_came_first()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), opens: BeforeOpening);
        var committed = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded();
        await App.Crowd(queued, 10_000);
        var came = await App.Rows<Guid>("select public_id from queue_entry where event_id = @Id order by id", new { queued.Id });
        await App.Advance(BeforeOpening);
        await App.Ticks();

        var revealed = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded();
        var file = await App.Nobody.Get($"/api/queue/{queued.Id}/fairness?format=csv");

        var seed = Convert.FromHexString(revealed.Text("seed"));
        Assert.Equal(committed.Text("commitment"), Convert.ToHexStringLower(SHA256.HashData(seed)));
        Assert.Equal(committed.Text("commitment"), revealed.Text("commitment"));
        Assert.Equal(10_000, revealed.Number("entrantCount"));
        Assert.Equal(revealed.Text("entrantsHash"), Convert.ToHexStringLower(SHA256.HashData(file.Bytes)));
        var lines = Encoding.UTF8.GetString(file.Bytes).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("rank,queueEntryId", lines[0]);
        var order = lines[1..].Select(line => line.Split(',')).ToDictionary(line => Guid.Parse(line[1]), line => int.Parse(line[0]));
        Assert.Equal(
            came.OrderBy(entry => Convert.ToHexString(HMACSHA256.HashData(seed, Encoding.UTF8.GetBytes($"{entry}"))), StringComparer.Ordinal),
            order.OrderBy(line => line.Value).Select(line => line.Key));
        Assert.InRange(Correlation([.. came.Select(entry => (double)order[entry])]), -0.05, 0.05);
    }

    [Fact]
    public async Task Before_opening_only_the_commitment_is_known()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), opens: BeforeOpening);
        var asha = await App.NewBuyer();

        var before = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded();
        (await asha.Joins(queued)).Succeeded();
        var joined = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded();
        var file = await App.Nobody.Get($"/api/queue/{queued.Id}/fairness?format=csv");

        Assert.Equal(before.Text, joined.Text);
        Assert.Equal(("committed", "HMAC-SHA256(seed, queueEntryId)"), (before.Text("state"), before.Text("algorithm")));
        Assert.Equal(64, before.Text("commitment").Length);
        Assert.All(["seed", "openedAt", "entrantCount", "entrantsHash"], member => Assert.Equal(System.Text.Json.JsonValueKind.Null, before[member].ValueKind));
        Assert.Equal("\uFEFFrank,queueEntryId\r\n", Encoding.UTF8.GetString(file.Bytes));
    }

    [Fact]
    public async Task A_queue_that_is_switched_on_for_a_running_sale_has_an_empty_draw()
    {
        var queued = await App.AnEvent(rows: 0);
        (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Refused(409, "queue.not_enabled");
        (await App.Nobody.Get("/api/queue/999999/fairness")).Refused(404, "event.not_found");
        (await (await App.Administrator()).Patch($"/api/admin/events/{queued.Id}", new { queueEnabled = true })).Succeeded();
        Assert.Equal(1, await App.Value<long>("select count(*) from queue where event_id = @Id", new { queued.Id }));    // committed at once

        await App.Ticks();

        var revealed = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded();
        var file = await App.Nobody.Get($"/api/queue/{queued.Id}/fairness?format=csv");
        Assert.Equal(("revealed", 0), (revealed.Text("state"), revealed.Number("entrantCount")));
        Assert.Equal(revealed.Text("entrantsHash"), Convert.ToHexStringLower(SHA256.HashData(file.Bytes)));
    }

    /// <summary>The instance that opened the room died before the draw: it is as if a buyer who came in time had opened it.</summary>
    [Fact]
    public async Task A_draw_that_was_interrupted_is_done_by_the_next_tick_and_nobody_is_let_in_before()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 3), opens: BeforeOpening);
        var early = await App.NewBuyers(4);
        await Task.WhenAll(early.Select(buyer => buyer.Joins(queued)));
        await App.Advance(BeforeOpening);
        var late = await App.NewBuyer();

        Assert.Equal(("waiting", 5L, null), (await late.Joins(queued)).Standing());
        var halfway = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded();
        Assert.Equal(("revealed", 4, System.Text.Json.JsonValueKind.Null), (halfway.Text("state"), halfway.Number("entrantCount"), halfway["entrantsHash"].ValueKind));
        (await early[0].Leaves(queued)).Succeeded();    // after opening: the number is kept
        Assert.Equal(("waiting", null, null), (await early[1].Place(queued)).Standing());
        await App.TicksAtOnce(4);

        var numbers = await App.Rows<long>("select number from queue_entry where event_id = @Id and is_entrant", new { queued.Id });
        Assert.Equal([1L, 2, 3, 4], numbers.Order());
        Assert.Equal(5, (await late.Place(queued)).Number("queueNumber"));
        Assert.Equal(3, (await App.Status(queued)).Number("currentlyProcessing"));
    }

    [Fact]
    public async Task A_room_that_was_opened_stays_open_when_the_start_is_put_off()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1), opens: BeforeOpening);
        var people = await App.NewBuyers(3);
        (await people[0].Joins(queued)).Succeeded();
        (await people[1].Joins(queued)).Succeeded();
        await App.Advance(BeforeOpening);
        await App.Ticks();
        var opened = (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded().Text;

        (await (await App.Administrator()).Patch($"/api/admin/events/{queued.Id}", new { bookingStartDate = App.Now.AddDays(1) })).Succeeded();
        await App.Ticks();

        Assert.Equal(2, (await people[2].Joins(queued)).Succeeded().Number("position"));
        Assert.Equal(opened, (await App.Nobody.Get($"/api/queue/{queued.Id}/fairness")).Succeeded().Text);

        // Nobody is called, and spends a turn, before there is something to buy.
        await App.Advance(TimeSpan.FromMinutes(10));
        await App.Ticks();
        Assert.Equal(0, await App.Value<long>("select count(*) from queue_entry where event_id = @Id and status = 'processing'", new { queued.Id }));
        await App.Advance(TimeSpan.FromDays(1));
        await App.Ticks();
        Assert.Equal(1, await App.Value<long>("select count(*) from queue_entry where event_id = @Id and status = 'processing'", new { queued.Id }));
    }

    /// <summary>Of a permutation with the order it came in.</summary>
    private static double Correlation(double[] ranks)
    {
        var n = (double)ranks.Length;
        return 1 - (6 * ranks.Select((rank, at) => Math.Pow(rank - (at + 1), 2)).Sum() / (n * ((n * n) - 1)));
    }
}
