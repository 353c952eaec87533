using Zoniq.Tests.Seating;

namespace Zoniq.Tests.Realtime;

/// <summary>Pages that follow a queue or a seat map, from the first call to the last message.</summary>
public sealed class LivePagesTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Whoever_waits_follows_the_queue_until_it_is_their_turn_and_over()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1, ProcessingMinutes: 5));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Joins(queued)).Succeeded();
        (await ravi.Joins(queued)).Succeeded();
        await using var ashas = await Waiting(asha, queued);
        await using var ravis = await Waiting(ravi, queued);

        await App.RunTimer("QueueTick");
        Assert.Equal(["queueAdmitted", "queueServing"], await Targets(ashas));
        var serving = Assert.Single(await ravis.HasHeard()).Payload;
        Assert.Equal((queued.Id, 1, 1, false), (serving.GetProperty("eventId").GetInt64(), serving.GetProperty("servingNumber").GetInt64(), serving.GetProperty("waiting").GetInt64(), serving.GetProperty("isPaused").GetBoolean()));
        var place = (await ravi.Place(queued)).Succeeded();
        Assert.Equal(place["position"].GetInt64(), place["queueNumber"].GetInt64() - serving.GetProperty("servingNumber").GetInt64());

        (await asha.Adds(queued.Standing)).Succeeded();
        (await asha.ChecksOut(queued.Id)).Succeeded(201);
        await App.RunTimer("LiveUpdates");
        var over = Assert.Single(await ashas.HasHeard());
        Assert.Equal(("queueStatus", "completed"), (over.Target, over.Payload.GetProperty("status").GetString()));
        await App.RunTimer("QueueTick");
        Assert.Equal(["queueAdmitted", "queueServing"], await Targets(ravis));

        await App.Advance(TimeSpan.FromMinutes(5));
        await App.RunTimer("QueueTick");
        var late = Assert.Single(await ravis.HasHeard(), heard => heard.Target == "queueStatus").Payload;
        Assert.Equal("expired", late.GetProperty("status").GetString());
        Assert.Equal($"http://localhost:3000/events/{queued.Slug}", late.GetProperty("redirectUrl").GetString());
        Assert.DoesNotContain("queueStatus", await Targets(ashas));
    }

    [Fact]
    public async Task When_the_queue_opens_one_message_tells_all_who_were_there_and_whoever_leaves_is_told_so()
    {
        var queued = await App.AnEvent(rows: 0, opens: TimeSpan.FromMinutes(1), queue: new(BatchSize: 1));
        var people = await App.NewBuyers(3);
        var pages = new List<OpenPage>();
        foreach (var person in people)
        {
            (await person.Joins(queued)).Succeeded();
            pages.Add(await Waiting(person, queued));
        }

        await App.Advance(TimeSpan.FromMinutes(1));
        await App.RunTimer("QueueTick");

        foreach (var page in pages)
        {
            Assert.Equal("waiting", Assert.Single(await page.HasHeard(), heard => heard.Target == "queueStatus").Payload.GetProperty("status").GetString());
        }

        (await people[0].Leaves(queued)).Succeeded();
        await App.RunTimer("LiveUpdates");
        Assert.Equal("left", Assert.Single(await pages[0].HasHeard()).Payload.GetProperty("status").GetString());
        Assert.Empty(await pages[1].HasHeard());
        await Task.WhenAll(pages.Select(page => page.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Only_whoever_is_in_a_queue_may_follow_it()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Joins(queued)).Succeeded();
        await using var page = await OpenPage.Of(ravi, App);

        (await ravi.Post($"/api/queue/{queued.Id}/subscribe", new { connectionId = page.Id })).Refused(404, "queue.not_in_queue");
        (await ravi.Post("/api/queue/987654321/subscribe", new { connectionId = page.Id })).Refused(404, "event.not_found");
        (await App.Nobody.Post($"/api/queue/{queued.Id}/subscribe", new { connectionId = page.Id })).Refused(401, "auth.token_missing");
        await App.RunTimer("QueueTick");

        Assert.Empty(await page.HasHeard());
    }

    [Fact]
    public async Task A_page_that_was_cut_off_subscribes_again_and_finds_the_same_place()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (first, asha) = (await App.NewBuyer(), await App.NewBuyer());
        (await first.Joins(queued)).Succeeded();
        var joined = (await asha.Joins(queued)).Succeeded();
        await App.RunTimer("QueueTick");
        await using (await Waiting(asha, queued))
        {
        }

        await using var instance = await App.StartAnother();
        await using var again = await Waiting(asha.At(instance), queued, instance);
        (await first.Leaves(queued)).Succeeded();
        await again.HearsCallsOf(App);
        await App.RunTimer("QueueTick");

        Assert.Equal(["queueAdmitted", "queueServing"], (await again.HasHeard(App)).Select(heard => heard.Target));
        var place = (await asha.At(instance).Place(queued)).Succeeded();
        Assert.Equal((joined["queueEntryId"].GetString(), 2), (place["queueEntryId"].GetString(), place["queueNumber"].GetInt64()));
    }

    [Fact]
    public async Task Whoever_looks_at_the_seats_sees_them_change_without_asking()
    {
        var staged = await App.AnEvent(rows: 1, seatsPerRow: 4, standing: 5);
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await App.RunTimer("SeatNews");
        await using var page = await OpenPage.Of(ravi, App);
        (await ravi.Post($"/api/events/{staged.Id}/seats/subscribe", new { connectionId = page.Id })).Succeeded();
        await page.IsIn($"seats:{staged.Id}");
        var map = await App.Map(staged.Id);
        var version = map["version"].GetInt64();

        (await asha.Adds(staged.Numbered, staged.Numbered.Seats[..2])).Succeeded();
        await App.RunTimer("SeatNews");
        var change = Assert.Single(await page.HasHeard()).Payload;
        Assert.Equal(
            $$"""{"eventId":{{staged.Id}},"version":{{version + 1}},"seats":[{"id":{{staged.Numbered.Seats[0]}},"status":"locked"},{"id":{{staged.Numbered.Seats[1]}},"status":"locked"}],"categories":[{"id":{{staged.Numbered.CategoryId}},"availableSeats":2}]}""",
            change.GetRawText());

        // A message that is lost is noticed by its number, and asked for.
        (await asha.Adds(staged.Standing, 2)).Succeeded();
        await App.RunTimer("SeatNews");
        var lost = Assert.Single(await page.HasHeard()).Payload;
        (await asha.ClearsCart()).Succeeded();
        await App.RunTimer("SeatNews");
        var next = Assert.Single(await page.HasHeard()).Payload;
        Assert.Equal(version + 3, next.GetProperty("version").GetInt64());
        Assert.Equal(version + 2, lost.GetProperty("version").GetInt64());
        var missed = (await App.Since(staged.Id, version + 1)).Succeeded();
        Assert.Equal((version + 3, false), (missed["version"].GetInt64(), missed["full"].GetBoolean()));
        Assert.Equal(["available", "available"], missed["seats"].EnumerateArray().Select(seat => seat.GetProperty("status").GetString()));
    }

    private async Task<OpenPage> Waiting(Person person, StagedEvent queued, ZoniqApp? instance = null)
    {
        var page = await OpenPage.Of(person, instance ?? App);
        (await person.Post($"/api/queue/{queued.Id}/subscribe", new { connectionId = page.Id })).Succeeded();
        await page.IsIn($"queue:{queued.Id}");
        return page;
    }

    private static async Task<string[]> Targets(OpenPage page) => [.. (await page.HasHeard()).Select(heard => heard.Target).Order(StringComparer.Ordinal)];
}
