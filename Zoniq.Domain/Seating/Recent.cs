using System.Collections.Concurrent;

namespace Zoniq.Domain.Seating;

/// <summary>
/// What was read a moment ago, for lists and maps that may lag a little: those who ask at the same time share one reading.
/// Never for a decision to sell.
/// </summary>
/// <param name="clock">Tells how old a reading is.</param>
/// <param name="life">How old it may be.</param>
/// <param name="most">How many are remembered; beyond that everybody reads for himself.</param>
/// <param name="read">Reads several at once; what it leaves out does not exist and is not remembered.</param>
public class Recent<TKey, T>(TimeProvider clock, TimeSpan life, int most, Func<TKey[], Task<IReadOnlyDictionary<TKey, T>>> read)
    where TKey : notnull
    where T : class
{
    private readonly ConcurrentDictionary<TKey, Reading> readings = new();
    private long sweptAt;

    /// <summary>For what is read one at a time and always exists.</summary>
    public Recent(TimeProvider clock, TimeSpan life, int most, Func<TKey, Task<T>> read)
        : this(clock, life, most, async keys =>
        {
            var values = await Task.WhenAll(keys.Select(read));
            return keys.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);
        })
    {
    }

    /// <summary>Those of the ids that exist. Somebody who stops waiting does not stop the reading others wait for.</summary>
    public async Task<IReadOnlyDictionary<TKey, T>> GetAsync(IEnumerable<TKey> ids, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var mine = new Dictionary<TKey, Reading>();
        var wanted = new Dictionary<TKey, Reading>();

        foreach (var id in ids)
        {
            if (!wanted.ContainsKey(id))
            {
                wanted[id] = Join(id, now, mine);
            }
        }

        if (mine.Count > 0)
        {
            Sweep(now);
            _ = ReadAsync(mine);
        }

        var found = new Dictionary<TKey, T>(wanted.Count);
        foreach (var (id, reading) in wanted)
        {
            if (await reading.Answer.Task.WaitAsync(cancellationToken) is { } value)
            {
                found[id] = value;
            }
        }

        return found;
    }

    /// <summary>The one of that id, or null when it does not exist.</summary>
    public async Task<T?> GetAsync(TKey id, CancellationToken cancellationToken) =>
        (await GetAsync([id], cancellationToken)).GetValueOrDefault(id);

    private Reading Join(TKey id, DateTimeOffset now, Dictionary<TKey, Reading> mine)
    {
        while (true)
        {
            if (readings.TryGetValue(id, out var known) && IsFresh(known, now))
            {
                return known;
            }

            var fresh = new Reading(now);
            if (known is null && IsFull(now))
            {
                mine[id] = fresh;
                return fresh;
            }

            if (known is null ? readings.TryAdd(id, fresh) : readings.TryUpdate(id, fresh, known))
            {
                mine[id] = fresh;
                return fresh;
            }
        }
    }

    private async Task ReadAsync(Dictionary<TKey, Reading> mine)
    {
        try
        {
            var values = await read([.. mine.Keys]);
            foreach (var (id, reading) in mine)
            {
                var value = values.GetValueOrDefault(id);
                if (value is null)
                {
                    readings.TryRemove(KeyValuePair.Create(id, reading));
                }

                reading.Answer.TrySetResult(value);
            }
        }
        catch (Exception failure) // whatever it is, those who wait must hear of it
        {
            foreach (var (id, reading) in mine)
            {
                readings.TryRemove(KeyValuePair.Create(id, reading));
                reading.Answer.TrySetException(failure);
                _ = reading.Answer.Task.Exception; // seen, even if nobody waits any more
            }
        }
    }

    /// <summary>Forgets what has become too old, at most once in a life, so that memory holds what was asked for lately and no more.</summary>
    private void Sweep(DateTimeOffset now)
    {
        var last = Volatile.Read(ref sweptAt);
        if (Math.Abs(now.UtcTicks - last) < life.Ticks || Interlocked.CompareExchange(ref sweptAt, now.UtcTicks, last) != last)
        {
            return;
        }

        foreach (var (id, reading) in readings)
        {
            if (!IsFresh(reading, now))
            {
                readings.TryRemove(KeyValuePair.Create(id, reading));
            }
        }
    }

    private bool IsFull(DateTimeOffset now)
    {
        if (most == int.MaxValue || readings.Count < most)
        {
            return false;
        }

        Sweep(now);
        return readings.Count >= most;
    }

    /// <summary>A clock that was moved back makes a reading of the future, which is not fresh either.</summary>
    private bool IsFresh(Reading reading, DateTimeOffset now) => (now - reading.At).Duration() < life;

    private sealed class Reading(DateTimeOffset at)
    {
        public DateTimeOffset At { get; } = at;

        public TaskCompletionSource<T?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The same by id, of things there is only so much of.</summary>
public sealed class Recent<T>(TimeProvider clock, TimeSpan life, Func<long[], Task<IReadOnlyDictionary<long, T>>> read)
    : Recent<long, T>(clock, life, int.MaxValue, read)
    where T : class;
