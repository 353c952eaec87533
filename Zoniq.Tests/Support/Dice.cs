using System.Collections.Concurrent;
using Xunit.Sdk;

namespace Zoniq.Tests.Support;

/// <summary>
/// A walk of chance through the app, and what happened on it. It begins the same way from the same seed: where it leads also depends on what the app picks at random. Another
/// one with ZONIQ_SEED.
/// </summary>
internal sealed class Dice
{
    private const int Told = 25;

    private readonly ConcurrentQueue<string> steps = new();
    private readonly Random random;
    private readonly string name;

    private Dice(string name, int seed) => (this.name, random) = (name, new Random(seed));

    /// <summary>Of these walks, told apart by their names.</summary>
    public static Dice For(string walk, int number) =>
        new($"ZONIQ_SEED={Seed}, {walk} {number}", (Seed * 31) + (number * 7_919) + walk.Length);

    /// <summary>The same in every run unless it is given.</summary>
    private static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("ZONIQ_SEED"), out var given) ? given : 20_261_127;

    public int Steps => steps.Count;

    /// <summary>From least to most, both included.</summary>
    public int Between(int least, int most) => random.Next(least, most + 1);

    public bool Chance(int percent) => random.Next(100) < percent;

    public T? Pick<T>(IReadOnlyList<T> among) => among.Count == 0 ? default : among[random.Next(among.Count)];

    /// <summary>So many different ones.</summary>
    public T[] Pick<T>(IEnumerable<T> among, int count) => [.. among.OrderBy(_ => random.Next()).Take(count)];

    /// <summary>One of them, each as often as its weight says.</summary>
    public T Weigh<T>(params (int Weight, T Value)[] among)
    {
        var rolled = random.Next(among.Sum(one => one.Weight));
        return among.First(one => (rolled -= one.Weight) < 0).Value;
    }

    public void Note(string step) => steps.Enqueue(step);

    public void Expect<T>(T expected, T actual, string of)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw Wrong($"{of}: expected {expected}, but it is {actual}");
        }
    }

    public XunitException Wrong(string what) => new($"{what}\nin step {Steps} of {name}, after:\n{string.Join('\n', steps.TakeLast(Told))}");
}

internal static class Deadlines
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(30);

    /// <summary>Moves the clock at least so far, and to a moment shortly before and after which nothing ends: then it is certain on which side of it a step is. Returns how far.</summary>
    public static async Task<TimeSpan> AdvancePast(this ZoniqApp app, IEnumerable<DateTimeOffset> deadlines, TimeSpan by)
    {
        DateTimeOffset[] known = [.. deadlines];
        while (Array.Exists(known, deadline => app.Now + by - Before < deadline && deadline < app.Now + by + After))
        {
            by += TimeSpan.FromSeconds(1);
        }

        await app.Advance(by);
        return by;
    }
}
