using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Queueing;
using Zoniq.Functions.Timers;

namespace Zoniq.Tests.Queueing;

/// <summary>What the office does with a waiting room, what ends one, and what those who wait are told.</summary>
public sealed class QueueOfficeTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_office_sees_and_sets_a_room_and_the_next_tick_obeys()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 3));
        await App.Crowd(queued, 10);
        await App.Ticks();

        var set = await App.Sets(queued, new { batchSize = 5, processingMinutes = 20 });
        Assert.Equal(
            $$"""{"eventId":{{queued.Id}},"queueEnabled":true,"isPaused":false,"isDraining":false,"batchSize":5,"processingMinutes":20,"waiting":7,"processing":3,"completed":0,"expired":0,"left":0,"servingNumber":3,"ratePerMinute":0.6}""",
            set.Text.Replace("0.60", "0.6", StringComparison.Ordinal));
        await App.Ticks();
        Assert.Equal((5, 5), await Inside(queued));

        await App.Sets(queued, new { batchSize = 2 });    // those who are inside stay
        await App.Ticks();
        Assert.Equal((5, 5), await Inside(queued));
        await App.Advance(TimeSpan.FromMinutes(10));
        await App.Ticks();
        Assert.Equal((2, 5), await Inside(queued));
        await App.Advance(TimeSpan.FromMinutes(10));
        await App.Ticks();
        Assert.Equal((2, 7), await Inside(queued));
    }

    [Fact]
    public async Task What_the_office_does_is_in_the_log_and_nothing_when_nothing_changes()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        var administrator = await App.Administrator();

        await App.Sets(queued, new { isPaused = true });
        await App.Sets(queued, new { isPaused = true });
        (await administrator.Post($"/api/admin/queue/{queued.Id}/drain")).Succeeded();
        (await administrator.Post($"/api/admin/queue/{queued.Id}/drain")).Succeeded();

        var log = await App.Rows<(string, string)>("select action, details::text from admin_log where entity_id = @Id and action like '%queue' order by id", new { queued.Id });
        Assert.Equal(
            [("update_queue", """{"isPaused": {"after": true, "before": false}}"""), ("drain_queue", """{"isDraining": {"after": true, "before": false}}""")],
            log);
    }

    [Fact]
    public async Task The_office_is_refused_what_is_not_there_or_makes_no_sense()
    {
        var administrator = await App.Administrator();
        var plain = await App.AnEvent(rows: 0);
        var queued = await App.AnEvent(rows: 0, queue: new());

        foreach (var (id, status, code) in new[] { (999_999L, 404, "event.not_found"), (plain.Id, 409, "queue.not_enabled") })
        {
            (await administrator.Get($"/api/admin/queue/{id}")).Refused(status, code);
            (await administrator.Patch($"/api/admin/queue/{id}", new { isPaused = true })).Refused(status, code);
            (await administrator.Post($"/api/admin/queue/{id}/drain")).Refused(status, code);
        }

        (await administrator.Patch($"/api/admin/queue/{queued.Id}", new { batchSize = 501 })).RefusedField("batchSize");
        (await administrator.Patch($"/api/admin/queue/{queued.Id}", new { processingMinutes = 0 })).RefusedField("processingMinutes");
    }

    [Fact]
    public async Task A_drained_room_serves_those_who_wait_and_then_switches_itself_off()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 2, ProcessingMinutes: 1));
        var asha = await App.NewBuyer();
        await App.Crowd(queued, 3);
        (await (await App.Administrator()).Post($"/api/admin/queue/{queued.Id}/drain")).Succeeded();

        (await asha.Joins(queued)).Refused(409, "queue.closed");
        await App.Ticks();
        Assert.Equal((2, 2), await Inside(queued));
        (await asha.Adds(queued.Standing)).Refused(403, "queue.not_admitted");
        await App.Advance(TimeSpan.FromMinutes(1));
        await App.Ticks();
        Assert.Equal((1, 3), await Inside(queued));
        await App.Advance(TimeSpan.FromMinutes(1));
        await App.Ticks();

        Assert.False((await App.Status(queued)).Succeeded()["queueEnabled"].GetBoolean());
        (await asha.Joins(queued)).Refused(409, "queue.not_enabled");
        (await asha.Adds(queued.Standing)).Succeeded();
        (await (await App.Administrator()).Patch($"/api/admin/events/{queued.Id}", new { queueEnabled = true })).Succeeded();
        Assert.Equal(4, (await asha.Joins(queued)).Succeeded().Number("position") + (await asha.Place(queued)).Number("servingNumber"));
    }

    [Fact]
    public async Task A_room_that_was_drained_during_a_pause_is_not_paused_when_it_is_used_again()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        var administrator = await App.Administrator();
        await App.Sets(queued, new { isPaused = true });
        (await administrator.Post($"/api/admin/queue/{queued.Id}/drain")).Succeeded();
        await App.Ticks();
        Assert.False((await App.Status(queued)).Succeeded()["queueEnabled"].GetBoolean());

        (await administrator.Patch($"/api/admin/events/{queued.Id}", new { queueEnabled = true })).Succeeded();

        Assert.False((await App.Status(queued)).Succeeded()["isPaused"].GetBoolean());
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("off")]
    [InlineData("block")]
    public async Task Places_end_with_the_event_the_queue_or_the_account(string what)
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var early = await App.AnEvent(rows: 0, queue: new(), opens: TimeSpan.FromHours(1));
        var administrator = await App.Administrator();
        var people = await App.NewBuyers(2);
        foreach (var person in people)
        {
            (await person.Joins(queued)).Succeeded();
            (await person.Joins(early)).Succeeded();
        }

        await App.Ticks();
        foreach (var end in what switch
        {
            "cancel" => new[] { $"/api/admin/events/{queued.Id}/cancel", $"/api/admin/events/{early.Id}/cancel" },
            "block" => [.. people.Select(person => $"/api/admin/users/{person.Id}/block")],
            _ => [],
        })
        {
            (await administrator.Post(end, new { })).Succeeded();
        }

        foreach (var staged in what == "off" ? new[] { queued, early } : [])
        {
            (await administrator.Patch($"/api/admin/events/{staged.Id}", new { queueEnabled = false })).Succeeded();
        }

        var entries = await App.Rows<(string, bool)>("select status, is_entrant from queue_entry where account_id = any(@ids)", new { ids = people.Select(person => person.Id).ToArray() });
        Assert.Equal(4, entries.Length);
        Assert.All(entries, entry => Assert.Equal(("left", false), entry));
    }

    [Fact]
    public async Task A_draft_that_had_a_queue_and_a_scan_of_nothing_can_be_deleted()
    {
        var queued = await App.AnEvent(rows: 0, queue: new());
        var administrator = await App.Administrator();
        (await administrator.Post("/api/tickets/mark-used", new { ticketNumber = "TKT-00000000", eventId = queued.Id })).Refused(404, "ticket.not_found");
        (await (await App.NewBuyer()).Joins(queued)).Succeeded();
        (await administrator.Post($"/api/admin/events/{queued.Id}/cancel", new { })).Succeeded();
        (await administrator.Post($"/api/admin/events/{queued.Id}/reactivate")).Succeeded();

        (await administrator.Delete($"/api/admin/events/{queued.Id}")).Succeeded();

        Assert.Equal(0, await App.Value<long>("select count(*) from queue_entry where event_id = @Id", new { queued.Id }));
    }

    [Fact]
    public async Task Those_who_wait_are_told_once_and_those_who_are_called_in_person()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 2, ProcessingMinutes: 1), opens: TimeSpan.FromMinutes(1));
        var asha = await App.NewBuyer();
        await App.Crowd(queued, 5);
        Assert.DoesNotContain(await App.Ticks(), news => news.EventId == queued.Id);
        await App.Advance(TimeSpan.FromMinutes(1));

        var opening = await Of(queued);
        Assert.Equal(["queueStatus", "queueAdmitted", "queueAdmitted", "queueServing"], opening.Select(news => news.Target));
        var opened = Assert.IsType<QueueStatusChanged>(opening[0].Payload);
        Assert.Equal((null, "waiting", $"http://localhost:3000/events/{queued.Slug}"), (opening[0].AccountId, opened.Status, opened.RedirectUrl));
        var serving = Assert.IsType<QueueServing>(opening[3].Payload);
        Assert.Equal((null, 2, 3), (opening[3].AccountId, serving.ServingNumber, serving.Waiting));
        Assert.Empty(await Of(queued));    // nothing has changed

        (await asha.Joins(queued)).Succeeded();
        Assert.Equal(["queueServing"], (await Of(queued)).Select(news => news.Target));
        await App.Sets(queued, new { isPaused = true });
        Assert.True(Assert.IsType<QueueServing>(Assert.Single(await Of(queued)).Payload).IsPaused);
        await App.Advance(TimeSpan.FromMinutes(1));
        var over = await Of(queued);
        Assert.Equal(["queueStatus", "queueStatus"], over.Select(news => news.Target));
        Assert.All(over, news => Assert.Equal("expired", Assert.IsType<QueueStatusChanged>(news.Payload).Status));
        Assert.Equal(2, over.Select(news => news.AccountId).Distinct().Count());
    }

    [Fact]
    public async Task Messages_say_what_the_API_would_say()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();

        var messages = await new QueueTickTimer(App.Services.GetRequiredService<QueueTick>()).Run(new(), CancellationToken.None);

        var admitted = Assert.Single(messages, message => message.UserId == $"{asha.Id}");
        Assert.Equal("queueAdmitted", admitted.Target);
        Assert.Equal($$"""{"eventId":{{queued.Id}},"expiresAt":"{{(await asha.Place(queued)).Text("expiresAt")}}"}""", $"{Assert.Single(admitted.Arguments!)}");
        var serving = Assert.Single(messages, message => message.GroupName == $"queue:{queued.Id}");
        Assert.StartsWith($$"""{"eventId":{{queued.Id}},"servingNumber":1,"waiting":0,"ratePerMinute":""", $"{Assert.Single(serving.Arguments!)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_room_that_fails_does_not_hold_up_the_others()
    {
        var broken = await App.AnEvent(rows: 0, queue: new());
        var sound = await App.AnEvent(rows: 0, queue: new());
        await App.Crowd(broken, 1);
        await App.Crowd(sound, 1);
        await App.Ticks();
        await App.Crowd(broken, 1);
        await App.Crowd(sound, 1);
        await App.Execute("create function fail() returns trigger language plpgsql as $$ begin raise 'broken'; end $$");
        await App.Execute($"create trigger fail before update on queue_entry for each row when (new.event_id = {broken.Id}) execute function fail()");

        await App.Ticks();
        await App.Execute("drop trigger fail on queue_entry; drop function fail");

        Assert.Equal((1, 1), await Inside(broken));
        Assert.Equal((2, 2), await Inside(sound));
        Assert.Contains(App.Logs, line => line.Text.StartsWith($"The waiting room of event {broken.Id} could not be moved on", StringComparison.Ordinal));
        await App.Ticks();
        Assert.Equal((2, 2), await Inside(broken));
    }

    private async Task<QueueNews[]> Of(StagedEvent queued) => [.. (await App.Ticks()).Where(news => news.EventId == queued.Id)];

    private async Task<(long, long)> Inside(StagedEvent queued)
    {
        var status = (await App.Status(queued)).Succeeded();
        return (status.Number("currentlyProcessing")!.Value, status.Number("servingNumber")!.Value);
    }
}
