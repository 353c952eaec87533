using System.Collections.Concurrent;
using System.Diagnostics;

namespace Zoniq.Tests.Support;

/// <summary>Listens to Npgsql and writes down every SQL statement sent to one database.</summary>
public sealed class StatementCounter : IDisposable
{
    private readonly ConcurrentQueue<string> commands = new();
    private readonly ActivityListener listener;

    public StatementCounter(string database)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Write(database, activity),
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>What was sent at once, in the order in which it ended: one round trip each. The commit, which is another, is none.</summary>
    public IReadOnlyList<string> Commands => [.. commands];

    /// <summary>One command may carry several statements: each counts.</summary>
    public static string[] StatementsOf(string command) => command.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => listener.Dispose();

    private void Write(string database, Activity activity)
    {
        var text = Tag(activity, "db.query.text") ?? Tag(activity, "db.statement");
        var where = Tag(activity, "db.namespace") ?? Tag(activity, "db.name");

        if (text is not null && where?.Split('|')[^1] == database && !IsNobodys(text))
        {
            commands.Enqueue(text);
        }
    }

    /// <summary>The app looks at the clock when it wants, and tests look who waits for whom, whatever is asked of the app.</summary>
    private static bool IsNobodys(string text) =>
        text.Contains("zoniq_now()", StringComparison.Ordinal) || text.StartsWith("listen ", StringComparison.Ordinal) || text.Contains("pg_stat_activity", StringComparison.Ordinal);

    private static string? Tag(Activity activity, string name) => activity.GetTagItem(name) as string;
}

internal static class Statements
{
    /// <summary>Without those of mails on their way, which come when they come.</summary>
    public static IEnumerable<string> Foreground(this IEnumerable<string> statements) =>
        statements.Where(statement => !statement.Contains("attempts = ", StringComparison.Ordinal));
}
