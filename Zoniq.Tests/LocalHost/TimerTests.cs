using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.Tests.LocalHost;

public sealed class TimerTests
{
    [Fact]
    public async Task A_timer_runs_when_asked_with_middleware_around_it_and_its_output_is_sent()
    {
        await using var app = await SampleApp.StartAsync("--no-timers");
        var timers = app.Services.GetRequiredService<TimerRunner>();

        Assert.True(await timers.RunAsync("everyhour"));
        Assert.False(await timers.RunAsync("Nobody"));

        Assert.Equal(["True True 2"], app.Desk.Ticks);
        Assert.Equal(["outer in", "inner after outer", "outer out"], app.Desk.Steps);
        Assert.True(app.Desk.Pushed.TryRead(out var pushed));
        Assert.Equal("tick", Assert.IsType<SignalRMessageAction>(pushed).Target);
        Assert.False(app.Desk.Pushed.TryRead(out _));
    }

    [Fact]
    public async Task A_timer_that_fails_when_asked_for_says_so()
    {
        await using var app = await SampleApp.StartAsync("--no-timers");

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.Services.GetRequiredService<TimerRunner>().RunAsync("EverySecond"));

        Assert.Equal([true], app.Desk.Seconds);
    }

    [Fact]
    public async Task A_timer_fires_on_its_schedule_and_goes_on_after_a_failure()
    {
        await using var app = await SampleApp.StartAsync();

        await app.Desk.Ticked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        for (var waited = 0; waited < 100 && Count() < 2; waited++)
        {
            await Task.Delay(100);
        }

        Assert.True(Count() >= 2);

        int Count()
        {
            lock (app.Desk.Seconds)
            {
                return app.Desk.Seconds.Count;
            }
        }
    }

    [Fact]
    public async Task A_timer_is_tried_again_as_its_attribute_says()
    {
        await using var app = await SampleApp.StartAsync([typeof(FailingFunctions)], _ => { });

        await app.Desk.Ticked.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["0 of 2", "1 of 2", "2 of 2"], app.Desk.Ticks);
    }

    [Theory]
    [InlineData("0 */5 * * * *", "2026-03-01T10:05:00Z", true)]
    [InlineData("*/10 * * * * *", "2026-03-01T10:01:10Z", false)]
    [InlineData("30 0 4 * * *", "2026-03-02T04:00:30Z", true)]
    public void A_schedule_has_six_fields_in_utc_and_only_a_slow_one_keeps_its_status(string schedule, string next, bool isMonitored)
    {
        var parsed = Schedule(schedule);

        Assert.Equal(DateTimeOffset.Parse(next), parsed.Next(new DateTime(2026, 3, 1, 10, 1, 0, DateTimeKind.Utc)));
        Assert.Equal(isMonitored, parsed.IsMonitored);
    }

    [Fact]
    public void A_schedule_that_cannot_be_read_names_its_timer()
    {
        var failure = Assert.Throws<SettingsException>(() => Schedule("*/5 * * * *"));

        Assert.Contains("EveryHour", failure.Message, StringComparison.Ordinal);
    }

    private static TimerSchedule Schedule(string schedule) =>
        new(new FunctionDescriptor { Name = "EveryHour", Kind = FunctionKind.Timer, Method = typeof(SampleFunctions).GetMethod(nameof(SampleFunctions.EveryHour))!, Schedule = schedule });
}
