using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain;
using Zoniq.Functions.Http;
using Zoniq.Functions.Http.OpenApi;

namespace Zoniq.Tests.Http;

/// <summary>What must hold for every function, whoever writes it.</summary>
public sealed class FunctionContractTests
{
    private static readonly IReadOnlyList<FunctionPlan> HttpFunctions = [.. FunctionPlan.All.Where(plan => plan.Trigger is not null)];

    private static readonly IInlineConstraintResolver Constraints =
        new ServiceCollection().AddRouting().AddLogging().BuildServiceProvider().GetRequiredService<IInlineConstraintResolver>();

    [Fact]
    public void There_are_functions() => Assert.True(HttpFunctions.Count > 30);

    [Fact]
    public void Every_answer_is_written_by_generated_code() =>
        Assert.Empty(
            from function in HttpFunctions
            where function.AnswerType != typeof(Document) && !function.AnswerType.IsAssignableTo(typeof(IResult))
            where ZoniqJson.Contexts.All(context => context.GetTypeInfo(function.AnswerType) is null)
            select $"{function.Name}: {function.AnswerType.Name} is in no XJson.cs");

    [Fact]
    public void Every_refusal_a_function_names_is_listed_by_an_area() =>
        Assert.Empty(
            from function in FunctionPlan.All
            from code in function.Refusals
            where !ProblemRegistry.Codes.Contains(code)
            select $"{function.Name}: {code}");

    [Fact]
    public void Codes_of_refusals_are_an_area_and_a_reason() =>
        Assert.All(ProblemRegistry.Codes, code => Assert.Matches("^[a-z_]+\\.[a-z_]+$", code));

    [Fact]
    public void Every_parameter_can_be_bound() =>
        Assert.Empty(
            from function in HttpFunctions
            from parameter in function.Method.GetParameters()
            where !IsBindable(function, parameter)
            select $"{function.Name}: {parameter.Name}");

    [Fact]
    public void No_path_matches_two_functions_of_one_method()
    {
        var overlaps =
            from one in HttpFunctions
            from other in HttpFunctions
            where string.CompareOrdinal(one.Name, other.Name) < 0
            where one.Trigger!.Methods.Intersect(other.Trigger!.Methods, StringComparer.OrdinalIgnoreCase).Any()
            from path in Samples(one).Concat(Samples(other))
            where Matches(one, path) && Matches(other, path)
            select $"{one.Name} and {other.Name} both take {path}";

        Assert.Empty(overlaps);
    }

    [Fact]
    public void Two_routes_that_overlap_would_be_noticed() =>
        Assert.True(Matches("api/events/{id}", "api/events/search") && !Matches("api/events/{id:long}", "api/events/search"));

    private static bool IsBindable(FunctionPlan function, ParameterInfo parameter) =>
        parameter.IsDefined(typeof(HttpTriggerAttribute))
        || parameter.ParameterType == typeof(CancellationToken)
        || parameter.IsDefined(typeof(InputConverterAttribute))
        || parameter.IsDefined(typeof(SignalRConnectionInfoInputAttribute))
        || (parameter.ParameterType == typeof(CurrentUser) ? function.Access is Access.User or Access.Admin : parameter.ParameterType.IsDefined(typeof(InputConverterAttribute)))
        || RoutePatternFactory.Parse(function.Trigger!.Route!).GetParameter(parameter.Name!) is not null;

    /// <summary>Paths the function could be meant by: numbers, words, and the literals that stand beside its parameters elsewhere.</summary>
    private static IEnumerable<string> Samples(FunctionPlan function)
    {
        string[] values = ["1", "a-word", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", .. Literals];
        return RoutePatternFactory.Parse(function.Trigger!.Route!).PathSegments
            .Select(segment => segment.Parts is [RoutePatternLiteralPart literal] ? [literal.Content] : values)
            .Aggregate<IEnumerable<string>, IEnumerable<string>>([""], (paths, parts) => from path in paths from part in parts select $"{path}/{part}")
            .Select(path => path[1..]);
    }

    private static string[] Literals { get; } =
    [
        .. HttpFunctions
            .SelectMany(function => RoutePatternFactory.Parse(function.Trigger!.Route!).PathSegments)
            .SelectMany(segment => segment.Parts.OfType<RoutePatternLiteralPart>())
            .Select(literal => literal.Content)
            .Where(literal => Regex.IsMatch(literal, "^[a-z-]+$"))
            .Distinct(),
    ];

    private static bool Matches(FunctionPlan function, string path) => Matches(function.Trigger!.Route!, path);

    private static bool Matches(string route, string path)
    {
        var template = TemplateParser.Parse(route);
        var values = new RouteValueDictionary();
        return new TemplateMatcher(template, []).TryMatch($"/{path}", values)
            && template.Parameters.All(parameter => parameter.InlineConstraints.All(inline =>
                Constraints.ResolveConstraint(inline.Constraint)!.Match(null, null, parameter.Name!, values, RouteDirection.IncomingRequest)));
    }
}
