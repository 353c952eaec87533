using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Operations;

/// <summary>Every setting is explained in one place, and the code agrees with it.</summary>
public sealed partial class ConfigurationTests
{
    private const string Renew = "ZONIQ_UPDATE_DOCS=1 dotnet test --filter FullyQualifiedName~ConfigurationTests";

    private static readonly IReadOnlyDictionary<string, SettingInCode> Code = ReadCode();

    [Fact]
    public void Every_setting_that_is_read_is_explained_and_every_explained_one_is_read()
    {
        Assert.Equal(Setting.All.Count, Setting.All.DistinctBy(setting => setting.Key).Count());
        Assert.Equal(
            Setting.All.Select(setting => setting.Key).Order(StringComparer.Ordinal),
            Code.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_about_settings_says_what_the_code_does()
    {
        var page = Page();
        var file = Path.Combine(Repository.Root, "docs", "configuration.md");
        if (Environment.GetEnvironmentVariable("ZONIQ_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, page);
        }

        var written = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(page == written, $"docs/configuration.md is stale. Renew it with: {Renew}");
    }

    [Fact]
    public void The_sample_settings_name_every_setting_and_no_other()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.example.json")));

        Assert.Equal(
            Setting.All.Select(setting => setting.Key).Append("FUNCTIONS_WORKER_RUNTIME").Order(StringComparer.Ordinal),
            sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Containers_are_given_settings_that_exist_and_every_variable_they_take_is_in_the_sample()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var sample = File.ReadLines(Path.Combine(Repository.Root, ".env.example")).Where(line => line.Contains('=') && line[0] != '#').Select(line => line[..line.IndexOf('=')]).ToHashSet();
        var app = compose[compose.IndexOf("\n  app:", StringComparison.Ordinal)..];
        var given = AppSetting().Matches(app[app.IndexOf("\n    environment:", StringComparison.Ordinal)..app.IndexOf("\n    depends_on:", StringComparison.Ordinal)])
            .Select(match => match.Groups[1].Value).ToArray();

        Assert.Contains("POSTGRES_HOST", given);
        Assert.Equal(["FUNCTIONS_WORKER_RUNTIME"], given.Except(Setting.All.Select(setting => setting.Key)));
        Assert.Equal(Variable().Matches(compose).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal), sample.Order(StringComparer.Ordinal));
    }

    private static string Page()
    {
        var page = new StringBuilder(
            """
            # Settings

            Environment variables; under `func start` the `Values` of `local.settings.json`, in Azure the settings of the function app. An empty
            value is none. **required** in the third column: with `ENVIRONMENT=PROD` the app does not start without it, or with a value from the
            sample file, and names it. A wrong value stops the app everywhere. *secret*: in Azure it is in the vault, and the setting refers to it.

            This page is written by a test from the code and from `Zoniq.Tests/Operations/Setting.cs`; change those.

            """.ReplaceLineEndings("\n"));

        foreach (var section in Setting.All.GroupBy(setting => setting.Section))
        {
            page.Append($"\n## {section.Key}\n\n| setting | default | production | what it is |\n|---|---|---|---|\n");
            foreach (var setting in section)
            {
                var code = Code.GetValueOrDefault(setting.Key);
                page.Append($"| `{setting.Key}` | {code?.Default} | {code?.Need} | {(setting.IsSecret ? "*secret* " : "")}{setting.Meaning}{code?.Range} |\n");
            }
        }

        page.Append(
            """

            ## Of the local host

            `dotnet run --project Zoniq.Functions` makes up what is missing outside production: a database, secrets in `.zoniq/secrets.json`, the payment
            sandbox, folders for mails and SMS. It also reads `ZONIQ_POSTGRES` (where its own database comes from: `installed`,
            `docker` or `npm`) and, for `-- sandbox`, `ZONIQ_WEBHOOK_URL`. None of these exists in Azure.

            """.ReplaceLineEndings("\n"));
        return page.ToString();
    }

    /// <summary>Where a setting is read in several places, what the strictest and the most telling of them say.</summary>
    private static Dictionary<string, SettingInCode> ReadCode() =>
        new[] { "Zoniq.Domain", "Zoniq.Functions" }.SelectMany(Repository.Sources)
            .SelectMany(Readings)
            .GroupBy(reading => reading.Key)
            .ToDictionary(
                setting => setting.Key,
                setting => new SettingInCode(
                    setting.Select(reading => reading.Code.Default).FirstOrDefault(text => text is not null),
                    setting.Select(reading => reading.Code.Need).OrderBy(need => need is null ? 1 : 0).First(),
                    setting.Select(reading => reading.Code.Range).FirstOrDefault(text => text is not null)));

    private static IEnumerable<(string Key, SettingInCode Code)> Readings(SourceFile file) =>
        from call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>()
        let method = call.Expression switch
        {
            MemberAccessExpressionSyntax member when member.Expression.ToString() == "settings" => member.Name.Identifier.ValueText,
            IdentifierNameSyntax own when file.Path == "Settings.cs" => own.Identifier.ValueText,
            _ => "",
        }
        where method is "Text" or "Required" or "RequiredInProduction" or "Number" or "Flag"
        let key = TextOf(call.ArgumentList.Arguments[0].Expression, file)
        where key is not null && !key.Contains(':')    // the platform's own way to write a part of a setting
        select (key, Describe(method, call, file));

    private static SettingInCode Describe(string method, InvocationExpressionSyntax call, SourceFile file)
    {
        var arguments = call.ArgumentList.Arguments;
        var otherwise = call.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce ? TextOf(coalesce.Right, file) : null;

        return new SettingInCode(
            method switch
            {
                "Number" => $"`{NumberOf(arguments[1].Expression)}`",
                "Flag" when arguments[1].Expression is LiteralExpressionSyntax literal => $"`{literal}`",
                _ => otherwise is null ? null : $"`{otherwise}`",
            },
            method is "RequiredInProduction" ? "required" : null,
            method is "Number" ? $" From {NumberOf(arguments[2].Expression)} to {NumberOf(arguments[3].Expression)}." : null);
    }

    /// <summary>A literal, or a constant of the same file.</summary>
    private static string? TextOf(ExpressionSyntax expression, SourceFile file) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        IdentifierNameSyntax name => file.Syntax.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .Where(field => field.Identifier.ValueText == name.Identifier.ValueText)
            .Select(field => (field.Initializer?.Value as LiteralExpressionSyntax)?.Token.ValueText)
            .FirstOrDefault(),
        _ => null,
    };

    private static int NumberOf(ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression } product => NumberOf(product.Left) * NumberOf(product.Right),
        _ => int.Parse(expression.ToString(), CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^      ([A-Za-z0-9_]+):", RegexOptions.Multiline)]
    private static partial Regex AppSetting();

    [GeneratedRegex(@"\$\{([A-Z0-9_]+)")]
    private static partial Regex Variable();

    private sealed record SettingInCode(string? Default, string? Need, string? Range);
}
