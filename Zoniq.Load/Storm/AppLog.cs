using System.Text.RegularExpressions;

namespace Zoniq.Load.Storm;

/// <summary>Everything the instances write, in a file, and what must not be in it.</summary>
internal sealed partial class AppLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter writer;

    public AppLog()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"zoniq-storm-{Guid.NewGuid():n}.log");
        writer = new StreamWriter(Path);
    }

    public string Path { get; }

    /// <summary>Something was wrong, so it is of use afterwards.</summary>
    public bool IsKept { get; set; } = true;

    /// <summary>From any instance at any time.</summary>
    public void Add(string line)
    {
        lock (gate)
        {
            writer.WriteLine(line);
        }
    }

    /// <summary>How many lines there are, how many of them tell of failures, and which have a secret in them.</summary>
    /// <param name="secrets">Whole texts that must not be in it: keys and passwords.</param>
    /// <param name="tokens">Tokens of people, of transfers; long, without spaces.</param>
    /// <param name="codes">Six digits each.</param>
    /// <param name="addresses">Of all people, in lower case.</param>
    public (long Lines, IReadOnlyDictionary<string, int> Failures, List<string> Secrets) Search(
        string[] secrets, IReadOnlySet<string> tokens, IReadOnlySet<string> codes, IReadOnlySet<string> addresses)
    {
        lock (gate)
        {
            writer.Flush();
        }

        var (lines, failures, found) = (0L, new Dictionary<string, int>(), new List<string>());
        foreach (var line in File.ReadLines(Path))
        {
            lines++;
            if (Failure().Match(line) is { Success: true } failed)
            {
                var kind = Variable().Replace(failed.Groups[1].Value, "…");
                kind = kind[..Math.Min(kind.Length, 160)];
                failures[kind] = failures.GetValueOrDefault(kind) + 1;
            }

            var what = secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)) ? "a key or a password"
                : SignedToken().IsMatch(line) || LongWord().EnumerateMatches(line) is var words && Has(line, words, tokens) ? "a token"
                : TicketCode().IsMatch(line) ? "the code of a ticket"
                : Has(line, SixDigits().EnumerateMatches(line), codes) ? "a code"
                : Has(line.ToLowerInvariant(), Address().EnumerateMatches(line), addresses) ? "an e-mail address"
                : CardNumber().IsMatch(line) ? "the number of a card"
                : null;
            if (what is not null)
            {
                found.Add($"{what}: {line[..Math.Min(line.Length, 300)]}");
            }
        }

        return (lines, failures, found);
    }

    public void Dispose()
    {
        writer.Dispose();
        if (!IsKept)
        {
            File.Delete(Path);
        }
    }

    private static bool Has(string line, Regex.ValueMatchEnumerator matches, IReadOnlySet<string> known)
    {
        foreach (var match in matches)
        {
            if (known.Contains(line.Substring(match.Index, match.Length)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>As the console writes it: the time, the level, the category and the message.</summary>
    [GeneratedRegex(@"^\S+ (?:fail|crit): (.*)$")]
    private static partial Regex Failure();

    [GeneratedRegex(@"[0-9a-f]{16,}|\d+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{10,}\.")]
    private static partial Regex SignedToken();

    [GeneratedRegex(@"[A-Za-z0-9_-]{20,}")]
    private static partial Regex LongWord();

    [GeneratedRegex(@"ZQ1\.[A-Za-z0-9_-]+\.\d+\.\d+\.\d+\.")]
    private static partial Regex TicketCode();

    [GeneratedRegex(@"(?<![\w.:-])\d{6}(?![\w.:-])")]
    private static partial Regex SixDigits();

    [GeneratedRegex(@"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")]
    private static partial Regex CardNumber();
}
