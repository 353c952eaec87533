using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>Describes what stands in an address: in its path and in its query.</summary>
internal sealed class Parameters(Schemas schemas, Summaries summaries)
{
    public IEnumerable<JsonObject> OfRoute(ParameterInfo[] arguments, RoutePattern route)
    {
        foreach (var part in route.Parameters)
        {
            var argument = arguments.FirstOrDefault(candidate => candidate.Name!.Equals(part.Name, StringComparison.OrdinalIgnoreCase));
            var schema = schemas.Of(argument?.ParameterType ?? typeof(string), isInput: true);
            if (part.ParameterPolicies.Any(policy => policy.Content == "min(1)"))
            {
                schema["minimum"] = 1;
            }

            yield return new JsonObject
            {
                ["name"] = part.Name,
                ["in"] = "path",
                ["description"] = MeaningOf(part.Name, route),
                ["required"] = true,
                ["schema"] = schema,
            };
        }
    }

    /// <summary>Of <c>events/{id}</c> that it is the id of an event.</summary>
    private static string MeaningOf(string parameter, RoutePattern route)
    {
        var segments = route.PathSegments.Select(Text).ToList();
        var before = segments[segments.IndexOf($"{{{parameter}}}") - 1];
        return parameter switch
        {
            "id" => $"The id of the {One(before)}.",
            "idOrSlug" => $"The id or the slug of the {One(before)}.",
            _ when parameter.EndsWith("Id", StringComparison.Ordinal) => $"The id of the {parameter[..^2]}.",
            _ => $"The {parameter}.",
        };
    }

    /// <summary>Of <c>event_id</c> that it picks those of one event, of <c>status</c> that it picks those with that status.</summary>
    private static string MeaningOf(string filter) =>
        filter.EndsWith("_id", StringComparison.Ordinal) ? $"Only of the {filter[..^3].Replace('_', ' ')} with this id."
        : filter.StartsWith("is_", StringComparison.Ordinal) ? $"Only those that are {filter[3..].Replace('_', ' ')}, or only those that are not."
        : $"Only with this {filter.Replace('_', ' ')}.";

    private static string One(string several) =>
        several.EndsWith("ies", StringComparison.Ordinal) ? $"{several[..^3]}y" : several.EndsWith('s') ? several[..^1] : several;

    public IEnumerable<JsonObject> OfQuery(ParameterInfo[] arguments, RoutePattern route, PagesAttribute pages)
    {
        foreach (var argument in arguments)
        {
            if (argument.ParameterType == typeof(PageRequest))
            {
                yield return QueryParameter("page", Counted(1, null, 1), "Which page; one past the end is empty.");
                yield return QueryParameter("page_size", Counted(1, pages.Largest, pages.Size), "How many a page holds.");
            }
            else if (argument.ParameterType == typeof(ListFormat))
            {
                var formats = new JsonObject { ["type"] = "string", ["enum"] = Schemas.Strings(ListFormatConverter.Choices), ["default"] = ListFormatConverter.Choices[0] };
                yield return QueryParameter(ListFormatConverter.Parameter, formats, "csv answers every row of the filter as a file, as Accept: text/csv does.");
            }
            else if (argument.IsDefined(typeof(QueryAttribute)))
            {
                var usual = Activator.CreateInstance(argument.ParameterType)!;
                foreach (var parameter in QueryConverter.ParametersOf(argument.ParameterType))
                {
                    yield return Of(parameter, usual);
                }
            }
            else if (IsBoundByName(argument) && route.GetParameter(argument.Name!) is null)
            {
                yield return QueryParameter(argument.Name!, schemas.Of(argument.ParameterType, isInput: true));
            }
        }
    }

    /// <summary>The key under which the same request is done once.</summary>
    public static JsonObject IdempotencyKey => new()
    {
        ["name"] = IdempotencyMiddleware.Header,
        ["in"] = "header",
        ["description"] = "Of the client's choosing, a new one for each thing it wants. For 24 hours the same request with the same key is not done again, but answered as it was the first time.",
        ["schema"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[A-Za-z0-9_-]+$", ["minLength"] = 1, ["maxLength"] = IdempotencyMiddleware.LongestKey },
        ["example"] = "4f1f0a52-6d0e-4d0e-9b7c-2a8f5f3c1e77",
    };

    private JsonObject Of(QueryParameter parameter, object usual)
    {
        var schema = schemas.Of(parameter.Property.Property.PropertyType, isInput: true);
        Schemas.Restrict(schema, parameter.Property);
        (schema["enum"] as JsonArray)?.Remove(null);    // is not given at all then
        if (Schemas.Usual(parameter.Property, usual) is { } value)
        {
            schema["default"] = value;
        }

        var described = QueryParameter(parameter.Name, schema, summaries.Of(parameter.Property.Property) ?? MeaningOf(parameter.Name));
        if (parameter.Property.Required is not null)
        {
            described["required"] = true;
        }

        return described;
    }

    private static JsonObject QueryParameter(string name, JsonObject schema, string? description = null)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = schema };
        if (description is not null)
        {
            parameter["description"] = description;
        }

        return parameter;
    }

    private static JsonObject Counted(int least, int? most, int usual)
    {
        var schema = new JsonObject { ["type"] = "integer", ["format"] = "int32", ["minimum"] = least, ["default"] = usual };
        if (most is { } limit)
        {
            schema["maximum"] = limit;
        }

        return schema;
    }

    /// <summary>The worker binds plain values by name, from the route or the query.</summary>
    private static bool IsBoundByName(ParameterInfo argument) =>
        argument.GetCustomAttribute<HttpTriggerAttribute>() is null
        && InputShape.Of(argument.ParameterType).Kind is InputKind.Text or InputKind.Flag or InputKind.WholeNumber;

    /// <summary>A segment as the document writes it: parameters in braces, without their constraints.</summary>
    public static string Text(RoutePatternPathSegment segment) => string.Concat(segment.Parts.Select(Text));

    private static string Text(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        RoutePatternSeparatorPart separator => separator.Content,
        _ => throw new InvalidOperationException($"A route part of kind {part.PartKind}."),
    };
}
