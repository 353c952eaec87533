using Zoniq.Domain.Seating;

namespace Zoniq.Tests.Seating;

public sealed class RecentTests
{
    private readonly HandClock clock = new();
    private readonly List<long[]> readings = [];

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_one_reading()
    {
        var gate = new TaskCompletionSource();
        var recent = ReadingAfter(gate.Task);

        var asked = Enumerable.Range(0, 50).Select(_ => recent.GetAsync(7, CancellationToken.None)).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(asked), value => Assert.Equal("7", value));
        Assert.Single(readings);
    }

    [Fact]
    public async Task A_reading_is_used_until_it_is_too_old_and_only_what_is_missing_is_read()
    {
        var recent = ReadingAfter(Task.CompletedTask);

        await recent.GetAsync([1, 2], CancellationToken.None);
        clock.Now += TimeSpan.FromMilliseconds(999);
        await recent.GetAsync([1, 2, 3], CancellationToken.None);
        clock.Now += TimeSpan.FromMilliseconds(1);
        await recent.GetAsync([1, 2, 3], CancellationToken.None);

        Assert.Equal([[1, 2], [3], [1, 2]], readings);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_remembered()
    {
        var recent = ReadingAfter(Task.CompletedTask);

        Assert.Null(await recent.GetAsync(-1, CancellationToken.None));
        Assert.Null(await recent.GetAsync(-1, CancellationToken.None));

        Assert.Equal(2, readings.Count);
    }

    [Fact]
    public async Task Somebody_who_leaves_does_not_spoil_it_for_the_others()
    {
        var gate = new TaskCompletionSource();
        var recent = ReadingAfter(gate.Task);
        using var leaving = new CancellationTokenSource();

        var first = recent.GetAsync(1, leaving.Token);
        var second = recent.GetAsync(1, CancellationToken.None);
        await leaving.CancelAsync();
        gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("1", await second);
    }

    [Fact]
    public async Task A_reading_that_fails_fails_for_those_who_wait_and_is_tried_again()
    {
        var fails = true;
        var recent = new Recent<string>(clock, TimeSpan.FromSeconds(1), ids =>
            fails ? throw new InvalidOperationException("down") : Task.FromResult<IReadOnlyDictionary<long, string>>(ids.ToDictionary(id => id, id => $"{id}")));

        await Assert.ThrowsAsync<InvalidOperationException>(() => recent.GetAsync(1, CancellationToken.None));
        fails = false;

        Assert.Equal("1", await recent.GetAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task No_more_is_remembered_than_was_agreed_and_what_is_too_old_makes_room()
    {
        var read = new List<string>();
        var recent = new Recent<string, string>(clock, TimeSpan.FromSeconds(1), most: 2, key =>
        {
            read.Add(key);
            return Task.FromResult(key.ToUpperInvariant());
        });

        foreach (var key in new[] { "a", "b", "c", "c", "a", "b" })
        {
            Assert.Equal(key.ToUpperInvariant(), await recent.GetAsync(key, CancellationToken.None));
        }

        clock.Now += TimeSpan.FromSeconds(1);
        await recent.GetAsync("c", CancellationToken.None);
        await recent.GetAsync("c", CancellationToken.None);

        Assert.Equal(["a", "b", "c", "c", "c"], read);
    }

    private Recent<string> ReadingAfter(Task gate) => new(clock, TimeSpan.FromSeconds(1), async ids =>
    {
        readings.Add(ids);
        await gate;
        return ids.Where(id => id > 0).ToDictionary(id => id, id => $"{id}");
    });

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
