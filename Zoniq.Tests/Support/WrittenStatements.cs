using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zoniq.Tests.Support;

/// <summary>Every statement that is written in the source of the domain, with the types of its parameters, whether or not a test happens to send it.</summary>
internal static partial class WrittenStatements
{
    private static readonly string[] Senders = ["ExecuteAsync", "QueryAsync", "QuerySingleAsync", "QuerySingleOrDefaultAsync", "QueryMultipleAsync", "StreamAsync"];

    private static readonly string[] Usings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    public static IReadOnlyList<WrittenStatement> OfTheDomain()
    {
        var sources = Repository.Sources("Zoniq.Domain");
        var usings = CSharpSyntaxTree.ParseText(string.Concat(Usings.Select(name => $"global using {name};")), new CSharpParseOptions(LanguageVersion.Preview));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Zoniq.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("domain", [usings, .. sources.Select(source => source.Syntax.SyntaxTree)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. sources.SelectMany(source => StatementsOf(source, compilation.GetSemanticModel(source.Syntax.SyntaxTree)))];
    }

    private static IEnumerable<WrittenStatement> StatementsOf(SourceFile source, SemanticModel model)
    {
        foreach (var call in source.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.Text: var name } || !Senders.Contains(name)
                || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { ContainingType.Name: "Session" or "Database" } || call.ArgumentList.Arguments is not [var sql, ..])
            {
                continue;
            }

            var method = call.Ancestors().OfType<MemberDeclarationSyntax>().First();
            var where = $"{source.Path} {method switch { MethodDeclarationSyntax one => one.Identifier.Text, ConstructorDeclarationSyntax one => one.Identifier.Text, _ => method.Kind().ToString() }}";
            var types = call.ArgumentList.Arguments is [_, var parameters, ..] ? TypesOf(model.GetTypeInfo(parameters.Expression).Type) : [];
            if (model.GetConstantValue(sql.Expression) is not { HasValue: true, Value: string text })
            {
                yield return new WrittenStatement(where, null, types);
                continue;
            }

            foreach (var statement in text.Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                yield return new WrittenStatement(where, statement.TrimEnd(';'), types);
            }
        }
    }

    private static Dictionary<string, string> TypesOf(ITypeSymbol? parameters) =>
        parameters?.GetMembers().OfType<IPropertySymbol>().ToDictionary(property => property.Name, property => TypeOf(property.Type), StringComparer.Ordinal) ?? [];

    /// <summary>As PostgreSQL calls it; empty where it is for the statement to say.</summary>
    private static string TypeOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } => "bytea",
        IArrayTypeSymbol array => TypeOf(array.ElementType) is { Length: > 0 } element ? $"{element}[]" : "",
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var value] } => TypeOf(value),
        _ => type.Name switch
        {
            "Int64" or "Money" => "bigint",
            "Int32" => "integer",
            "Boolean" => "boolean",
            "Decimal" => "numeric",
            "String" => "text",
            "DateTimeOffset" or "DateTime" => "timestamptz",
            "DateOnly" => "date",
            "TimeSpan" => "interval",
            "Guid" => "uuid",
            _ => "",
        },
    };

    [GeneratedRegex(@"@(?<name>[A-Za-z]\w*)")]
    internal static partial Regex Parameters();
}

/// <param name="Where">File and method.</param>
/// <param name="Sql">One statement; null when it is put together while the app runs.</param>
/// <param name="Types">Of its parameters.</param>
internal sealed record WrittenStatement(string Where, string? Sql, IReadOnlyDictionary<string, string> Types)
{
    private static readonly string[] Beginnings = ["select", "with", "insert", "update", "delete"];

    /// <summary>Settings and the like have no plan.</summary>
    public bool CanBeExplained => Sql is not null && Beginnings.Any(word => Sql.StartsWith(word, StringComparison.Ordinal));

    /// <summary>With any values in the place of its parameters.</summary>
    public string WithValues(string text) => WrittenStatements.Parameters().Replace(Sql!, parameter => Types.GetValueOrDefault(parameter.Groups["name"].Value) switch
    {
        null or "" => "null",
        "text" => text,
        "boolean" => "true",
        "timestamptz" => "'2031-01-01Z'::timestamptz",
        "date" => "'2031-01-01'::date",
        "interval" => "'1 hour'::interval",
        "uuid" => "'00000000-0000-0000-0000-000000000001'::uuid",
        "bytea" => "'\\x00'::bytea",
        var array when array.EndsWith("[]", StringComparison.Ordinal) => $"array[null, null]::{array}",
        var number => $"(7)::{number}",
    });
}
