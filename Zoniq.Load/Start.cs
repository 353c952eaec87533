using System.Diagnostics;

namespace Zoniq.Load;

/// <summary>Cold starts: each in a process of its own, from its first instruction to its first answers. The disk has been read before; the database is up.</summary>
internal static class Start
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(800);

    public static async Task<IReadOnlyList<ReportRow>> RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await bench.HouseAsync(100, numbered: true);
        Figures[] builds = bench.Options.Published is { } published
            ? [new Figures("as built", null), new Figures("published", published)]
            : [new Figures("as built", null)];
        foreach (var build in builds)
        {
            await OnceAsync(bench, new Figures(build.Name, build.Directory), cancellationToken);
        }

        for (var start = 0; start < bench.Options.Starts; start++)
        {
            foreach (var build in builds)
            {
                await OnceAsync(bench, build, cancellationToken);
            }
        }

        return [.. builds.SelectMany(build => Rows(build, isWhatIsDeployed: build == builds[^1]))];
    }

    private static async Task OnceAsync(Bench bench, Figures figures, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        await using var app = await bench.StartOneAsync(figures.Directory, cancellationToken);
        using var http = new HttpClient { BaseAddress = app.Address };

        await ReadAsync(http, "/api/health/live", cancellationToken);
        figures.UntilAlive.Add(Stopwatch.GetTimestamp() - since);
        await ReadAsync(http, "/api/events", cancellationToken);
        figures.UntilEvents.Add(Stopwatch.GetTimestamp() - since);
        figures.Megabytes.Add(app.Usage.Megabytes);
    }

    private static async Task ReadAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static ReportRow[] Rows(Figures figures, bool isWhatIsDeployed) =>
    [
        new ReportRow($"{figures.Name}: alive", figures.Alive, null)
        {
            IsRate = false,
            Target = isWhatIsDeployed ? $"p50 ≤ {Target.TotalMilliseconds:0} ms" : "",
            IsMet = isWhatIsDeployed ? figures.Alive.Percentile(0.5) <= Target.TotalMilliseconds : null,
            Remark = $"at most {figures.Alive.Percentile(1):0} ms",
        },
        new ReportRow($"{figures.Name}: events", figures.Events, null)
        {
            IsRate = false,
            Remark = $"at most {figures.Events.Percentile(1):0} ms; then {figures.Megabytes.Average():0} MB",
        },
    ];

    private sealed class Figures
    {
        public Figures(string name, string? directory)
        {
            (Name, Directory) = (name, directory);
            (UntilAlive, UntilEvents) = (Alive.NewList(), Events.NewList());
        }

        public string Name { get; }

        /// <summary>Where it was published to; null for the build.</summary>
        public string? Directory { get; }

        public Measurement Alive { get; } = new();

        public Measurement Events { get; } = new();

        public List<long> UntilAlive { get; }

        public List<long> UntilEvents { get; }

        /// <summary>After the first page.</summary>
        public List<double> Megabytes { get; } = [];
    }
}
