using System.Security.Cryptography;
using System.Text;

namespace Zoniq.Tests.Queueing;

/// <summary>What the contract says of one waiting room, in memory.</summary>
/// <param name="opens">When booking begins; who is there takes part in the draw.</param>
internal sealed class QueueModel(DateTimeOffset opens)
{
    public List<ModelPlace> Places { get; } = [];

    public int BatchSize { get; set; } = 3;

    public int Minutes { get; set; } = 5;

    public bool IsPaused { get; set; }

    public long Serving { get; private set; }

    public bool IsDrawn { get; private set; }

    /// <summary>Somebody has come, or a tick has run, since booking began: from then on numbers are given out at once.</summary>
    public bool IsOpen { get; private set; }

    private long LastNumber { get; set; }

    /// <summary>Everything that happens by itself, and when.</summary>
    public IEnumerable<DateTimeOffset> Deadlines => [opens, .. Places.Where(place => place.Status == "processing").Select(place => place.Expires)];

    public ModelPlace? ActiveOf(int who) => Places.Find(place => place.Who == who && place.IsActive);

    /// <summary>Those with a place that is not over.</summary>
    public int Inside => Places.Count(place => place.Status == "processing");

    public ModelPlace Join(int who, Guid id, DateTimeOffset now)
    {
        Open(now);
        var place = new ModelPlace(who, id, isEntrant: !IsOpen) { Number = IsOpen ? ++LastNumber : null };
        Places.Add(place);
        return place;
    }

    public void Leave(ModelPlace place)
    {
        place.Status = "left";
        place.IsEntrant &= IsOpen;    // who leaves before the draw takes no part in it
    }

    public void Open(DateTimeOffset now)
    {
        if (!IsOpen && opens <= now)
        {
            IsOpen = true;
            LastNumber = Places.Count(place => place.IsEntrant);
        }
    }

    /// <param name="seed">Revealed when the room has opened.</param>
    /// <param name="now">The moment.</param>
    public void Tick(byte[] seed, DateTimeOffset now)
    {
        Open(now);
        if (!IsOpen)
        {
            return;
        }

        if (!IsDrawn)
        {
            IsDrawn = true;
            foreach (var (drawn, number) in Places
                .Where(place => place.IsEntrant)
                .OrderBy(place => Convert.ToHexString(HMACSHA256.HashData(seed, Encoding.UTF8.GetBytes($"{place.Id}"))), StringComparer.Ordinal)
                .Select((place, at) => (place, at + 1)))
            {
                drawn.Number = number;
            }
        }

        foreach (var overdue in Places.Where(place => place.Status == "processing" && place.Expires <= now))
        {
            overdue.Status = "expired";
        }

        if (IsPaused)
        {
            return;
        }

        foreach (var next in Places.Where(place => place.Status == "waiting").OrderBy(place => place.Number).Take(Math.Max(0, BatchSize - Inside)).ToArray())
        {
            next.Status = "processing";
            next.Expires = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset).AddMinutes(Minutes);
            Serving = Math.Max(Serving, next.Number!.Value);
        }
    }
}

internal sealed class ModelPlace(int who, Guid id, bool isEntrant)
{
    public int Who { get; } = who;

    public Guid Id { get; } = id;

    public bool IsEntrant { get; set; } = isEntrant;

    public long? Number { get; set; }

    public string Status { get; set; } = "waiting";

    public DateTimeOffset Expires { get; set; }

    /// <summary>The lowest position that was ever shown.</summary>
    public long LastShown { get; set; } = long.MaxValue;

    public bool IsActive => Status is "waiting" or "processing";
}
