namespace Zoniq.Tests.Support;

/// <summary>What the database holds, to see that something changed nothing.</summary>
public sealed class Contents
{
    private readonly Dictionary<string, string> tables;

    private Contents(Dictionary<string, string> tables) => this.tables = tables;

    /// <summary>Every table in a line: how many rows, and a sum over all they hold. Counters of requests are no content, nor is which changes a gate has been told of.</summary>
    public static async Task<Contents> Of(ZoniqApp app)
    {
        var names = await app.Rows<string>(
            """
            select table_name
            from   information_schema.tables
            where  table_schema = 'public'
            and    table_type = 'BASE TABLE'
            and    table_name !~ '^(schema_migration|rate_|ticket_change$|ticket_version$|gate_manifest$)'
            order by table_name
            """);
        var sums = await app.Rows<string>(string.Join("\nunion all\n", names.Select(name =>
            $"select '{name} ' || count(*) || ' ' || coalesce(sum(hashtextextended(one::text, 0)::numeric), 0) from {name} as one")));
        return new Contents(sums.ToDictionary(sum => sum.Split(' ')[0], StringComparer.Ordinal));
    }

    /// <summary>The tables that are not as they were.</summary>
    public IEnumerable<string> ChangedSince(Contents before) =>
        tables.Where(table => !before.tables.TryGetValue(table.Key, out var was) || was != table.Value).Select(table => $"{table.Key} changed");
}
