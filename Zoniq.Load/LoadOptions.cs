using System.Globalization;

namespace Zoniq.Load;

/// <summary>What is measured, and for how long.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        dotnet run -c Release --project Zoniq.Load -- SCENARIO [OPTIONS]

          purchase   add, checkout, create-order, pay at the sandbox, verify
          hold       put places into carts: numbered seats spread over a house of 5,000, then standing places of one category
          browse     lists, search and event pages over 20,000 events
          seatmap    maps of 5,000 seats while they are sold: plain, compressed, not modified, only what has changed, and how soon a change is seen
          queue      joining and looking with 1,000 and 500,000 who wait, the tick, and 1,000 connected clients
          admin      dashboard, lists, analytics and CSV over 1,000,000 bookings
          steps      one at a time: add, checkout and cancel with 1 and with 50 seats, 5,000 seats created, tickets drawn
          gate       scan codes, each ticket once, and ask for the manifest of 50,000 tickets
          start      cold starts on a database that is up: until it is alive, until the first page of events, and what it takes in memory
          report     all of these, one after the other
          storm      buyers, queues, promo codes, waiting lists, transfers, gates and refunds on two instances while everything goes wrong: the ten things that
                     must hold, looked at meanwhile and afterwards (200 buyers unless said)
          fuzz       ask everything in every wrong way, from the app's own description
          generate   only fill the database of --data, and check it

          --seconds N     of measuring, for the app and again for the limit, 4 to 600 (20)
          --buyers N      at once, 1 to 1000 (32)
          --instances N   of the app on the one database, 1 to 8 (1)
          --timers        the app's timers run too
          --seed N        of the storm, of the fuzzer (1)
          --requests N    of the fuzzer (20000)
          --starts N      of the app, one after the other, 1 to 100 (10)
          --app DIR       start what was published there as well, in turns with the build
          --webhooks      the sandbox sends its webhooks too
          --scale X       fill the database first: 1 is 20,000 events and 1,000,000 bookings (browse, admin and generate; otherwise 0, empty)
          --data DIR      keep the database there, and use it again for a day when it was filled in the same way

        The exit code is 1 when something failed, missed its target or broke an invariant. Targets are judged at scale 1 and in a Release build only.

        Without --data PostgreSQL is started for the run and thrown away; POSTGRES_CONNECTION names a server to make a scratch database on instead.
        """;

    /// <summary>How often app and limit take turns, because a shared machine has good and bad minutes.</summary>
    public const int Turns = 4;

    /// <summary>In the order of the report: what needs a machine that has just come up first, what needs a whole business last.</summary>
    private static readonly string[] Measured = ["start", "steps", "purchase", "hold", "seatmap", "gate", "queue", "browse", "admin"];

    /// <summary>Connections of the limit.</summary>
    public const int LimitConnections = 32;

    public required string Scenario { get; init; }

    public int Seconds { get; init; } = 20;

    public int Buyers { get; init; } = 32;

    public int Instances { get; init; } = 1;

    public bool Timers { get; init; }

    public bool Webhooks { get; init; }

    /// <summary>How often the app is started.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>Where it was published to; null when only the build is started.</summary>
    public string? Published { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>The fuzzer sends.</summary>
    public int Requests { get; init; } = 20_000;

    /// <summary>How much business there has been before: 1 is all of it, 0 none.</summary>
    public double Scale { get; init; }

    /// <summary>Where the database is kept; null for one that is thrown away.</summary>
    public string? Data { get; init; }

    /// <summary>What is measured, one after the other.</summary>
    public IEnumerable<LoadOptions> Scenarios => Scenario == "report" ? Measured.Select(scenario => For(scenario, this)) : [this];

    /// <summary>Of one turn.</summary>
    public TimeSpan Turn => TimeSpan.FromSeconds((double)Seconds / Turns);

    /// <summary>Null when it cannot be understood.</summary>
    public static LoadOptions? Parse(string[] args)
    {
        if (args is not [var scenario, .. var further] || !(Measured.Contains(scenario) || scenario is "report" or "generate" or "storm" or "fuzz"))
        {
            return null;
        }

        var options = For(scenario, new LoadOptions { Scenario = scenario, Scale = 1 });
        for (var at = 0; at < further.Length; at++)
        {
            int? Number(int least, int most) =>
                ++at < further.Length && int.TryParse(further[at], out var number) && number >= least && number <= most ? number : null;

            double? Fraction() =>
                ++at < further.Length && double.TryParse(further[at], CultureInfo.InvariantCulture, out var fraction) && fraction is >= 0 and <= 1 ? fraction : null;

            LoadOptions? next = further[at] switch
            {
                "--seconds" => Number(4, 600) is { } seconds ? options with { Seconds = seconds } : null,
                "--buyers" => Number(1, 1000) is { } buyers ? options with { Buyers = buyers } : null,
                "--instances" => Number(1, 8) is { } instances ? options with { Instances = instances } : null,
                "--timers" => options with { Timers = true },
                "--scale" => Fraction() is { } scale ? options with { Scale = scale } : null,
                "--data" => ++at < further.Length ? options with { Data = further[at] } : null,
                "--seed" => Number(0, int.MaxValue) is { } seed ? options with { Seed = seed } : null,
                "--requests" when scenario == "fuzz" => Number(1, 100_000_000) is { } requests ? options with { Requests = requests } : null,
                "--starts" when scenario is "start" or "report" => Number(1, 100) is { } starts ? options with { Starts = starts } : null,
                "--app" when scenario is "start" or "report" => ++at < further.Length ? options with { Published = further[at] } : null,
                "--webhooks" => options with { Webhooks = true },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }

    /// <summary>What a scenario needs unless something else is said.</summary>
    private static LoadOptions For(string scenario, LoadOptions options) => options with
    {
        Scenario = scenario,
        Scale = scenario is "browse" or "admin" or "generate" or "report" ? options.Scale : 0,
        Data = scenario is "browse" or "admin" or "report" ? options.Data : null,
        Buyers = scenario == "storm" ? 200 : options.Buyers,
        Timers = options.Timers || scenario == "seatmap",    // one of them numbers what has changed
    };
}
