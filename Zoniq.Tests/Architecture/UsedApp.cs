using System.Globalization;
using System.Text;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>An app in which every use case has been measured, so that there is something in every table.</summary>
public sealed class UsedApp : ZoniqApp
{
    /// <summary>So many rows in every table, for the planner.</summary>
    private const int Many = 1_000_000;

    private readonly Lazy<Task<IReadOnlyList<Cost>>> costs;

    public UsedApp() => costs = new(Measure);

    /// <summary>What each use case cost.</summary>
    internal Task<IReadOnlyList<Cost>> Costs() => costs.Value;

    /// <summary>
    /// Has the planner believe that every table is large, those that are empty just now as well; but for one that has a handful of rows for ever. What it knows of their columns
    /// is of the handful that is there, and misleads it in one way; when it knows nothing and has to guess, it errs in others.
    /// </summary>
    internal async Task Grow(bool knowsColumns)
    {
        await Execute(knowsColumns
            ? "analyze (verbose false)"
            : "delete from pg_statistic where starelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)");
        await Execute(
            """
            update pg_class
            set    relpages = greatest(pg_relation_size(oid) / 8192, 1),
                   reltuples = @Many
            where  relkind in ('r', 'i')
            and    relnamespace = 'public'::regnamespace
            and    relname not like 'invariant_cursor%'
            """,
            new { Many });
        Assert.Empty(await Rows<string>("select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'invariant_cursor' and pg_relation_size(oid) = 0"));
    }

    private async Task<IReadOnlyList<Cost>> Measure()
    {
        Razorpay.DeliversWebhooks = false;
        foreach (var emptied in new[] { "push", "seat_change", "stock_change" })
        {
            await Execute($"alter table {emptied} set (autovacuum_enabled = off)");    // which would take the last page of an empty table away, now and then
        }

        var measured = new List<Cost>();
        foreach (var useCase in new UseCases(this).All)
        {
            measured.Add(await CostOf(useCase));
        }

        return measured;
    }

    private async Task<Cost> CostOf(UseCase useCase)
    {
        var counted = new List<(int Size, int Statements, int Trips)>();
        var sent = new StringBuilder();

        foreach (var size in useCase.Sizes)
        {
            var step = await useCase.Prepare(size);
            var commands = (await CommandsOf(async () => Assert.InRange((await step()).Status, 200, useCase.IsRefused ? 499 : 299))).Where(command => !IsOfTheHub(command));
            string[] mine = [.. useCase.SendsMailAtOnce ? commands.Foreground() : commands];
            string[] statements = [.. mine.SelectMany(StatementCounter.StatementsOf)];
            counted.Add((size, statements.Length, mine.Length));
            sent.AppendLine(CultureInfo.InvariantCulture, $"  with {size}:").AppendJoin("\n", statements.Take(30).Select(statement => $"    {Start(statement)}")).AppendLine();
        }

        return new Cost(
            useCase.Name,
            useCase.Sizes is [0] ? "" : string.Join(", ", useCase.Sizes),
            Growth.Of([.. counted.Select(count => (count.Size, count.Statements))]),
            Growth.Of([.. counted.Select(count => (count.Size, count.Trips))]),
            sent.ToString());
    }

    /// <summary>The local host tells its other instances what timers have put out; in Azure that is not the database's business.</summary>
    private static bool IsOfTheHub(string command) => command.StartsWith("select   pg_notify", StringComparison.Ordinal) || command.StartsWith("select pg_notify", StringComparison.Ordinal);

    private static string Start(string statement) => string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(12));
}

/// <summary>What a use case cost.</summary>
/// <param name="Name">The use case.</param>
/// <param name="Sizes">With how many of what it is about.</param>
/// <param name="Statements">How many there were.</param>
/// <param name="Trips">In how many round trips.</param>
/// <param name="Sent">How each began.</param>
internal sealed record Cost(string Name, string Sizes, Growth Statements, Growth Trips, string Sent)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name,-56} | {Sizes,-8} | {Statements,-10} | {Trips}").TrimEnd();
}

/// <summary>So many, and so many more for each of what there is; without the latter it does not matter how much there is.</summary>
internal sealed record Growth(int Fixed, decimal Each)
{
    public static Growth Of((int Size, int Count)[] counted)
    {
        var (few, many) = (counted[0], counted[^1]);
        var each = many.Size == few.Size ? 0 : decimal.Round((many.Count - few.Count) / (decimal)(many.Size - few.Size), 2);
        return new Growth((int)decimal.Round(few.Count - (each * few.Size)), each);
    }

    public override string ToString() => Each == 0 ? $"{Fixed}" : string.Create(CultureInfo.InvariantCulture, $"{Fixed} + {Each:0.##} n");
}
