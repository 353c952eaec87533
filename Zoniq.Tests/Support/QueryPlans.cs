using System.Collections.Concurrent;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zoniq.Domain.Storage;

namespace Zoniq.Tests.Support;

/// <summary>Hears what the app asks the database, and has the database explain how it finds the answer.</summary>
public sealed class QueryPlans(ZoniqApp app)
{
    /// <summary>Smaller tables may be read from end to end.</summary>
    private const int SmallTable = 500;

    /// <summary>Even the large tables of a test are so small that reading them whole is often cheapest: what counts is whether there is another way.</summary>
    private const string NoWholeTables = "-c enable_seqscan=off";

    /// <summary>What is not known to be few is joined by building tables in memory; whether each row could be looked up is seen only when that is not allowed.</summary>
    private const string OneByOne = "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off";

    /// <summary>
    /// What is wrong with the way in which the statements of something find their rows: a large table is read from end to end, or more rows of
    /// it are visited than there is reason to. Statements that only read are run for it; of the others the plan is asked.
    /// </summary>
    /// <param name="something">What is done.</param>
    /// <param name="mostRows">So many rows of one table may a statement visit.</param>
    /// <param name="mostCounted">So many, if all it does is to count them.</param>
    public async Task<string> OffencesOf(Func<Task> something, int mostRows, int mostCounted)
    {
        var large = (await app.Rows<string>(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= @SmallTable", new { SmallTable })).ToHashSet();
        var offences = new List<string>();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(app.ConnectionString) { Pooling = false, Options = NoWholeTables }.ConnectionString);

        foreach (var (sql, values) in await Heard(something))
        {
            using var plan = JsonDocument.Parse((await connection.ExecuteScalarAsync<string>($"{(IsRead(sql) ? "explain (analyze, format json)" : "explain (format json)")} {sql}", values))!);
            var visits = new List<Visit>();
            Collect(plan.RootElement[0].GetProperty("Plan"), visits);
            offences.AddRange(visits
                .Where(visit => large.Contains(visit.Table))
                .GroupBy(visit => visit.Table)
                .Where(table => table.Any(visit => visit.IsWhole) || table.Sum(visit => visit.Rows) > (sql.StartsWith("select count(*)", StringComparison.Ordinal) ? mostCounted : mostRows))
                .Select(table => $"{string.Join(", ", table)}\n  in: {sql}"));
        }

        return string.Join("\n", offences);
    }

    /// <summary>
    /// The tables that a statement can only read from end to end, whatever it is asked for; empty when there are none. A walk along an index counts as well, unless it
    /// ends with the first rows that are wanted.
    /// </summary>
    internal async Task<IReadOnlyList<(WrittenStatement Statement, string[] Tables)>> WholeTablesOf(IEnumerable<WrittenStatement> statements)
    {
        var found = new List<(WrittenStatement, string[])>();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(app.ConnectionString) { Pooling = false, Options = $"{NoWholeTables} {OneByOne}" }.ConnectionString);

        foreach (var statement in statements)
        {
            using var plan = JsonDocument.Parse(await Explained(connection, statement));
            var tables = new HashSet<string>();
            CollectWhole(plan.RootElement[0].GetProperty("Plan"), stopsEarly: false, tables);
            found.Add((statement, [.. tables.Order(StringComparer.Ordinal)]));
        }

        return found;
    }

    /// <summary>Not every text is a time or a number, which a statement may want it to be.</summary>
    private static async Task<string> Explained(NpgsqlConnection connection, WrittenStatement statement)
    {
        try
        {
            return (await connection.ExecuteScalarAsync<string>($"explain (format json) {statement.WithValues("'{}'::text")}"))!;
        }
        catch (PostgresException)
        {
            return (await connection.ExecuteScalarAsync<string>($"explain (format json) {statement.WithValues("null::text")}"))!;
        }
    }

    private static void CollectWhole(JsonElement node, bool stopsEarly, HashSet<string> tables)
    {
        var how = node.GetProperty("Node Type").GetString()!;
        if (node.TryGetProperty("Relation Name", out var table) && (how == "Seq Scan" || (how.StartsWith("Index", StringComparison.Ordinal) && !stopsEarly && !node.TryGetProperty("Index Cond", out _))))
        {
            tables.Add(table.GetString()!);
        }

        if (node.TryGetProperty("Plans", out var below))
        {
            foreach (var child in below.EnumerateArray())
            {
                var isFirst = child.GetProperty("Parent Relationship").GetString() is "Outer" or "Subquery" or "Member";
                CollectWhole(child, isFirst && (how == "Limit" || (stopsEarly && how is not ("Sort" or "Aggregate" or "WindowAgg" or "Hash" or "Materialize"))), tables);
            }
        }
    }

    private async Task<(string Sql, object? Values)[]> Heard(Func<Task> something)
    {
        var heard = new ConcurrentQueue<(string Sql, object? Values)>();
        var database = app.Services.GetRequiredService<Database>();
        database.Listener = (sql, values) => heard.Enqueue((sql, values));
        try
        {
            await something();
        }
        finally
        {
            database.Listener = null;
        }

        // One command may carry several statements; the clock is looked at whatever is asked.
        var statements = heard
            .SelectMany(command => command.Sql.Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), (command, sql) => (Sql: sql.TrimEnd(';'), command.Values))
            .Where(sent => !sent.Sql.Contains("zoniq_now()", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(statements);
        return statements;
    }

    private static bool IsRead(string sql) =>
        sql.StartsWith("select", StringComparison.Ordinal)
        || (sql.StartsWith("with", StringComparison.Ordinal) && !new[] { "insert into", "update ", "delete from" }.Any(word => sql.Contains(word, StringComparison.Ordinal)));

    private static void Collect(JsonElement node, List<Visit> visits)
    {
        if (node.TryGetProperty("Relation Name", out var table) && node.GetProperty("Node Type").GetString() is { } how && how != "ModifyTable")
        {
            // A plan that was not run does not tell how many rows it visits: then an index must at least be told where to begin.
            var isWhole = how == "Seq Scan" || (how.StartsWith("Index", StringComparison.Ordinal) && !node.TryGetProperty("Actual Rows", out _) && !node.TryGetProperty("Index Cond", out _));
            visits.Add(new Visit(table.GetString()!, how, isWhole, RowsOf(node)));
        }

        if (node.TryGetProperty("Plans", out var below))
        {
            foreach (var child in below.EnumerateArray())
            {
                Collect(child, visits);
            }
        }
    }

    /// <summary>Those that were looked at, whether or not they were wanted; zero for a plan that was not run.</summary>
    private static double RowsOf(JsonElement node) =>
        Number(node, "Actual Loops") * (Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Index Recheck"));

    private static double Number(JsonElement node, string name) => node.TryGetProperty(name, out var number) ? number.GetDouble() : 0;

    private sealed record Visit(string Table, string How, bool IsWhole, double Rows)
    {
        public override string ToString() => $"{How} of {Table}, {Rows:0} rows";
    }
}
