using System.Collections.Concurrent;

namespace Zoniq.Domain.Seating;

/// <summary>
/// What was read a moment ago, for lists and maps that may lag a little: those who ask at the same time share one reading.
/// Never for a decision to sell.
/// </summary>
/// <param name="clock">Tells how old a reading is.</param>
/// <param name="life">How old it may be.</param>
/// <param name="read">Reads several at once; what it leaves out does not exist and is not remembered.</param>
public sealed class Recent<T>(TimeProvider clock, TimeSpan life, Func<long[], Task<IReadOnlyDictionary<long, T>>> read)
    where T : class
{
    private readonly ConcurrentDictionary<long, Reading> readings = new();
    private long sweptAt;

    /// <summary>Those of the ids that exist. Somebody who stops waiting does not stop the reading others wait for.</summary>
    public async Task<IReadOnlyDictionary<long, T>> GetAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var mine = new Dictionary<long, Reading>();
        var wanted = new Dictionary<long, Reading>();

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

        var found = new Dictionary<long, T>(wanted.Count);
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
    public async Task<T?> GetAsync(long id, CancellationToken cancellationToken) =>
        (await GetAsync([id], cancellationToken)).GetValueOrDefault(id);

    private Reading Join(long id, DateTimeOffset now, Dictionary<long, Reading> mine)
    {
        while (true)
        {
            if (readings.TryGetValue(id, out var known) && IsFresh(known, now))
            {
                return known;
            }

            var fresh = new Reading(now);
            if (known is null ? readings.TryAdd(id, fresh) : readings.TryUpdate(id, fresh, known))
            {
                mine[id] = fresh;
                return fresh;
            }
        }
    }

    private async Task ReadAsync(Dictionary<long, Reading> mine)
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

    /// <summary>A clock that was moved back makes a reading of the future, which is not fresh either.</summary>
    private bool IsFresh(Reading reading, DateTimeOffset now) => (now - reading.At).Duration() < life;

    private sealed class Reading(DateTimeOffset at)
    {
        public DateTimeOffset At { get; } = at;

        public TaskCompletionSource<T?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
