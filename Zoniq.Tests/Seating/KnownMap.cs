using System.Text.Json;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Seating;

/// <summary>A seat map as somebody's page has it: read once, and brought up to date by differences.</summary>
internal sealed class KnownMap
{
    private readonly Dictionary<long, string> seats = [];
    private readonly Dictionary<long, string> categories = [];
    private (long Total, long Available) places;

    private KnownMap()
    {
    }

    public long Version { get; private set; }

    /// <summary>The map as the answer has it.</summary>
    public static KnownMap Of(Answer answer)
    {
        var map = new KnownMap();
        map.Take(answer);
        return map;
    }

    /// <summary>A difference, or the whole again.</summary>
    public KnownMap Take(Answer answer)
    {
        answer.Succeeded();
        if (answer["full"].GetBoolean())
        {
            seats.Clear();
            categories.Clear();
        }

        foreach (var removed in answer["removedSeatIds"].EnumerateArray())
        {
            seats.Remove(removed.GetInt64());
        }

        Put(seats, answer["seats"]);
        Put(categories, answer["categories"]);
        places = (answer["totalSeats"].GetInt64(), answer["availableSeats"].GetInt64());
        Version = answer["version"].GetInt64();
        return this;
    }

    /// <summary>All there is to see but the version, which may grow without a difference.</summary>
    public override string ToString() => string.Join('\n', [.. Lines(categories), .. Lines(seats), $"{places}"]);

    private static IEnumerable<string> Lines(Dictionary<long, string> things) => things.OrderBy(thing => thing.Key).Select(thing => thing.Value);

    private static void Put(Dictionary<long, string> things, JsonElement told)
    {
        foreach (var thing in told.EnumerateArray())
        {
            things[thing.GetProperty("id").GetInt64()] = thing.GetRawText();
        }
    }
}
