using System.Diagnostics;
using System.Reflection;

namespace Zoniq.Load;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="App">Over HTTP.</param>
/// <param name="Limit">The same without it; null where that says nothing.</param>
internal sealed record ReportRow(string Name, Measurement App, Measurement? Limit)
{
    public string Target { get; init; } = "";

    /// <summary>Null without a target.</summary>
    public bool? IsMet { get; init; }

    /// <summary>False where only the times mean something.</summary>
    public bool IsRate { get; init; } = true;

    /// <summary>Sent to the database for each request when nothing is remembered; null where that was not counted.</summary>
    public double? Statements { get; init; }

    /// <summary>What else is worth knowing.</summary>
    public string Remark { get; init; } = "";

    public int Errors => App.Errors.Values.Sum() + (Limit?.Errors.Values.Sum() ?? 0);

    /// <summary>With an error in it nothing is met, however fast it was.</summary>
    public string Verdict => (IsMet, Errors) switch
    {
        (null, 0) => "",
        (_, > 0) => "FAILED, see below",
        (true, _) => "met",
        _ => "MISSED",
    };
}

/// <summary>What was found, for people: Markdown, so that it can be kept.</summary>
internal static class Report
{
    /// <summary>False when something failed or missed its target.</summary>
    public static bool Print(LoadOptions options, string contents, double megabytes, IReadOnlyList<ReportRow> measured)
    {
        var notJudged = WhyNotJudged(options);
        var rows = notJudged is null ? measured : [.. measured.Select(row => row with { IsMet = null })];
        Console.WriteLine();
        Console.WriteLine($"## {options.Scenario}");
        Console.WriteLine();
        Console.WriteLine(
            $"{options.Buyers} at once, {options.Instances} instance(s), {options.Seconds} s, timers {(options.Timers ? "on" : "off")}, "
            + $"webhooks {(options.Webhooks ? "on" : "off")}; scale {options.Scale}, afterwards {contents}; {Machine.Describe()}");
        Console.WriteLine();
        Console.WriteLine($"The limit: {Limit(options)}. The app took {megabytes:0} MB afterwards.{(notJudged is null ? "" : $" No target is judged: {notJudged}.")}");
        Console.WriteLine();
        Console.WriteLine("| | a second | limit | ratio | p50 ms | p95 ms | p99 ms | statements | errors | target | |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---|");

        foreach (var row in rows)
        {
            Console.WriteLine(
                $"| {row.Name.Trim()} | {(row.IsRate ? $"{row.App.PerSecond:#,0.0}" : "")} | {(row.Limit is null ? "" : $"{row.Limit.PerSecond:#,0.0}")} "
                + $"| {(row.Limit is null ? "" : $"{row.App.PerSecond / Math.Max(0.001, row.Limit.PerSecond):0 %}")} "
                + $"| {row.App.Percentile(0.5):0.0} | {row.App.Percentile(0.95):0.0} | {row.App.Percentile(0.99):0.0} | {(row.Statements is { } statements ? $"{statements:0.#}" : "")} | {row.Errors} "
                + $"| {string.Join(": ", new[] { row.Target, row.Verdict }.Where(text => text.Length > 0))} | {row.Remark} |");
        }

        foreach (var (name, error, count) in rows.SelectMany(row => Errors(row.Name, row.App).Concat(row.Limit is null ? [] : Errors($"{row.Name}, limit", row.Limit))))
        {
            Console.WriteLine($"{count} × {error} ({name.Trim()})");
        }

        return rows.All(row => row is { Errors: 0, IsMet: not false });
    }

    /// <summary>False when something is wrong in the database.</summary>
    public static bool PrintAfterwards(Aftermath aftermath)
    {
        Console.WriteLine();
        foreach (var (megabytes, cpu) in aftermath.Apps)
        {
            Console.WriteLine($"app: {megabytes:0} MB, {cpu.TotalSeconds:0.0} s of processor time");
        }

        foreach (var finding in aftermath.Findings)
        {
            Console.WriteLine($"WRONG: {finding.Invariant}: {finding.Detail}");
        }

        Console.WriteLine($"invariants: {(aftermath.Findings.Length == 0 ? "all hold" : "BROKEN")}, looked at in {aftermath.Took.TotalSeconds:0.0} s");
        return aftermath.Findings.Length == 0;
    }

    /// <summary>The targets are about a whole business and about what is deployed; null when both are there.</summary>
    private static string? WhyNotJudged(LoadOptions options) =>
        options.Scenario is "browse" or "admin" && options.Scale < 1 ? "they are for scale 1"
        : typeof(Report).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true ? "this is a Debug build"
        : null;

    private static string Limit(LoadOptions options) => options.Scenario is "browse" or "seatmap" or "admin"
        ? $"the app's own statements straight through Npgsql on {LoadOptions.LimitConnections} connections, or as many as ask at once, without HTTP, objects, JSON and shared readings"
        : $"the same services without HTTP on {LoadOptions.LimitConnections} connections";

    private static IEnumerable<(string Name, string Error, int Count)> Errors(string name, Measurement measurement) =>
        measurement.Errors.Select(error => (name, error.Key, error.Value));
}
