using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Zoniq.LocalHost.Hosting;

/// <summary>
/// Runs timer functions, on their schedules or when asked to; each one at a time. Schedules follow this machine's clock, as in Azure;
/// only what the functions do follows the app's.
/// </summary>
public sealed partial class TimerRunner
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Timer> timers;
    private readonly FunctionExecutionDelegate pipeline;
    private readonly TimerLocks locks;
    private readonly ISignalRSink signalR;
    private readonly IServiceScopeFactory scopes;
    private readonly ILogger<TimerRunner> log;

    internal TimerRunner(
        IEnumerable<HostedFunction> functions, FunctionExecutionDelegate pipeline, TimerLocks locks, ISignalRSink signalR, IServiceScopeFactory scopes, ILogger<TimerRunner> log)
    {
        timers = functions
            .Where(function => function.Descriptor.Kind == FunctionKind.Timer)
            .Select(function => new Timer(function))
            .ToDictionary(timer => timer.Name, StringComparer.OrdinalIgnoreCase);
        (this.pipeline, this.locks, this.signalR, this.scopes, this.log) = (pipeline, locks, signalR, scopes, log);
    }

    /// <summary>Runs the timer now, whatever its schedule and whichever instance it belongs to. False when there is no timer of that name; what it throws is thrown.</summary>
    public async Task<bool> RunAsync(string functionName, CancellationToken cancellationToken = default)
    {
        if (!timers.TryGetValue(functionName, out var timer))
        {
            return false;
        }

        await timer.Turn.WaitAsync(cancellationToken);
        try
        {
            await InvokeAsync(timer, isPastDue: false, tries: 0, cancellationToken);
        }
        finally
        {
            timer.Turn.Release();
        }

        return true;
    }

    /// <summary>Follows every schedule until stopped.</summary>
    internal Task FollowSchedulesAsync(CancellationToken stopping) =>
        Task.WhenAll(timers.Values.Select(timer => FollowAsync(timer, stopping)));

    private async Task FollowAsync(Timer timer, CancellationToken stopping)
    {
        try
        {
            if (timer.Schedule.RunsOnStartup)
            {
                await FireAsync(timer, isPastDue: false, stopping);
            }

            while (true)
            {
                var due = timer.Schedule.Next(DateTime.UtcNow);
                await WaitUntilAsync(due, stopping);
                await FireAsync(timer, isPastDue: timer.Schedule.Next(due) <= DateTime.UtcNow, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>A timer that fails is tried again as its attribute says, and in any case when it is due next.</summary>
    private async Task FireAsync(Timer timer, bool isPastDue, CancellationToken stopping)
    {
        if (!await locks.HoldAsync(timer.Name, stopping))
        {
            return;
        }

        await timer.Turn.WaitAsync(stopping);
        try
        {
            for (var tries = 0; !await SucceedsAsync(timer, isPastDue, tries, stopping); tries++)
            {
                if (tries == timer.Schedule.MaxRetries)
                {
                    return;
                }

                await Task.Delay(timer.Schedule.DelayBefore(tries + 1), stopping);
            }
        }
        finally
        {
            timer.Turn.Release();
        }
    }

    private async Task<bool> SucceedsAsync(Timer timer, bool isPastDue, int tries, CancellationToken stopping)
    {
        try
        {
            await InvokeAsync(timer, isPastDue, tries, stopping);
            return true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Failed(log, timer.Name, failure);
            return false;
        }
    }

    private async Task InvokeAsync(Timer timer, bool isPastDue, int tries, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = DateTime.UtcNow;
        var invocation = new Invocation(timer.Function, scope.ServiceProvider, cancellationToken)
        {
            Tries = (tries, timer.Schedule.MaxRetries),
            Timer = new TimerInfo
            {
                IsPastDue = isPastDue,
                ScheduleStatus = timer.Schedule.IsMonitored
                    ? new ScheduleStatus { Last = timer.Last, Next = timer.Schedule.Next(now), LastUpdated = timer.Last }
                    : null,
            },
        };

        await pipeline(invocation);
        timer.Last = now;

        if (timer.Function.Messages(invocation) is { Count: > 0 } messages)
        {
            await signalR.SendAsync(messages, cancellationToken);
        }
    }

    /// <summary>In steps, because a clock may be set and a delay has a longest.</summary>
    private static async Task WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        for (var left = due - DateTime.UtcNow; left > TimeSpan.Zero; left = due - DateTime.UtcNow)
        {
            await Task.Delay(left < LongestWait ? left + TimeSpan.FromMilliseconds(1) : LongestWait, stopping);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer {Timer} failed.")]
    private static partial void Failed(ILogger log, string timer, Exception failure);

    private sealed class Timer(HostedFunction function)
    {
        public HostedFunction Function => function;

        public string Name => function.Descriptor.Name;

        public TimerSchedule Schedule { get; } = new(function.Descriptor);

        public SemaphoreSlim Turn { get; } = new(1);

        public DateTime Last { get; set; }
    }
}
