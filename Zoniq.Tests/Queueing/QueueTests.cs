using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

public sealed class QueueTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly TimeSpan BeforeOpening = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_place_is_known_at_once_and_its_number_at_the_next_tick()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (asha, ravi, meera) = await Three();

        var first = await asha.Joins(queued);
        var second = await ravi.Joins(queued);
        var third = await meera.Joins(queued);
        Assert.Equal([("waiting", 1L, null), ("waiting", 2L, null), ("waiting", 3L, null)], new[] { first, second, third }.Select(answer => answer.Standing()));
        Assert.Equal([0L, 1L, 2L], new[] { first, second, third }.Select(answer => answer.Number("totalAhead")));

        await App.RunTimer("QueueTick");

        var inside = await asha.Place(queued);
        Assert.Equal(("processing", 0L, 1L), inside.Standing());
        Assert.Equal(0, inside.Number("totalAhead"));
        Assert.True(inside["canProceed"].GetBoolean());
        Assert.Equal(("waiting", 1L, 2L), (await ravi.Place(queued)).Standing());
        Assert.Equal(("waiting", 2L, 3L), (await meera.Place(queued)).Standing());
        Assert.Equal(1, (await meera.Place(queued)).Number("servingNumber"));
        Assert.InRange(inside["expiresAt"].GetDateTimeOffset() - App.Now, TimeSpan.FromSeconds(570), TimeSpan.FromSeconds(600));
    }

    [Fact]
    public async Task Joining_again_from_a_second_tab_or_another_instance_or_after_a_restart_keeps_the_place()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        var (asha, ravi, _) = await Three();
        var first = (await asha.Joins(queued)).Succeeded();
        (await ravi.Joins(queued)).Succeeded();
        await using var another = await App.StartAnother();

        var again = await asha.Joins(queued);
        var elsewhere = await asha.At(another).Joins(queued);
        var seen = await asha.At(another).Place(queued);

        Assert.All([again, elsewhere, seen], answer => Assert.Equal((first.Text("queueEntryId"), 1L), (answer.Text("queueEntryId"), answer.Number("position"))));
    }

    [Fact]
    public async Task Nobody_joins_what_has_no_queue_is_not_public_or_is_over()
    {
        var (asha, _, _) = await Three();
        var plain = await App.AnEvent(rows: 0);
        var draft = await App.AnEvent(rows: 0, published: false, queue: new());
        var over = await App.AnEvent(rows: 0, queue: new(), opens: TimeSpan.FromHours(-2), closes: TimeSpan.FromMinutes(1));
        var shut = await App.AnEvent(rows: 0, queue: new());
        await App.Advance(TimeSpan.FromMinutes(2));
        (await asha.Joins(shut)).Succeeded();
        await App.Sets(shut, new { isDraining = true });

        (await asha.Post("/api/queue/999999/join")).Refused(404, "event.not_found");
        (await asha.Joins(draft)).Refused(404, "event.not_found");
        (await asha.Joins(plain)).Refused(409, "queue.not_enabled");
        (await asha.Joins(over)).Refused(409, "event.booking_closed");
        (await (await App.NewBuyer()).Joins(shut)).Refused(409, "queue.closed");
        Assert.Equal(1, (await asha.Joins(shut)).Succeeded().Number("position"));    // an active place is not taken away
        (await asha.Place(plain)).Refused(404, "queue.not_in_queue");
        (await asha.Place(draft)).Refused(404, "event.not_found");
        (await App.Status(draft)).Refused(404, "event.not_found");
        (await asha.Leaves(draft)).Refused(404, "event.not_found");
    }

    [Fact]
    public async Task Whoever_leaves_counts_until_passed_and_comes_back_at_the_end()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (asha, ravi, meera) = await Three();
        var old = (await asha.Joins(queued)).Succeeded();
        (await ravi.Joins(queued)).Succeeded();
        (await meera.Joins(queued)).Succeeded();

        Assert.Equal("""{"success":true,"message":"Left the queue"}""", (await asha.Leaves(queued)).Succeeded().Text);
        Assert.Equal("""{"success":false,"message":"Not in queue"}""", (await asha.Leaves(queued)).Succeeded().Text);
        (await asha.Place(queued)).Refused(404, "queue.not_in_queue");
        Assert.Equal(3, (await meera.Place(queued)).Number("position"));
        Assert.Equal(2, (await App.Status(queued)).Succeeded().Number("totalInQueue"));
        var anew = (await asha.Joins(queued)).Succeeded();
        await App.Ticks();

        Assert.NotEqual(old.Text("queueEntryId"), anew.Text("queueEntryId"));
        Assert.Equal(4, anew.Number("position"));
        Assert.Equal("processing", (await ravi.Place(queued)).Text("status"));
        Assert.Equal(1, (await meera.Place(queued)).Number("position"));
        Assert.Equal(("waiting", 2L, 4L), (await asha.Place(queued)).Standing());
    }

    [Fact]
    public async Task Before_booking_opens_there_are_no_places_and_afterwards_whoever_was_there_is_ahead()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 2), opens: BeforeOpening);
        var early = await App.NewBuyers(5);
        foreach (var buyer in early)
        {
            (await buyer.Joins(queued)).Succeeded();
        }

        (await early[4].Leaves(queued)).Succeeded();
        await App.Ticks();
        var waiting = await early[0].Place(queued);
        Assert.Equal(("waiting", null, null), waiting.Standing());
        Assert.Equal((null, null), (waiting.Number("totalAhead"), waiting.Number("estimatedWaitMinutes")));
        var before = (await App.Status(queued)).Succeeded();
        Assert.Equal((4, null, false), (before.Number("totalInQueue"), before.Number("estimatedWaitMinutes"), before["isQueueActive"].GetBoolean()));

        await App.Advance(BeforeOpening + TimeSpan.FromSeconds(1));
        var late = (await (await App.NewBuyer()).Joins(queued)).Succeeded();    // before the first tick
        await App.Ticks();

        var standing = await Task.WhenAll(early[..4].Select(buyer => buyer.Place(queued)));
        Assert.Equal([1L, 2L, 3L, 4L], standing.Select(answer => answer.Standing().Number!.Value).Order());
        Assert.All(standing, answer => Assert.Equal(answer.Standing().Number <= 2 ? "processing" : "waiting", answer.Text("status")));
        Assert.Equal(5, late.Number("position"));
        var after = (await App.Status(queued)).Succeeded();
        Assert.Equal((5, 2, 2, true), (after.Number("totalInQueue"), after.Number("currentlyProcessing"), after.Number("servingNumber"), after["isQueueActive"].GetBoolean()));
    }

    [Fact]
    public async Task Only_whoever_is_called_may_buy_and_only_once()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (asha, ravi, _) = await Three();
        (await asha.Joins(queued)).Succeeded();
        (await ravi.Joins(queued)).Succeeded();
        (await asha.Adds(queued.Standing)).Refused(403, "queue.not_admitted");

        await App.Ticks();
        var item = (await asha.Adds(queued.Standing)).Succeeded()["items"][0].GetProperty("id").GetInt64();
        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 2 })).Succeeded();
        (await ravi.Adds(queued.Standing)).Refused(403, "queue.not_admitted");
        (await asha.ChecksOut(queued.Id)).Succeeded(201);

        Assert.Equal("completed", await App.Value<string>("select status from queue_entry where account_id = @Id", new { asha.Id }));
        (await asha.Place(queued)).Refused(404, "queue.not_in_queue");
        (await asha.Adds(queued.Standing)).Refused(403, "queue.not_admitted");
        await App.Ticks();
        Assert.Equal("processing", (await ravi.Place(queued)).Text("status"));
    }

    [Fact]
    public async Task Whose_time_has_run_out_may_neither_add_nor_raise_nor_check_out_but_lower()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1, ProcessingMinutes: 5));
        var (asha, ravi, _) = await Three();
        (await asha.Joins(queued)).Succeeded();
        (await ravi.Joins(queued)).Succeeded();
        await App.Ticks();
        var item = (await asha.Adds(queued.Standing, 2)).Succeeded()["items"][0].GetProperty("id").GetInt64();

        await App.Advance(TimeSpan.FromMinutes(5));

        Assert.False((await asha.Place(queued)).Succeeded()["canProceed"].GetBoolean());    // before any tick
        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 3 })).Refused(403, "queue.not_admitted");
        (await asha.Patch($"/api/cart/items/{item}", new { quantity = 1 })).Succeeded();
        (await asha.ChecksOut(queued.Id)).Refused(403, "queue.not_admitted");
        await App.Ticks();
        (await asha.Place(queued)).Refused(404, "queue.not_in_queue");
        Assert.Equal("processing", (await ravi.Place(queued)).Text("status"));    // in the same tick
        Assert.Equal(["expired"], await App.Rows<string>("select status from queue_entry where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task The_wait_is_nothing_while_there_is_room_then_follows_the_rate_and_is_unknown_during_a_pause()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 10, ProcessingMinutes: 5));
        var asha = await App.NewBuyer();
        var empty = (await App.Status(queued)).Succeeded();
        Assert.Equal((0, 2.00m), (empty.Number("estimatedWaitMinutes"), empty["ratePerMinute"].GetDecimal()));
        await App.Crowd(queued, 29);
        (await asha.Joins(queued)).Succeeded();
        await App.Ticks();

        // Ten were let in in five minutes: two a minute, and twenty are to be called until it is her turn.
        Assert.Equal((20, 10), ((await asha.Place(queued)).Number("position"), (await asha.Place(queued)).Number("estimatedWaitMinutes")));
        var busy = (await App.Status(queued)).Succeeded();
        Assert.Equal((11, 2.00m, false), (busy.Number("estimatedWaitMinutes"), busy["ratePerMinute"].GetDecimal(), busy["isPaused"].GetBoolean()));

        await App.Sets(queued, new { isPaused = true });
        await App.Advance(TimeSpan.FromMinutes(6));
        await App.Ticks();
        var paused = (await App.Status(queued)).Succeeded();
        Assert.Equal((20, 0, null, true), (paused.Number("totalInQueue"), paused.Number("currentlyProcessing"), paused.Number("estimatedWaitMinutes"), paused["isPaused"].GetBoolean()));
        Assert.Null((await asha.Place(queued)).Number("estimatedWaitMinutes"));

        await App.Sets(queued, new { isPaused = false });
        await App.Ticks();
        Assert.Equal(10, (await asha.Place(queued)).Number("position"));
    }

    [Fact]
    public async Task An_event_without_a_queue_is_sold_as_ever()
    {
        var plain = await App.AnEvent(rows: 0);
        var asha = await App.NewBuyer();

        await asha.Buys(plain.Standing);
        await App.Ticks();

        Assert.Equal(
            $$"""{"eventId":{{plain.Id}},"queueEnabled":false,"totalInQueue":0,"currentlyProcessing":0,"servingNumber":0,"ratePerMinute":0,"estimatedWaitMinutes":null,"isQueueActive":false,"isPaused":false}""",
            (await App.Status(plain)).Succeeded().Text);
        Assert.Equal(0, await App.Value<long>("select count(*) from queue where event_id = @Id", new { plain.Id }));
    }

    [Fact]
    public async Task Whoever_asks_again_is_told_when_and_not_sent_what_they_know()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (asha, ravi, _) = await Three();
        (await asha.Joins(queued)).Succeeded();
        (await ravi.Joins(queued)).Succeeded();

        foreach (var path in new[] { $"/api/queue/{queued.Id}/position", $"/api/queue/{queued.Id}/status" })
        {
            var first = (await ravi.Get(path)).Succeeded();
            var again = await AsksAgain(ravi, path, first);
            Assert.Equal((304, "", TimeSpan.FromSeconds(5), "no-store"), (again.Status, again.Text, again.Headers.RetryAfter?.Delta, again.Headers.CacheControl?.ToString()));
            Assert.Equal((TimeSpan.FromSeconds(5), "no-store"), (first.Headers.RetryAfter?.Delta, first.Headers.CacheControl?.ToString()));
            await App.Ticks();
            Assert.Equal(200, (await AsksAgain(ravi, path, first)).Status);
            await App.Execute("update queue_entry set status = 'waiting', admitted_at = null, expires_at = null, batch_size = null where event_id = @Id and status = 'processing'; update queue set serving_number = 0, numbered_to = 0, recent_admissions = 0, processing = 0 where event_id = @Id", new { queued.Id });
        }

        await App.Ticks();
        Assert.Null((await asha.Place(queued)).Headers.RetryAfter);    // it is their turn
    }

    [Fact]
    public async Task Joining_too_often_is_refused()
    {
        await using var limited = await App.StartAnother(("RATE_LIMITS_ENABLED", "true"));
        var queued = await App.AnEvent(rows: 0, queue: new());
        var asha = (await App.NewBuyer()).At(limited);

        for (var times = 0; times < 30; times++)
        {
            (await asha.Joins(queued)).Succeeded();
        }

        (await asha.Joins(queued)).Refused(429, "rate.limited");
    }

    private static async Task<Answer> AsksAgain(Person person, string path, Answer known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(known.Headers.ETag!);
        return await person.Send(request);
    }

    private async Task<(Person Asha, Person Ravi, Person Meera)> Three() =>
        await App.NewBuyers(3) is [var asha, var ravi, var meera] ? (asha, ravi, meera) : throw new InvalidOperationException();
}
