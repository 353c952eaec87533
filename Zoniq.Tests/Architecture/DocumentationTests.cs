using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>What is written for people speaks of what there is.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Documents = Path.Combine(Repository.Root, "docs");

    [Fact]
    public void Every_link_to_a_file_leads_to_one()
    {
        string[] pages = [Path.Combine(Repository.Root, "README.md"), .. Directory.EnumerateFiles(Documents, "*.md")];
        var links = pages.SelectMany(page => LinksOf(page).Select(link => (Page: page, Link: link))).ToArray();

        Assert.NotEmpty(links);
        links
            .Where(written => !File.Exists(Path.Combine(Path.GetDirectoryName(written.Page)!, written.Link)))
            .Select(written => $"{Path.GetFileName(written.Page)} links to {written.Link}")
            .MustBeNone();
    }

    [Fact]
    public void Every_timer_is_explained()
    {
        var page = File.ReadAllText(Path.Combine(Documents, "architecture.md")).ReplaceLineEndings("\n");
        var explained = TimerRow().Matches(TimerSection().Match(page).Value).Select(row => row.Groups[1].Value).ToArray();

        Assert.Equal(Timers().Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    /// <summary>Those that lead into the repository, without the place on the page; code is not read.</summary>
    private static IEnumerable<string> LinksOf(string page) =>
        Link().Matches(Code().Replace(File.ReadAllText(page), ""))
            .Select(link => link.Groups[1].Value)
            .Where(target => !target.Contains(':'))
            .Select(target => target.Split('#')[0])
            .Where(target => target.Length > 0);

    private static IEnumerable<string> Timers() =>
        from type in typeof(AllowAttribute).Assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        where method.GetParameters().Any(parameter => parameter.IsDefined(typeof(TimerTriggerAttribute)))
        select function.Name;

    /// <summary>A fenced block.</summary>
    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^## Timers\n.*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex TimerSection();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex TimerRow();
}
