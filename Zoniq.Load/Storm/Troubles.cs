using System.Collections.Concurrent;
using System.Diagnostics;

namespace Zoniq.Load.Storm;

/// <summary>What the app stands on, and what can be away.</summary>
internal enum Dependency
{
    Gateway,
    Database,
    Instance,
    Mail,
    Realtime,
    Clock,
}

/// <summary>What was away from when to when: only that excuses an answer.</summary>
internal sealed class Troubles
{
    /// <summary>
    /// How long after its end an outage is still felt. The circuit breaker of the gateway remembers ten seconds and then pauses for five; connections to a database that was
    /// restarted are found to be dead one by one; answers of an instance that was killed may be read a moment later.
    /// </summary>
    private static readonly Dictionary<Dependency, TimeSpan> Aftermaths = new()
    {
        [Dependency.Gateway] = TimeSpan.FromSeconds(15),
        [Dependency.Database] = TimeSpan.FromSeconds(10),
        [Dependency.Instance] = TimeSpan.FromSeconds(2),
        [Dependency.Mail] = TimeSpan.FromSeconds(2),
        [Dependency.Realtime] = TimeSpan.FromSeconds(2),
        [Dependency.Clock] = TimeSpan.FromSeconds(2),
    };

    private readonly ConcurrentBag<Spell> spells = [];

    /// <summary>After the last of them nothing is felt any more.</summary>
    public static TimeSpan LongestAftermath => Aftermaths.Values.Max();

    /// <summary>Until it is disposed of.</summary>
    public IDisposable Begin(Dependency away)
    {
        var spell = new Spell(away);
        spells.Add(spell);
        return spell;
    }

    /// <summary>Whether one of these was away at any moment between the two, which are timestamps of <see cref="Stopwatch"/>.</summary>
    public bool Excuse(long from, long until, params ReadOnlySpan<Dependency> dependencies)
    {
        foreach (var spell in spells)
        {
            if (dependencies.Contains(spell.Away) && spell.Began <= until && spell.IsFeltAt(from))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Spell(Dependency away) : IDisposable
    {
        private long ended = long.MaxValue;

        public Dependency Away => away;

        public long Began { get; } = Stopwatch.GetTimestamp();

        public bool IsFeltAt(long moment) =>
            Interlocked.Read(ref ended) is var end && (end == long.MaxValue || moment <= end + (long)(Aftermaths[away].TotalSeconds * Stopwatch.Frequency));

        public void Dispose() => Interlocked.Exchange(ref ended, Stopwatch.GetTimestamp());
    }
}
