using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zoniq.Domain.Queueing;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

/// <summary>Booking is over while people wait; and a room so large that what is done to it takes long.</summary>
public sealed class QueueOverTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly TimeSpan Sale = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task Who_still_waits_when_booking_is_over_is_sent_home_and_told()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1), closes: Sale);
        var (inside, waits) = (await App.NewBuyer(), await App.NewBuyer());
        (await inside.Joins(queued)).Succeeded();
        (await waits.Joins(queued)).Succeeded();
        await App.Ticks();
        await App.Advance(Sale - TimeSpan.FromMinutes(1));
        await App.Ticks();
        Assert.Equal(1, (await App.Status(queued)).Number("totalInQueue"));    // the first one's time ran out, and the second is inside
        (await inside.Joins(queued)).Succeeded();

        await App.Advance(TimeSpan.FromMinutes(2));
        var news = await App.Ticks();

        Assert.Contains(news, told => told is { AccountId: null, Target: "queueStatus", Payload: QueueStatusChanged { Status: "expired" } } && told.EventId == queued.Id);
        (await inside.Place(queued)).Refused(404, "queue.not_in_queue");
        Assert.Equal((true, 1), ((await waits.Place(queued)).Succeeded()["status"].GetString() == "processing", (await App.Status(queued)).Number("totalInQueue")));
        Assert.DoesNotContain(await App.Ticks(), told => told is { AccountId: null, Target: "queueStatus" } && told.EventId == queued.Id);    // said once
        await App.Advance(TimeSpan.FromMinutes(10));
        await App.Ticks();
        Assert.Equal(0, (await App.Status(queued)).Number("totalInQueue"));
        Assert.Equal((0, 3), await Figures(queued));
    }

    [Fact]
    public async Task Who_waited_for_a_draw_that_came_too_late_is_sent_home_as_well()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), opens: TimeSpan.FromHours(1), closes: TimeSpan.FromHours(2));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();

        await App.Advance(TimeSpan.FromHours(3));
        await App.Ticks();

        (await asha.Place(queued)).Refused(404, "queue.not_in_queue");
        Assert.Equal((0, 1), await Figures(queued));
    }

    [Fact]
    public async Task However_many_wait_a_tick_sends_so_many_home_and_the_figures_follow()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), closes: Sale);
        await App.Sets(queued, new { isPaused = true });
        await App.Crowd(queued, QueuePolicy.MostEndedInATick + 7);
        await App.Advance(Sale + TimeSpan.FromMinutes(1));

        await App.TicksAtOnce(2);
        Assert.Equal(7, (await App.Status(queued)).Number("totalInQueue"));
        await App.Ticks();
        Assert.Equal(0, (await App.Status(queued)).Number("totalInQueue"));
        Assert.Equal((0, QueuePolicy.MostEndedInATick + 7), await Figures(queued));
    }

    [Fact]
    public async Task Who_leaves_while_the_others_are_sent_home_has_left()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(), closes: Sale);
        await App.Sets(queued, new { isPaused = true });
        var (leaves, waits) = (await App.NewBuyer(), await App.NewBuyer());
        (await leaves.Joins(queued)).Succeeded();
        (await waits.Joins(queued)).Succeeded();
        await App.Ticks();
        await App.Advance(Sale + TimeSpan.FromMinutes(1));

        await using (var leaving = await InTheMiddle.Of(
            App, "update queue_entry set status = 'left', ended_at = @now where account_id = @Id and event_id = @Event", new { leaves.Id, Event = queued.Id, now = App.Now.UtcDateTime }))
        {
            var tick = App.Ticks();
            await leaving.IsWaitedFor();
            await leaving.Commits();
            await tick;
        }

        Assert.Equal(["left", "expired"], await App.Rows<string>("select status from queue_entry where event_id = @Id order by id", new { queued.Id }));
        Assert.Equal(0, (await App.Status(queued)).Number("totalInQueue"));
    }

    [Fact]
    public async Task A_large_draw_holds_up_no_other_room()
    {
        var large = await App.AnEvent(rows: 0, queue: new(), opens: TimeSpan.FromHours(1));
        var small = await App.AnEvent(rows: 0, queue: new(BatchSize: 1), opens: TimeSpan.FromHours(1));
        await App.Crowd(large, QueuePolicy.MostDrawnInATick + 1);
        var asha = await App.NewBuyer();
        (await asha.Joins(small)).Succeeded();
        await App.Advance(TimeSpan.FromHours(1));

        await App.Ticks();

        Assert.Equal("processing", (await asha.Place(small)).Succeeded()["status"].GetString());
        Assert.Null(await DrawOf(large));
        await Task.WhenAll(App.RunTimer("QueueDraw"), App.Ticks(), App.Services.GetRequiredService<QueueTick>().DrawAsync(CancellationToken.None));
        Assert.NotNull(await DrawOf(large));
        Assert.Equal(QueuePolicy.MostDrawnInATick + 1, await App.Value<long>("select max(number) from queue_entry where event_id = @Id and is_entrant", new { large.Id }));

        await App.Ticks();
        Assert.Equal(50, (await App.Status(large)).Number("currentlyProcessing"));
    }

    [Fact]
    public async Task A_statement_that_may_take_long_is_waited_for_as_long()
    {
        var account = (await App.NewBuyer()).Id;
        const string sql = "select id from account where id = @account for update";
        await using var source = PostgresDataSource.Create(new NpgsqlConnectionStringBuilder(App.ConnectionString) { CommandTimeout = 1 }.ConnectionString);
        var database = new Database(source, new Measures(new Meter(Measures.Name)));
        await using var busy = await InTheMiddle.Of(App, sql, new { account });

        await using var patient = await database.BeginAsync(CancellationToken.None);
        await patient.AllowAsync(QueuePolicy.LongestStatement);
        Assert.Equal("5min", await patient.QuerySingleAsync<string>("select current_setting('statement_timeout')"));
        var waited = patient.QuerySingleAsync<long>(sql, new { account });
        await busy.IsWaitedFor();

        // Somebody with no more than the usual patience comes later and gives up first.
        await using (var usual = await database.BeginAsync(CancellationToken.None))
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => usual.QuerySingleAsync<long>(sql, new { account }));
        }

        Assert.False(waited.IsCompleted);
        await busy.Commits();
        Assert.Equal(account, await waited);
        await patient.CommitAsync();
        await using var next = await database.OpenAsync(CancellationToken.None);
        Assert.Equal("15s", await next.QuerySingleAsync<string>("select current_setting('statement_timeout')"));
    }

    private Task<string?> DrawOf(StagedEvent queued) => App.Value<string?>("select entrants_hash from queue where event_id = @Id", new { queued.Id });

    /// <summary>What the office sees: waiting, and expired.</summary>
    private async Task<(long Waiting, long Expired)> Figures(StagedEvent queued)
    {
        var overview = (await (await App.Administrator()).Get($"/api/admin/queue/{queued.Id}")).Succeeded();
        return (overview.Number("waiting")!.Value, overview.Number("expired")!.Value);
    }
}
