using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Functions.Http;

namespace Zoniq.Tests.Architecture;

/// <summary>The host takes the first route that fits, by the names of functions: so no two may fit.</summary>
public sealed class RouteTests
{
    private static readonly Route[] Routes = [.. Find()];

    [Fact]
    public void No_path_is_answered_by_two_functions_of_one_method()
    {
        // What may stand for a parameter: a number, a word, a GUID, and every literal of every route.
        string[] values = ["1", "word", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", .. Routes.SelectMany(route => route.Literals).Distinct()];

        var shared =
            from route in Routes
            from path in route.Paths(values)
            from other in Routes
            where string.CompareOrdinal(route.Function, other.Function) < 0 && route.Methods.Intersect(other.Methods).Any() && other.Fits(path)
            select $"{path}: {route.Function} and {other.Function}";

        Assert.NotEmpty(Routes);
        Assert.Empty(shared);
    }

    [Fact]
    public void Two_routes_that_share_a_path_would_be_found()
    {
        var literal = new Route("GetCurrent", ["get"], "api/cart/current");

        Assert.True(new Route("GetAny", ["get"], "api/cart/{which}").Fits("/api/cart/current"));
        Assert.False(new Route("GetById", ["get"], "api/cart/{id:long}").Fits("/api/cart/current"));
        Assert.Equal(["/api/cart/current"], literal.Paths(["1"]));
    }

    private static IEnumerable<Route> Find() =>
        from type in typeof(AllowAttribute).Assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        select new Route(function.Name, trigger.Methods, trigger.Route!);

    private sealed class Route
    {
        private static readonly IInlineConstraintResolver Resolver =
            new ServiceCollection().AddRouting().AddLogging().BuildServiceProvider().GetRequiredService<IInlineConstraintResolver>();

        private readonly RouteTemplate template;
        private readonly TemplateMatcher matcher;
        private readonly (string Name, IRouteConstraint Constraint)[] constraints;

        public Route(string function, string[] methods, string route)
        {
            (Function, Methods) = (function, methods);
            template = TemplateParser.Parse(route);
            matcher = new TemplateMatcher(template, []);
            constraints =
            [
                .. template.Parameters.SelectMany(parameter => parameter.InlineConstraints.Select(inline =>
                    (parameter.Name!, Resolver.ResolveConstraint(inline.Constraint)!))),
            ];
        }

        public string Function { get; }

        public string[] Methods { get; }

        public IEnumerable<string> Literals => template.Segments.Where(segment => !segment.Parts[0].IsParameter).Select(segment => segment.Parts[0].Text!);

        public bool Fits(string path)
        {
            var values = new RouteValueDictionary();
            return matcher.TryMatch(new PathString(path), values)
                && constraints.All(rule => rule.Constraint.Match(null, null, rule.Name, values, RouteDirection.IncomingRequest));
        }

        /// <summary>The paths it answers, with each of the values in the place of each parameter.</summary>
        public IEnumerable<string> Paths(string[] values)
        {
            IEnumerable<string> paths = [""];

            foreach (var part in template.Segments.Select(segment => segment.Parts[0]))
            {
                paths = paths.SelectMany(path => (part.IsParameter ? values : [part.Text!]).Select(value => $"{path}/{value}"));
            }

            return paths.Where(Fits);
        }
    }
}
