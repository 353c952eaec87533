using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>What every use case costs the database stands in statements.txt, and which statements read a whole table in whole-tables.txt: neither grows unnoticed.</summary>
public sealed class StatementTests(UsedApp app) : IClassFixture<UsedApp>
{
    /// <summary>Of a purchase and of calling it off, for one place as for fifty; finding out whose token it is comes before, and is one more.</summary>
    private const int MostOfAPurchase = 8;

    private static readonly string Renew = "ZONIQ_UPDATE_STATEMENTS=1 dotnet test --filter FullyQualifiedName~StatementTests";

    [Fact]
    public async Task A_use_case_costs_the_statements_that_are_written_down()
    {
        var costs = await app.Costs();

        await IsWritten("statements.txt", costs.ToDictionary(cost => cost.ToString(), cost => cost.Sent));
        Assert.Empty(await app.Invariants());
    }

    [Theory]
    [InlineData("adds seats")]
    [InlineData("adds standing places")]
    [InlineData("checks out")]
    [InlineData("calls off a booking")]
    public async Task A_purchase_costs_few_statements_for_fifty_places_as_for_one(string useCase)
    {
        var cost = (await app.Costs()).Single(cost => cost.Name == useCase);

        Assert.True(cost.Statements.Each == 0 && cost.Statements.Fixed <= MostOfAPurchase + 1, $"{cost}\n{cost.Sent}");
    }

    [Fact]
    public async Task Every_statement_of_the_app_finds_its_rows_by_index_unless_it_is_known_not_to()
    {
        await app.Costs();
        WrittenStatement[] statements = [.. WrittenStatements.OfTheDomain().Where(statement => statement.CanBeExplained)];
        await app.Grow(knowsColumns: true);
        var knowing = await new QueryPlans(app).WholeTablesOf(statements);
        await app.Grow(knowsColumns: false);
        var guessing = await new QueryPlans(app).WholeTablesOf(statements);

        var whole = knowing.Zip(guessing, (one, other) => one.Tables.Intersect(other.Tables).Select(table => (Line: $"{one.Statement.Where}: {table}", one.Statement.Sql)));
        await IsWritten(
            "whole-tables.txt",
            whole.SelectMany(found => found).GroupBy(one => one.Line).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => string.Join("\n\n", group.Select(one => one.Sql))),
            mayBeFewer: true);    // every version of the planner finds another way
    }

    /// <summary>Lines as they are in the file, whose remarks (from # to the end) are for people; each with what explains it.</summary>
    private static async Task IsWritten(string name, Dictionary<string, string> lines, bool mayBeFewer = false)
    {
        var file = Path.Combine(Repository.Root, "Zoniq.Tests", "Architecture", name);
        var written = (await File.ReadAllLinesAsync(file)).Select(line => (Line: line, Fact: line.Split('#')[0].TrimEnd())).ToArray();
        if (Environment.GetEnvironmentVariable("ZONIQ_UPDATE_STATEMENTS") == "1")
        {
            var remarks = written.Where(one => one.Fact.Length > 0).ToDictionary(one => one.Fact, one => one.Line);
            await File.WriteAllLinesAsync(file, [.. written.TakeWhile(one => one.Fact.Length == 0).Select(one => one.Line), .. lines.Keys.Select(line => remarks.GetValueOrDefault(line, line))]);
            return;
        }

        var facts = written.Select(one => one.Fact).Where(fact => fact.Length > 0).ToArray();
        var fresh = lines.Where(line => !facts.Contains(line.Key)).Select(line => $"now: {line.Key}\n{line.Value}");
        var stale = facts.Except(lines.Keys).Select(line => $"no more: {line}");
        Assert.True(mayBeFewer ? !lines.Keys.Except(facts).Any() : facts.SequenceEqual(lines.Keys), $"{name} says otherwise. If it is meant: {Renew}\n{string.Join("\n\n", fresh.Concat(stale))}");
    }
}
