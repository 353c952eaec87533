using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Architecture;

/// <summary>A function binds, calls and returns.</summary>
public sealed class FunctionShapeTests
{
    private static readonly IReadOnlyList<(string File, MethodDeclarationSyntax Method)> Functions =
    [
        .. Repository.Sources("Zoniq.Functions")
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(method => Attribute(method.AttributeLists, "Function") is not null)
                .Select(method => (file.Path, method))),
    ];

    [Fact]
    public void Every_function_is_one_expression()
    {
        Assert.NotEmpty(Functions);
        Assert.Empty(Functions.Where(function => function.Method.ExpressionBody is null).Select(Describe));
    }

    [Fact]
    public void Names_of_functions_are_unique() =>
        Assert.Empty(Functions.GroupBy(NameOf, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public void Every_route_is_written_whole() =>
        Assert.Empty(Functions
            .Where(function => Trigger(function.Method) is { } trigger && !(Route(trigger)?.StartsWith("api/", StringComparison.Ordinal) ?? false))
            .Select(Describe));

    [Fact]
    public void A_number_in_a_route_says_so()
    {
        // A path segment that is not an id matches no route, rather than failing to bind.
        var wrong =
            from function in Functions
            let route = Trigger(function.Method) is { } trigger ? Route(trigger) : null
            where route is not null
            from parameter in function.Method.ParameterList.Parameters
            where parameter.Type?.ToString() is "long" or "int"
            where !route.Contains($"{{{parameter.Identifier.ValueText}:{parameter.Type}", StringComparison.OrdinalIgnoreCase)
            select $"{Describe(function)}: {parameter.Identifier.ValueText}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_function_has_a_summary() =>
        Assert.Empty(Functions
            .Where(function => Trigger(function.Method) is not null && !function.Method.GetLeadingTrivia().ToFullString().Contains("<summary>", StringComparison.Ordinal))
            .Select(Describe));

    private static string Describe((string File, MethodDeclarationSyntax Method) function) => $"{function.File}: {NameOf(function)}";

    private static string NameOf((string File, MethodDeclarationSyntax Method) function) =>
        Attribute(function.Method.AttributeLists, "Function")?.ArgumentList?.Arguments[0].Expression is LiteralExpressionSyntax name ? name.Token.ValueText : "";

    private static AttributeSyntax? Trigger(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.Select(parameter => Attribute(parameter.AttributeLists, "HttpTrigger")).FirstOrDefault(trigger => trigger is not null);

    private static string? Route(AttributeSyntax trigger) =>
        trigger.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Route")?.Expression is LiteralExpressionSyntax route
            ? route.Token.ValueText
            : null;

    private static AttributeSyntax? Attribute(IEnumerable<AttributeListSyntax> lists, string name) =>
        lists.SelectMany(list => list.Attributes).FirstOrDefault(attribute => attribute.Name.ToString() == name);
}
