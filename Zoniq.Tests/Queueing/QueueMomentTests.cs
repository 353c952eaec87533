using Zoniq.Domain.Queueing;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Queueing;

/// <summary>What is so in the very moment in which booking begins or ends.</summary>
public sealed class QueueMomentTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly TimeSpan Instant = TimeSpan.FromMicroseconds(1);

    [Fact]
    public async Task The_first_is_called_when_booking_begins_and_not_an_instant_before()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1), opens: TimeSpan.FromHours(1));
        var asha = await App.NewBuyer();
        (await asha.Joins(queued)).Succeeded();
        var begins = await Moment("booking_start_date", queued);

        await App.AtThat<QueueTick>(begins - Instant).TickAsync(CancellationToken.None);
        Assert.Equal("waiting", (await asha.Place(queued)).Text("status"));
        Assert.False((await Status(queued, begins - Instant)).IsQueueActive);
        await App.AtThat<QueueTick>(begins).TickAsync(CancellationToken.None);

        Assert.Equal("processing", (await asha.Place(queued)).Text("status"));
        Assert.True((await Status(queued, begins)).IsQueueActive);
    }

    [Fact]
    public async Task The_room_is_open_in_the_last_moment_of_booking_and_shut_in_the_next()
    {
        var queued = await App.AnEvent(rows: 0, queue: new(BatchSize: 1));
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        var ends = await Moment("booking_end_date", queued);

        var last = await Status(queued, ends);
        Assert.Equal((true, 0), (last.IsQueueActive, last.EstimatedWaitMinutes));
        Assert.Null((await App.AtThat<QueueJoining>(ends).Join(asha.Id, queued.Id, CancellationToken.None)).Problem);
        await App.AtThat<QueueTick>(ends).TickAsync(CancellationToken.None);
        Assert.Equal("processing", (await asha.Place(queued)).Text("status"));

        var over = await Status(queued, ends + Instant);
        Assert.Equal((false, null), (over.IsQueueActive, over.EstimatedWaitMinutes));
        Assert.Equal("event.booking_closed", (await App.AtThat<QueueJoining>(ends + Instant).Join(ravi.Id, queued.Id, CancellationToken.None)).Problem?.Code);
    }

    private async Task<QueueStatus> Status(StagedEvent queued, DateTimeOffset moment) =>
        (await App.AtThat<QueueService>(moment).Status(queued.Id, CancellationToken.None)).Value;

    private async Task<DateTimeOffset> Moment(string column, StagedEvent queued) =>
        (await App.Rows<DateTime>($"select {column} from event where id = @Id", new { queued.Id })).Single();
}
