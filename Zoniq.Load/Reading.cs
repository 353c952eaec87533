namespace Zoniq.Load;

/// <summary>Something people look at, again and again.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Paths">What is asked for, in turn.</param>
internal sealed record Reading(string Name, string[] Paths)
{
    /// <summary>Who is signed in; nobody for what is public.</summary>
    public Buyer? Reader { get; init; }

    /// <summary>What the answer may be compressed with; null for nothing.</summary>
    public string? Encoding { get; init; } = "gzip";

    /// <summary>Those who ask again say what they have.</summary>
    public bool HasItAlready { get; init; }

    /// <summary>Of such a share of what they ask they have it still, or what was measured is something else.</summary>
    public const double LeastUnchanged = 0.95;

    /// <summary>How many ask at once; as many as the run has buyers unless said.</summary>
    public int? AtOnce { get; init; }

    /// <summary>The target, when it is a rate.</summary>
    public double? LeastPerSecond { get; init; }

    /// <summary>The target, when it is a time, within which 95 of 100 must be answered.</summary>
    public double? MostMilliseconds { get; init; }
}

/// <summary>Measures a reading: the app over HTTP, and the same statements without it, in turns.</summary>
internal static class Readings
{
    /// <summary>Of the time asked for, each reading gets this share.</summary>
    private const double Share = 0.25;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>The first reading of a run is the first thing the app is asked, and its code is not compiled yet.</summary>
    private static readonly TimeSpan AppWarmUp = TimeSpan.FromSeconds(8);

    /// <param name="bench">Where.</param>
    /// <param name="reading">What is asked for, and what its limit is.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <param name="ask">How the app is asked, when the paths do not say all; told who asks.</param>
    public static async Task<ReportRow> MeasureAsync(
        Bench bench, Reading reading, CancellationToken cancellationToken, Func<int, Task<HttpReader.Received>>? ask = null)
    {
        Console.Error.WriteLine($"  {reading.Name}…");
        var replay = await bench.ReplayAsync();
        var heard = await replay.RecordAsync(reading, cancellationToken);
        var workers = reading.AtOnce ?? bench.Options.Buyers;
        var connections = Math.Min(reading.AtOnce ?? int.MaxValue, LoadOptions.LimitConnections);
        var (app, limit, size) = (new Measurement(), new Measurement(), new Sizes());
        var next = 0;

        Task AppTurn(TimeSpan time, Measurement into) => Crowd.UntilAsync(
            time, workers, into,
            async worker => size.Add(await (
                ask?.Invoke(worker) ?? bench.Http.GetAsync(reading.Paths[(uint)Interlocked.Increment(ref next) % reading.Paths.Length], reading, cancellationToken))),
            cancellationToken);
        Task LimitTurn(TimeSpan time, Measurement into) => Crowd.UntilAsync(
            time, connections, into, _ => replay.PlayAsync(heard[(uint)Interlocked.Increment(ref next) % heard.Length], cancellationToken), cancellationToken);

        await AppTurn(AppWarmUp, new Measurement());
        if (heard.Length > 0)
        {
            await LimitTurn(WarmUp, new Measurement());
        }

        size.Clear();
        for (var turn = 0; turn < LoadOptions.Turns; turn++)
        {
            await AppTurn(bench.Options.Turn * Share, app);
            if (heard.Length > 0)
            {
                await LimitTurn(bench.Options.Turn * Share, limit);
            }
        }

        return new ReportRow(reading.Name, app, heard.Length > 0 ? limit : null)
        {
            Target = reading.LeastPerSecond is { } least ? $"≥ {least:0}/s" : reading.MostMilliseconds is { } most ? $"p95 ≤ {most:0} ms" : "",
            IsMet = reading.LeastPerSecond is { } rate ? app.PerSecond >= rate && (!reading.HasItAlready || size.Unchanged >= Reading.LeastUnchanged)
                : reading.MostMilliseconds is { } time ? app.Percentile(0.95) <= time
                : null,
            Statements = heard.Length > 0 ? heard.Average(statements => statements.Length) : null,
            Remark = size.ToString(),
        };
    }

    private sealed class Sizes
    {
        private long answers;
        private long bytes;
        private long unchanged;

        public void Add(HttpReader.Received received)
        {
            Interlocked.Increment(ref answers);
            Interlocked.Add(ref bytes, received.Bytes);
            Interlocked.Add(ref unchanged, received.IsUnchanged ? 1 : 0);
        }

        public double Unchanged => answers == 0 ? 0 : (double)unchanged / answers;

        public void Clear() => (answers, bytes, unchanged) = (0, 0, 0);

        public override string ToString() =>
            unchanged > 0 ? $"{Unchanged:0 %} were 304" : $"{bytes / 1024.0 / Math.Max(1, answers):0.0} kB each";
    }
}
