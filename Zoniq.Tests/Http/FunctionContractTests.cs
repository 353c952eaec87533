using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Zoniq.Domain;
using Zoniq.Functions.Http;
using Zoniq.Functions.Http.OpenApi;

namespace Zoniq.Tests.Http;

/// <summary>What must hold for every function, whoever writes it.</summary>
public sealed class FunctionContractTests
{
    private static readonly IReadOnlyList<FunctionPlan> HttpFunctions = [.. FunctionPlan.All.Where(plan => plan.Trigger is not null)];

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

    private static bool IsBindable(FunctionPlan function, ParameterInfo parameter) =>
        parameter.IsDefined(typeof(HttpTriggerAttribute))
        || parameter.ParameterType == typeof(CancellationToken)
        || parameter.IsDefined(typeof(InputConverterAttribute))
        || parameter.IsDefined(typeof(SignalRConnectionInfoInputAttribute))
        || (parameter.ParameterType == typeof(CurrentUser) ? function.Access is Access.User or Access.Admin : parameter.ParameterType.IsDefined(typeof(InputConverterAttribute)))
        || RoutePatternFactory.Parse(function.Trigger!.Route!).GetParameter(parameter.Name!) is not null;
}
