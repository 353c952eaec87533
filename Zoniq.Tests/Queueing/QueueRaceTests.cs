using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

/// <summary>What two can do at once at a waiting room. Whoever holds it up is stood in for by a transaction of the test, so that nothing is left to chance.</summary>
public sealed class QueueRaceTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Door = "select from queue_door where event_id = @Id for update";

    [Fact]
    public async Task One_person_in_many_tabs_has_one_place()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        await using var another = await App.StartAnother();
        var asha = await App.NewBuyer();
        (await (await App.NewBuyer()).Joins(queued)).Succeeded();

        var answers = await App.InTurn(Door, new { queued.Id }, [() => asha.Joins(queued), () => asha.At(another).Joins(queued)], async () => await Task.CompletedTask);
        var more = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => (at % 2 == 0 ? asha : asha.At(another)).Joins(queued)));

        Assert.Equal([2L], answers.Concat(more).Select(answer => answer.Succeeded().Number("position")!.Value).Distinct());
        Assert.Equal(2, await App.Value<long>("select last_number from queue_door where event_id = @Id", new { queued.Id }));
    }

    /// <summary>The first to join finds no door to lock, and another instance puts one there before they are through.</summary>
    [Fact]
    public async Task Nobody_comes_in_through_a_door_that_was_made_while_they_stood_before_it()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        var asha = await App.NewBuyer();
        await using var preparing = await InTheMiddle.Of(App, "lock table queue_entry in share mode");    // lets them look, and not come in

        var joining = asha.Joins(queued);
        await preparing.IsWaitedFor();
        await preparing.Does(
            "insert into queue (event_id, seed, committed_at) values (@Id, sha256('here'), @now); insert into queue_door (event_id) values (@Id)",
            new { queued.Id, now = App.Now });
        await preparing.Commits();

        Assert.Equal(1, (await joining).Succeeded().Number("position"));
        Assert.False(await App.Value<bool>("select is_entrant from queue_entry where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Whoever_leaves_in_the_moment_of_being_called_is_not_called_and_nobody_is_passed_over()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var people = await App.NewBuyers(2);
        (await people[0].Joins(queued)).Succeeded();
        (await people[1].Joins(queued)).Succeeded();

        var answers = await App.InTurn(
            "select from queue_entry where account_id = @Id for update", new { people[0].Id }, [() => people[0].Leaves(queued), () => App.RunTimer("QueueTick")]);

        Assert.True(answers[0]["success"].GetBoolean());
        Assert.Equal("left", await App.Value<string>("select status from queue_entry where account_id = @Id", new { people[0].Id }));
        Assert.Equal("processing", (await people[1].Place(queued)).Text("status"));
    }

    [Fact]
    public async Task Somebody_who_only_thinks_of_leaving_is_not_overtaken()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var people = await App.NewBuyers(2);
        (await people[0].Joins(queued)).Succeeded();
        (await people[1].Joins(queued)).Succeeded();
        await using var leaving = await InTheMiddle.Of(App, "update queue_entry set status = 'left', ended_at = joined_at where account_id = @Id", new { people[0].Id });

        var ticking = App.RunTimer("QueueTick");
        await leaving.IsWaitedFor();
        await leaving.GivesUp();
        await ticking;

        Assert.Equal("processing", (await people[0].Place(queued)).Text("status"));
        Assert.Equal(("waiting", 1L, 2L), (await people[1].Place(queued)).Standing());
    }

    [Fact]
    public async Task Whose_time_runs_out_during_checkout_has_either_bought_or_lost_the_turn()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1, ProcessingMinutes: 1));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();
        await App.Ticks();
        (await asha.Adds(queued.Standing)).Succeeded();

        // The tick ends her turn while the checkout, which has seen it running, waits for her entry.
        var place = "select from queue_entry where account_id = @Id for update";
        await using var ending = await InTheMiddle.Of(App, place, new { asha.Id });
        var buying = asha.ChecksOut(queued.Id);
        await ending.IsWaitedFor();
        await ending.Does("update queue_entry set status = 'expired', ended_at = expires_at where account_id = @Id", new { asha.Id });
        await ending.Commits();

        (await buying).Refused(403, "queue.not_admitted");
        Assert.Equal(0, await App.Value<long>("select count(*) from booking where account_id = @Id", new { asha.Id }));
        Assert.Equal("active", (await asha.Cart()).Succeeded().Text("status"));    // nothing of the checkout is kept
    }

    [Fact]
    public async Task A_checkout_that_was_in_time_is_not_ended_by_the_tick()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1, ProcessingMinutes: 1));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();
        await App.Ticks();
        (await asha.Adds(queued.Standing)).Succeeded();

        var answers = await App.InTurn(
            "select from queue_entry where account_id = @Id for update", new { asha.Id },
            [
                () => asha.ChecksOut(queued.Id),
                async () =>
                {
                    await App.Advance(TimeSpan.FromMinutes(1));
                    return await App.RunTimer("QueueTick");
                },
            ]);

        answers[0].Succeeded(201);
        Assert.Equal("completed", await App.Value<string>("select status from queue_entry where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Of_two_checkouts_at_once_one_uses_the_turn()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();
        await App.Ticks();
        (await asha.Adds(queued.Standing)).Succeeded();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => asha.ChecksOut(queued.Id)));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(1, await App.Value<long>("select count(*) from queue_entry where account_id = @Id and status = 'completed'", new { asha.Id }));
    }

    [Fact]
    public async Task Nobody_who_is_being_blocked_gets_a_place()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        var administrator = await App.Administrator();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await ravi.Joins(queued)).Succeeded();
        await using var blocking = await InTheMiddle.Of(App, "update account set is_blocked = true where id = @Id", new { asha.Id });

        var joining = asha.Joins(queued);    // was let through the door of the app before
        await blocking.IsWaitedFor();
        await blocking.Commits();

        (await joining).Refused(403, "auth.account_blocked");
        Assert.Equal(0, await App.Value<long>("select count(*) from queue_entry where account_id = @Id", new { asha.Id }));

        // And the other way round: who is just joining is found by whoever blocks.
        var answers = await App.InTurn(
            Door, new { queued.Id }, [async () => await (await App.NewBuyer("late@example.in")).Joins(queued), async () => await administrator.Post($"/api/admin/users/{await App.Value<long>("select id from account where email = 'late@example.in'")}/block", new { })]);
        answers[0].Succeeded();
        answers[1].Succeeded();
        Assert.Equal("left", await App.Value<string>("select status from queue_entry join account on account.id = account_id where email = 'late@example.in'"));
    }

    [Fact]
    public async Task Nobody_joins_an_event_that_is_being_cancelled_and_whoever_is_just_joining_is_sent_home()
    {
        var (queued, other) = (await App.AnEvent(rows: 0, queue: new()), await App.AnEvent(rows: 0, queue: new()));
        var administrator = await App.Administrator();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await App.Crowd(queued, 3);
        await App.Ticks();

        // Two at a time: whoever is third in line for a row that the first one changes may get it before the second.
        var sentHome = await App.InTurn(Door, new { queued.Id }, [() => asha.Joins(queued), () => administrator.Post($"/api/admin/events/{queued.Id}/cancel", new { })]);
        var refused = await App.InTurn(Door, new { other.Id }, [() => administrator.Post($"/api/admin/events/{other.Id}/cancel", new { }), () => ravi.Joins(other)]);

        Assert.All(sentHome, answer => answer.Succeeded());
        refused[0].Succeeded();
        refused[1].Refused(404, "event.not_found");
        Assert.Equal(
            0, await App.Value<long>("select count(*) from queue_entry where event_id = any(@ids) and status in ('waiting', 'processing')", new { ids = new[] { queued.Id, other.Id } }));
    }

    [Fact]
    public async Task Nobody_joins_a_room_that_is_being_drained_and_whoever_is_just_joining_is_served()
    {
        var (queued, other) = (await App.AnEvent(rows: 0, queue: new()), await App.AnEvent(rows: 0, queue: new()));
        var administrator = await App.Administrator();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await App.Ticks();

        // Two at a time: whoever is third in line for a row that the first one changes may get it before the second.
        var served = await App.InTurn(Door, new { queued.Id }, [() => asha.Joins(queued), () => administrator.Post($"/api/admin/queue/{queued.Id}/drain")]);
        var refused = await App.InTurn(Door, new { other.Id }, [() => administrator.Post($"/api/admin/queue/{other.Id}/drain"), () => ravi.Joins(other)]);
        await App.Ticks();

        Assert.All(served, answer => answer.Succeeded());
        refused[0].Succeeded();
        refused[1].Refused(409, "queue.closed");
        Assert.Equal("processing", (await asha.Place(queued)).Text("status"));
    }

    [Fact]
    public async Task Whoever_joins_while_the_room_opens_has_a_number_and_overtakes_nobody()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 500), opens: TimeSpan.FromMinutes(1));
        await using var another = await App.StartAnother();
        await App.Crowd(queued, 200);
        var people = await App.NewBuyers(60);
        await Task.WhenAll(people[..20].Select(person => person.Joins(queued)));
        await App.Advance(TimeSpan.FromMinutes(1));

        // Two instances open it at once, while people join at both of them and others leave.
        await using (var opening = await InTheMiddle.Of(App, Door, new { queued.Id }))
        {
            Task[] all =
            [
                App.RunTimer("QueueTick"), App.TicksAtOnce(2),
                .. people[20..40].Select(person => person.Joins(queued)), .. people[40..].Select(person => person.At(another).Joins(queued)),
                .. people[..5].Select(person => person.Leaves(queued)),
            ];
            await opening.IsWaitedFor(3);
            await opening.Commits();
            await Task.WhenAll(all);
        }

        await App.Ticks();
        var late = people[20..].Select(person => person.Id).ToArray();
        var entrants = await App.Value<long>("select entrant_count from queue_door where event_id = @Id", new { queued.Id });
        Assert.Equal(0, await App.Value<long>("select count(*) from queue_entry where event_id = @Id and status <> 'left' and number is null", new { queued.Id }));
        Assert.Equal(0, await App.Value<long>("select count(*) from queue_entry where event_id = @Id and account_id = any(@late) and number <= @entrants", new { queued.Id, late, entrants }));
        Assert.Equal(entrants + 40, await App.Value<long>("select max(number) from queue_entry where event_id = @Id", new { queued.Id }));
    }

    [Fact]
    public async Task Whoever_is_just_joining_when_the_room_opens_is_in_the_draw()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), opens: TimeSpan.FromMinutes(1));
        var asha = await App.NewBuyer();
        await App.Nobody.Get($"/api/queue/{queued.Id}/fairness");    // makes the room
        await using var joining = await InTheMiddle.Of(App, Door, new { queued.Id });
        await joining.Does(
            "insert into queue_entry (event_id, account_id, is_entrant, joined_at) values (@Id, @account, true, @now)", new { queued.Id, account = asha.Id, now = App.Now.UtcDateTime });
        await App.Advance(TimeSpan.FromMinutes(1));

        var ticking = App.RunTimer("QueueTick");
        await joining.IsWaitedFor();
        await joining.Commits();
        await ticking;

        Assert.Equal(1, await App.Value<long>("select entrant_count from queue_door where event_id = @Id", new { queued.Id }));
        Assert.Equal(1, await App.Value<long>("select number from queue_entry where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Whoever_is_just_leaving_when_the_room_opens_is_not_in_the_draw()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), opens: TimeSpan.FromMinutes(1));
        var people = await App.NewBuyers(2);
        (await people[0].Joins(queued)).Succeeded();
        (await people[1].Joins(queued)).Succeeded();
        await App.Advance(TimeSpan.FromMinutes(1));

        await App.InTurn(
            "select from queue_entry where account_id = @Id for update", new { people[0].Id }, [() => people[0].Leaves(queued), () => App.RunTimer("QueueTick")]);
        await App.Ticks();

        Assert.Equal(1, await App.Value<long>("select entrant_count from queue_door where event_id = @Id", new { queued.Id }));
        Assert.Equal([null, 1L], await App.Rows<long?>("select number from queue_entry where event_id = @Id order by id", new { queued.Id }));
    }

    [Fact]
    public async Task Whoever_leaves_in_the_moment_of_checkout_has_used_the_turn()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();
        await App.Ticks();
        (await asha.Adds(queued.Standing)).Succeeded();

        var answers = await App.InTurn(
            "select from queue_entry where account_id = @Id for update", new { asha.Id }, [() => asha.ChecksOut(queued.Id), () => asha.Leaves(queued)]);

        answers[0].Succeeded(201);
        Assert.False(answers[1]["success"].GetBoolean());
        Assert.Equal("completed", await App.Value<string>("select status from queue_entry where account_id = @Id", new { asha.Id }));
    }
}
