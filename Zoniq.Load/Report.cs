namespace Zoniq.Load;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="App">Over HTTP.</param>
/// <param name="Limit">The same without it; null where that says nothing.</param>
internal sealed record ReportRow(string Name, Measurement App, Measurement? Limit)
{
    public string Target { get; init; } = "";

    public bool? IsMet { get; init; }
}

/// <summary>What was found, for people.</summary>
internal static class Report
{
    public static void Print(LoadOptions options, IReadOnlyList<ReportRow> rows)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{options.Scenario}: {options.Buyers} buyers at once, {options.Instances} instance(s), timers {(options.Timers ? "on" : "off")}, webhooks {(options.Webhooks ? "on" : "off")}, "
            + $"{Environment.ProcessorCount} cores for app, database and load together; limit: the same services without HTTP on {LoadOptions.LimitConnections} connections");
        Console.WriteLine();
        Console.WriteLine($"{"",-22} {"per second",10} {"p50 ms",8} {"p95 ms",8} {"p99 ms",8} {"errors",7} {"limit /s",9} {"ratio",6}  target");

        foreach (var row in rows)
        {
            var measured = row.IsMet is not null;
            Console.WriteLine(
                $"{row.Name,-22} {(measured ? $"{row.App.PerSecond:0.0}" : ""),10} {row.App.Percentile(0.5),8:0.0} {row.App.Percentile(0.95),8:0.0} {row.App.Percentile(0.99),8:0.0} "
                + $"{(measured ? $"{row.App.Errors.Values.Sum()}" : ""),7} {(row.Limit is null ? "" : $"{row.Limit.PerSecond:0.0}"),9} "
                + $"{(row.Limit is null ? "" : $"{row.App.PerSecond / Math.Max(0.001, row.Limit.PerSecond):0 %}"),6}  {row.Target}{(row.IsMet is { } met ? met ? ": met" : ": MISSED" : "")}");
        }

        foreach (var (name, error, count) in rows.SelectMany(row => Errors(row.Name, row.App).Concat(row.Limit is null ? [] : Errors($"{row.Name}, limit", row.Limit))))
        {
            Console.WriteLine($"  {count} × {error} ({name.Trim()})");
        }
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

        Console.WriteLine(aftermath.Findings.Length == 0 ? "invariants: all hold" : "invariants: BROKEN");
        return aftermath.Findings.Length == 0;
    }

    private static IEnumerable<(string Name, string Error, int Count)> Errors(string name, Measurement measurement) =>
        measurement.Errors.Select(error => (name, error.Key, error.Value));
}
