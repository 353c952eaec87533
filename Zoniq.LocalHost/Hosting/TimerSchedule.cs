using System.Globalization;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using NCrontab;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Hosting;

/// <summary>When a timer fires, and how it is tried again when it fails.</summary>
internal sealed class TimerSchedule
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly CrontabSchedule schedule;
    private readonly FixedDelayRetryAttribute? steady;
    private readonly ExponentialBackoffRetryAttribute? growing;

    public TimerSchedule(FunctionDescriptor function)
    {
        schedule = CrontabSchedule.TryParse(function.Schedule!, new CrontabSchedule.ParseOptions { IncludingSeconds = true })
            ?? throw new SettingsException($"The timer {function.Name} has a schedule that is not six NCRONTAB fields: {function.Schedule}");
        steady = function.Method.GetCustomAttribute<FixedDelayRetryAttribute>();
        growing = function.Method.GetCustomAttribute<ExponentialBackoffRetryAttribute>();

        var trigger = function.Method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TimerTriggerAttribute>()).First(found => found is not null)!;
        RunsOnStartup = trigger.RunOnStartup;
        IsMonitored = trigger.UseMonitor && !FiresWithinAMinute();
    }

    public bool RunsOnStartup { get; }

    /// <summary>Its status is kept; never for schedules under a minute.</summary>
    public bool IsMonitored { get; }

    /// <summary>Tries after the first; −1 is without end.</summary>
    public int MaxRetries => steady?.MaxRetryCount ?? growing?.MaxRetryCount ?? 0;

    /// <summary>The first time after the given one.</summary>
    public DateTime Next(DateTime utc) => DateTime.SpecifyKind(schedule.GetNextOccurrence(utc), DateTimeKind.Utc);

    /// <summary>How long to wait before the try of this number, 1 being the first after a failure.</summary>
    public TimeSpan DelayBefore(int retry)
    {
        if (steady is not null)
        {
            return TimeSpan.Parse(steady.DelayInterval, CultureInfo.InvariantCulture);
        }

        var (least, most) = (TimeSpan.Parse(growing!.MinimumInterval, CultureInfo.InvariantCulture), TimeSpan.Parse(growing.MaximumInterval, CultureInfo.InvariantCulture));
        var delay = least * Math.Pow(2, Math.Min(retry - 1, 30));
        return delay < most ? delay : most;
    }

    private bool FiresWithinAMinute()
    {
        var at = Next(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        for (var count = 0; count < 10 && at < DateTime.MaxValue; count++)
        {
            var next = Next(at);
            if (next - at < Minute)
            {
                return true;
            }

            at = next;
        }

        return false;
    }
}
