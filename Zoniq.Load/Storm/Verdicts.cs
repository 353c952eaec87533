namespace Zoniq.Load.Storm;

/// <summary>What must hold, whatever the weather; the numbers are those of the targets.</summary>
internal enum Promise
{
    Stock = 1,
    Shown,
    Money,
    Mails,
    Entries,
    Queue,
    Promo,
    Answers,
    Leftovers,
    Logs,

    /// <summary>What operators watch: not one of the ten, and about most of them.</summary>
    Own,
}

/// <summary>How often each promise was looked at, and where it was not kept.</summary>
internal sealed class Verdicts
{
    private const int MostKept = 20;

    private static readonly Dictionary<Promise, string> Texts = new()
    {
        [Promise.Stock] = "no seat has two live owners; sold + held ≤ capacity, always; when demand exceeds stock, everything is sold",
        [Promise.Shown] = "shown availability = the rows, within two seconds of quiet",
        [Promise.Money] = "every captured payment is one confirmed booking or one full refund; the ledger is the gateway's",
        [Promise.Mails] = "one confirmation mail per booking, with all its tickets; none lost, none twice",
        [Promise.Entries] = "every ticket is admitted at most once, whoever scans it wherever",
        [Promise.Queue] = "queue: unique numbers, at once ≤ batch size, nobody starves, nobody overtakes",
        [Promise.Promo] = "promo use ≤ limit, and per person",
        [Promise.Answers] = "no 5xx but 503 with Retry-After while a dependency is down; nothing hangs",
        [Promise.Leftovers] = "nothing is left behind an hour later",
        [Promise.Logs] = "nothing secret in the logs",
        [Promise.Own] = "everything that the app's own checker knows of",
    };

    private readonly Lock gate = new();
    private readonly Dictionary<Promise, long> checks = Texts.Keys.ToDictionary(promise => promise, _ => 0L);
    private readonly Dictionary<Promise, long> broken = Texts.Keys.ToDictionary(promise => promise, _ => 0L);
    private readonly List<string> details = [];

    public bool AllKept => broken.Values.Sum() == 0;

    /// <summary>What is wrong, as it will be printed.</summary>
    public IReadOnlyList<string> Details => details;

    /// <summary>So many things were looked at.</summary>
    public void Looked(Promise promise, long things = 1)
    {
        lock (gate)
        {
            checks[promise] += things;
        }
    }

    /// <summary>One thing was looked at, and is wrong.</summary>
    public void Broken(Promise promise, string where)
    {
        lock (gate)
        {
            broken[promise]++;
            if (broken[promise] <= MostKept)
            {
                details.Add($"{Name(promise)}: {where}");
            }
        }
    }

    /// <summary>So many things were looked at, of which these are wrong.</summary>
    public void Looked(Promise promise, long things, IEnumerable<string> wrong)
    {
        Looked(promise, things);
        foreach (var where in wrong)
        {
            Broken(promise, where);
        }
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| | what must hold | looked at | violations |");
        Console.WriteLine("|---|---|---:|---:|");
        foreach (var (promise, text) in Texts)
        {
            Console.WriteLine($"| {Name(promise)} | {text} | {checks[promise]:N0} | {broken[promise]:N0} |");
        }

        Console.WriteLine();
        foreach (var detail in details)
        {
            Console.WriteLine($"WRONG: {detail}");
        }

        Console.WriteLine(AllKept ? "everything holds" : $"{broken.Values.Sum():N0} things are WRONG");
    }

    private static string Name(Promise promise) => promise == Promise.Own ? "own" : $"{(int)promise}";
}
