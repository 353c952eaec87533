using System.Collections.Concurrent;
using System.Diagnostics;

namespace Zoniq.Load;

/// <summary>How often something was done, how long it took each time, and what went wrong; several turns add up.</summary>
internal sealed class Measurement
{
    private readonly ConcurrentBag<List<long>> times = [];
    private readonly ConcurrentDictionary<string, int> errors = new();
    private TimeSpan elapsed;

    /// <summary>All that succeeded.</summary>
    public int Count => times.Sum(list => list.Count);

    public double PerSecond => elapsed > TimeSpan.Zero ? Count / elapsed.TotalSeconds : 0;

    public IReadOnlyDictionary<string, int> Errors => errors;

    /// <summary>Milliseconds within which such a share of them was done.</summary>
    public double Percentile(double share)
    {
        var all = times.SelectMany(list => list).Order().ToArray();
        return all.Length == 0 ? 0 : Stopwatch.GetElapsedTime(0, all[Math.Min(all.Length - 1, (int)(all.Length * share))]).TotalMilliseconds;
    }

    public void AddTime(TimeSpan turn) => elapsed += turn;

    /// <summary>Where one worker writes down its times.</summary>
    public List<long> NewList()
    {
        var list = new List<long>(4096);
        times.Add(list);
        return list;
    }

    /// <summary>What went wrong there went wrong here.</summary>
    public void AddErrors(Measurement other)
    {
        foreach (var (error, times) in other.errors)
        {
            errors.AddOrUpdate(error, times, (_, count) => count + times);
        }
    }

    public void AddError(Exception failure) =>
        errors.AddOrUpdate(failure is ShopRefusal ? failure.Message : failure.GetType().Name, 1, (_, count) => count + 1);
}

/// <summary>Many at once, each again and again.</summary>
internal static class Crowd
{
    /// <summary>Everybody does it until the time is over; what was begun is finished and counts. Each is told who they are.</summary>
    public static Task UntilAsync(TimeSpan time, int workers, Measurement measurement, Func<int, Task> once, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        return RunAsync(workers, measurement, worker => Stopwatch.GetElapsedTime(since) < time ? worker : null, once, cancellationToken);
    }

    /// <summary>They share so many tries; each try is told its number.</summary>
    public static Task TimesAsync(int tries, int workers, Measurement measurement, Func<int, Task> once, CancellationToken cancellationToken)
    {
        var last = -1;
        return RunAsync(workers, measurement, _ => Interlocked.Increment(ref last) is var number && number < tries ? number : null, once, cancellationToken);
    }

    private static async Task RunAsync(int workers, Measurement measurement, Func<int, int?> next, Func<int, Task> once, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(
            async () =>
            {
                var times = measurement.NewList();
                while (!cancellationToken.IsCancellationRequested && next(worker) is { } number)
                {
                    var start = Stopwatch.GetTimestamp();
                    try
                    {
                        await once(number);
                        times.Add(Stopwatch.GetTimestamp() - start);
                    }
                    catch (Exception failure) when (
                        failure is ShopRefusal or HttpRequestException or IOException or Npgsql.NpgsqlException
                        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))    // HttpClient waited long enough
                    {
                        measurement.AddError(failure);
                    }
                }
            },
            cancellationToken)));
        measurement.AddTime(Stopwatch.GetElapsedTime(since));
        cancellationToken.ThrowIfCancellationRequested();
    }
}
