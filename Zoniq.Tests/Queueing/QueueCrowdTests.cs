namespace Zoniq.Tests.Queueing;

/// <summary>Many people, and many instances that let them in.</summary>
public sealed class QueueCrowdTests(ZoniqApp app) : DatabaseTest(app)
{
    private const int Promoters = 8;

    [Fact]
    public async Task Eight_promoters_let_ten_thousand_in_by_their_numbers_and_never_too_many_at_once()
    {
        const int Batch = 500;
        var queued = await App.AnEvent(rows: 0, queue: new(Batch, ProcessingMinutes: 1));
        await App.Crowd(queued, 10_000);
        await using var second = await App.StartAnother();
        await using var third = await App.StartAnother();
        await using var fourth = await App.StartAnother();
        ZoniqApp[] instances = [App, second, third, fourth];
        var served = 0L;

        for (var ticks = 0; served < 10_000; ticks++)
        {
            Assert.True(ticks < 100, $"Only {served} were let in.");
            await Task.WhenAll(instances.Select(instance => instance.TicksAtOnce(Promoters / instances.Length)));

            var (inside, serving, called) = (await App.Rows<(long, long, long)>(
                """
                select (select count(*) from queue_entry where event_id = @Id and status = 'processing'),
                       serving_number,
                       (select count(*) from queue_entry where event_id = @Id and admitted_at is not null)
                from   queue
                where  event_id = @Id
                """,
                new { queued.Id }))[0];
            Assert.InRange(inside, 0, Batch);
            Assert.Equal(serving, called);    // first come, first served: everybody up to that number, and nobody else
            served = serving;

            // Three in ten buy, the others never come.
            await App.Execute("update queue_entry set status = 'completed', ended_at = @now where event_id = @Id and status = 'processing' and number % 10 < 3", new { queued.Id, now = App.Now.UtcDateTime });
            await App.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(0, await App.Value<long>("select count(*) from queue_entry where event_id = @Id and status = 'waiting'", new { queued.Id }));
    }

    [Fact]
    public async Task When_nobody_comes_who_is_called_the_rate_is_still_as_configured()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 20, ProcessingMinutes: 1));
        await App.Crowd(queued, 200);
        await App.Ticks();
        var began = App.Now;

        while (await App.Value<long>("select serving_number from queue where event_id = @Id", new { queued.Id }) < 200)
        {
            await App.Advance(TimeSpan.FromSeconds(5));
            await App.Ticks();
        }

        Assert.InRange((App.Now - began).TotalMinutes, 9 * 0.95, 9 * 1.05);    // nine more batches of twenty, a minute each
    }

    [Fact]
    public async Task Places_never_grow_and_are_never_shared_while_people_come_and_go()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 5));
        await using var another = await App.StartAnother();
        var people = await App.NewBuyers(120);
        var seen = new Dictionary<long, long>();
        var first = await Task.WhenAll(people.Select((person, at) => (at % 2 == 0 ? person : person.At(another)).Joins(queued)));
        Assert.Equal(Enumerable.Range(1, 120).Select(place => (long)place), first.Select(answer => answer.Number("position")!.Value).Order());

        foreach (var (person, answer) in people.Zip(first))
        {
            seen[person.Id] = answer.Number("position")!.Value;
        }

        var leavers = people.Where((_, at) => at % 7 == 0).ToArray();
        var newcomers = await App.NewBuyers(40);
        var coming = Task.WhenAll([.. leavers.Select(person => person.Leaves(queued)), .. newcomers.Select(person => person.At(another).Joins(queued)), .. Enumerable.Range(0, 6).Select(_ => App.RunTimer("QueueTick"))]);
        for (var round = 0; round < 5; round++)
        {
            foreach (var (person, answer) in people.Zip(await Task.WhenAll(people.Select(person => person.Place(queued)))).Where(pair => pair.Second.Status == 200))
            {
                Assert.InRange(answer.Number("position")!.Value, 0, seen[person.Id]);
                seen[person.Id] = answer.Number("position")!.Value;
            }
        }

        await coming;
    }

    [Fact]
    public async Task A_look_costs_the_same_statements_however_many_look_and_a_tick_however_many_wait()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 5));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();
        await App.Ticks();

        await App.Ticks();
        var few = await App.CountStatements(() => App.Ticks());
        await App.Crowd(queued, 2_000);
        await App.Ticks();
        var many = await App.CountStatements(() => App.Ticks());

        Assert.Equal(few, many);
        Assert.True((await App.Ticks()).Count(news => news.EventId == queued.Id) <= 1);
    }
}
