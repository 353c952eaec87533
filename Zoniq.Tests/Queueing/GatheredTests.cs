using Zoniq.Domain.Storage;

namespace Zoniq.Tests.Queueing;

public sealed class GatheredTests
{
    private readonly List<string> served = [];
    private readonly List<TaskCompletionSource> doors = [];
    private bool isOpen;

    [Fact]
    public async Task Whoever_is_alone_is_served_at_once_and_whoever_comes_meanwhile_goes_together_with_the_next()
    {
        var gathered = Serving(most: 3);

        var first = gathered.AskAsync("jazz", 1, CancellationToken.None);
        var others = Enumerable.Range(2, 4).Select(ask => gathered.AskAsync("jazz", ask, CancellationToken.None)).ToArray();
        var elsewhere = gathered.AskAsync("tabla", 9, CancellationToken.None);
        Assert.Equal(["jazz 1", "tabla 9"], served);
        Open();
        var answers = await Task.WhenAll([first, .. others, elsewhere]);

        Assert.Equal([10, 20, 30, 40, 50, 90], answers);
        Assert.Equal(["jazz 1", "tabla 9", "jazz 2 3 4", "jazz 5"], served);
    }

    [Fact]
    public async Task What_fails_fails_for_those_who_were_served_together_and_for_nobody_else()
    {
        var gathered = Serving(most: 2);

        var first = gathered.AskAsync("jazz", 1, CancellationToken.None);
        var unlucky = new[] { gathered.AskAsync("jazz", 13, CancellationToken.None), gathered.AskAsync("jazz", 3, CancellationToken.None) };
        var next = gathered.AskAsync("jazz", 4, CancellationToken.None);
        Open();
        var answers = await Task.WhenAll(first, next);

        Assert.Equal([10, 40], answers);
        foreach (var one in unlucky)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => one);
        }

        Assert.Equal(50, await gathered.AskAsync("jazz", 5, CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_gives_up_takes_nobody_along_and_is_left_out_if_they_were_not_being_served()
    {
        var gathered = Serving(most: 10);
        using var impatient = new CancellationTokenSource();

        var first = gathered.AskAsync("jazz", 1, impatient.Token);
        var second = gathered.AskAsync("jazz", 2, impatient.Token);
        var third = gathered.AskAsync("jazz", 3, CancellationToken.None);
        await impatient.CancelAsync();
        Open();

        Assert.Equal(30, await third);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(["jazz 1", "jazz 3"], served);
    }

    [Fact]
    public async Task When_all_who_waited_have_given_up_the_next_is_served_as_ever()
    {
        var gathered = Serving(most: 10);
        using var impatient = new CancellationTokenSource();

        var first = gathered.AskAsync("jazz", 1, CancellationToken.None);
        var second = gathered.AskAsync("jazz", 2, impatient.Token);
        await impatient.CancelAsync();
        Open();

        Assert.Equal(10, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(30, await gathered.AskAsync("jazz", 3, CancellationToken.None));
    }

    /// <summary>Answers ten times what was asked, once the doors are open; thirteen is bad luck.</summary>
    private Gathered<string, int, int> Serving(int most) => new(most, async (key, asks) =>
    {
        var door = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (served)
        {
            served.Add($"{key} {string.Join(' ', asks)}");
            if (isOpen)
            {
                door.SetResult();
            }

            doors.Add(door);
        }

        await door.Task;
        return asks.Contains(13) ? throw new InvalidOperationException("Bad luck.") : [.. asks.Select(ask => ask * 10)];
    });

    private void Open()
    {
        lock (served)
        {
            isOpen = true;
            foreach (var door in doors)
            {
                door.TrySetResult();
            }
        }
    }
}
