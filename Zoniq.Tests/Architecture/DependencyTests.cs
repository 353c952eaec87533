using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zoniq.Domain;
using Zoniq.Functions.Http;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>What may know what.</summary>
public sealed partial class DependencyTests
{
    /// <summary>An area may use those it lists and whatever they may use.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Storage"] = [],
        ["Notifications"] = ["Storage"],
        ["Accounts"] = ["Notifications"],
        ["Seating"] = ["Storage"],
        ["Catalogue"] = ["Accounts", "Seating"],
        ["Queueing"] = ["Catalogue"],
        ["Carts"] = ["Queueing"],
        ["Bookings"] = ["Carts"],
        ["Payments"] = ["Tickets"],
        ["Tickets"] = ["Bookings"],
        ["Administration"] = ["Payments"],
    };

    [Fact]
    public void Areas_of_the_domain_depend_on_each_other_one_way()
    {
        var sources = Repository.Sources("Zoniq.Domain");
        var wrong = sources
            .Where(file => file.Area != "")
            .SelectMany(file => AreasIn(file, sources)
                .Where(used => used != file.Area && !Reachable(file.Area).Contains(used))
                .Select(used => $"{file.Path} uses {used}"));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_domain_is_an_area()
    {
        var folders = Repository.Sources("Zoniq.Domain").Select(file => file.Area).Where(area => area != "").Distinct();

        Assert.Empty(folders.Except(MayUse.Keys));
    }

    [Fact]
    public void Functions_and_domain_have_the_same_areas()
    {
        string[] ownFolders = ["Http", "Operations", "Timers", "Realtime"];
        var folders = Repository.Sources("Zoniq.Functions").Select(file => file.Area).Where(area => area != "").Distinct();

        Assert.Empty(folders.Except(ownFolders).Except(MayUse.Keys));
    }

    [Fact]
    public void The_domain_knows_neither_HTTP_nor_Azure_nor_a_host()
    {
        var assemblies = typeof(Money).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Assert.DoesNotContain(assemblies, name =>
            name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.StartsWith("Azure.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Azure", StringComparison.Ordinal)
            || name.StartsWith("Zoniq.", StringComparison.Ordinal));
    }

    [Fact]
    public void Functions_contain_no_SQL()
    {
        var files = Repository.Sources("Zoniq.Functions");

        Assert.DoesNotContain("Dapper", typeof(AllowAttribute).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name));
        // Only what tells an outage from a defect, and the health of the whole, know that there is PostgreSQL.
        Assert.Empty(files.Where(file => Usings(file).Contains("Npgsql") && file.Area is not ("Http" or "Operations")).Select(file => file.Path));
        Assert.Empty(files
            .SelectMany(file => file.Syntax.DescendantTokens()
                .Where(token => IsText(token.Kind()) && Sql().IsMatch(token.ValueText))
                .Select(token => $"{file.Path}: {token.ValueText.Trim()}")));
    }

    [Theory]
    [InlineData("Zoniq.Domain")]
    [InlineData("Zoniq.Functions")]
    public void Nothing_knows_which_host_it_is_compiled_for(string project)
    {
        var files = Repository.Sources(project);

        Assert.Empty(files.Where(file => file.Syntax.DescendantTrivia(descendIntoTrivia: true).Any(trivia => trivia.IsKind(SyntaxKind.IfDirectiveTrivia))).Select(file => file.Path));
        Assert.Empty(files.Where(file => Usings(file).Any(name => name.StartsWith("Zoniq.LocalHost", StringComparison.Ordinal))).Select(file => file.Path));
        Assert.Empty(files.Where(file => file.Syntax.DescendantTokens().Any(token => token.ValueText is "FunctionsHost" or "LocalHost")).Select(file => file.Path));
    }

    [Fact]
    public void Statuses_of_HTTP_appear_in_one_file() =>
        Assert.Equal(
            ["Http/Statuses.cs"],
            Repository.Sources("Zoniq.Functions")
                .Where(file => file.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText is "StatusCodes" or "HttpStatusCode"))
                .Select(file => file.Path));

    [Fact]
    public void Time_comes_from_the_clock_and_enters_SQL_as_a_parameter()
    {
        var files = Repository.Sources("Zoniq.Domain").Where(file => file.Path != "Storage/DatabaseClock.cs").ToArray();

        Assert.Empty(files
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Where(access => access.ToString() is "DateTime.UtcNow" or "DateTime.Now" or "DateTimeOffset.UtcNow" or "DateTimeOffset.Now")
                .Select(access => $"{file.Path}: {access}")));
        Assert.Empty(files
            .Where(file => file.Path != "Storage/Migrator.cs")
            .SelectMany(file => file.Syntax.DescendantTokens()
                .Where(token => IsText(token.Kind()) && DatabaseTime().IsMatch(token.ValueText))
                .Select(token => $"{file.Path}: {token.ValueText.Trim()}")));
    }

    private static HashSet<string> Reachable(string area)
    {
        var reachable = new HashSet<string>();
        var open = new Queue<string>(MayUse[area]);
        while (open.TryDequeue(out var next))
        {
            if (reachable.Add(next))
            {
                foreach (var further in MayUse[next])
                {
                    open.Enqueue(further);
                }
            }
        }

        return reachable;
    }

    /// <summary>Named in a using, or before a dot: <c>Storage.Database</c>.</summary>
    private static IEnumerable<string> AreasIn(SourceFile file, IReadOnlyList<SourceFile> sources)
    {
        var imported = Usings(file)
            .Where(name => name.StartsWith("Zoniq.Domain.", StringComparison.Ordinal))
            .Select(name => name.Split('.')[2]);
        var qualified = file.Syntax.DescendantNodes()
            .Select(node => node switch
            {
                QualifiedNameSyntax name => name.ToString(),
                MemberAccessExpressionSyntax access => access.ToString(),
                _ => "",
            })
            .Select(text => text.StartsWith("Zoniq.Domain.", StringComparison.Ordinal) ? text["Zoniq.Domain.".Length..] : text)
            .Select(text => text.Split('.'))
            .Where(parts => parts.Length > 1 && MayUse.ContainsKey(parts[0]) && sources.Any(other => other.Area == parts[0] && Path.GetFileNameWithoutExtension(other.Path) == parts[1]))
            .Select(parts => parts[0]);

        return imported.Concat(qualified).Distinct();
    }

    private static IEnumerable<string> Usings(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<UsingDirectiveSyntax>().Select(directive => directive.NamespaceOrType.ToString());

    private static bool IsText(SyntaxKind kind) => kind is
        SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken;

    [GeneratedRegex(@"^\s*(select|insert\s+into|update\s+\w+\s+set|delete\s+from|with\s+\w+\s+as)\s", RegexOptions.IgnoreCase)]
    private static partial Regex Sql();

    [GeneratedRegex(@"(?<![\w_])now\(\)|current_timestamp|clock_timestamp\(|statement_timestamp\(|current_date", RegexOptions.IgnoreCase)]
    private static partial Regex DatabaseTime();
}
