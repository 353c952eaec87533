using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Zoniq.Domain;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>The description of the API (OpenAPI 3.1), made from the functions themselves when it is first asked for.</summary>
public sealed class OpenApiDocument
{
    private static readonly Lazy<byte[]> Made = new(() => JsonSerializer.SerializeToUtf8Bytes<JsonNode>(new OpenApiDocument().Make(), ZoniqJson.Options));

    private readonly Summaries summaries = new(typeof(OpenApiDocument).Assembly, typeof(Problem).Assembly);
    private readonly RefusalAnswers refusals = new();
    private readonly Schemas schemas;
    private readonly Parameters parameters;
    private readonly Examples examples;

    private OpenApiDocument()
    {
        schemas = new Schemas(summaries);
        parameters = new Parameters(schemas, summaries);
        examples = new Examples(schemas.Components);
    }

    /// <summary>UTF-8 JSON.</summary>
    public static byte[] Bytes => Made.Value;

    private JsonObject Make()
    {
        var paths = new JsonObject();
        var tags = new SortedSet<string>(StringComparer.Ordinal);

        foreach (var function in FunctionPlan.All.Where(plan => plan.Trigger is not null))
        {
            var route = RoutePatternFactory.Parse(function.Trigger!.Route ?? function.Name);
            var path = $"/{string.Join('/', route.PathSegments.Select(segment => Parameters.Text(segment)))}";
            var methods = (paths[path] ??= new JsonObject()).AsObject();
            tags.Add(TagOf(function));

            foreach (var method in function.Trigger.Methods)
            {
                methods[method.ToLowerInvariant()] = Operation(function, route);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Zoniq",
                ["version"] = "1.0",
                ["description"] = "Tickets for events in India: browse, hold, pay, enter. Every answer carries X-Trace-Id; refusals are problem details (RFC 9457) with a stable code.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = InOrder(paths),
            ["components"] = new JsonObject
            {
                ["schemas"] = InOrder(WithProblem(schemas.Components)),
                ["responses"] = InOrder(refusals.Responses),
                ["examples"] = InOrder(refusals.Examples),
                ["headers"] = AnswerHeaders.Described,
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                    ["gateway"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Razorpay-Signature", ["description"] = "Hex HMAC-SHA256 of the raw body." },
                },
            },
        };
    }

    private JsonObject Operation(FunctionPlan function, RoutePattern route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = function.Name,
            ["tags"] = new JsonArray(TagOf(function)),
        };
        if (summaries.Of(function.Method) is { } summary)
        {
            operation["summary"] = summary;
        }

        var arguments = function.Method.GetParameters();
        var query = parameters.OfQuery(arguments, route, function.Pages).ToArray();
        JsonObject[] headers = function.IsIdempotent ? [Parameters.IdempotencyKey] : [];
        if (parameters.OfRoute(arguments, route).Concat(query).Concat(headers).ToArray() is { Length: > 0 } all)
        {
            operation["parameters"] = new JsonArray([.. all]);
        }

        var body = arguments.FirstOrDefault(argument => argument.IsDefined(typeof(BodyAttribute)));
        if (body is not null)
        {
            operation["requestBody"] = Body(schemas.Of(body.ParameterType, isInput: true), !InputShape.Of(body.ParameterType).MayBeEmpty);
        }
        else if (arguments.Any(argument => argument.ParameterType == typeof(RawBody)))
        {
            operation["requestBody"] = Body(new JsonObject { ["type"] = "object" }, isRequired: true);
        }
        else if (arguments.Any(argument => argument.ParameterType == typeof(UploadedFile)))
        {
            operation["requestBody"] = Form();
        }

        operation["responses"] = Responses(function, operation.ContainsKey("requestBody") && function.Access != Access.Gateway, query.Length + headers.Length > 0);
        operation["security"] = function.Access switch
        {
            Access.User or Access.Admin => new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            Access.Gateway => new JsonArray(new JsonObject { ["gateway"] = new JsonArray() }),
            _ => new JsonArray(),
        };
        return operation;
    }

    private JsonObject Responses(FunctionPlan function, bool hasBody, bool hasParameters)
    {
        var responses = new SortedDictionary<int, JsonObject>();
        var answer = Answer(function);
        responses[Statuses.Of(function.Success)] = answer;

        if (function.AnswerType.IsAssignableTo(typeof(IUnfinished)))
        {
            responses[Statuses.Of(Success.Accepted)] = answer.DeepClone().AsObject();
        }

        if (function.IsPublic || function.IsPolled)
        {
            responses[Statuses.NotModified] = new JsonObject { ["description"] = "Still as the caller has it, by the tag in If-None-Match.", ["headers"] = AnswerHeaders.OfSuccess(function) };
        }

        foreach (var (status, refusal) in refusals.Of(function, hasBody, hasParameters))
        {
            responses[status] = refusal;
        }

        if (function.AnswerType.IsAssignableTo(typeof(IAvailability)))
        {
            responses[Statuses.Of(ProblemKind.Unavailable)] = answer.DeepClone().AsObject();
        }

        return new JsonObject(responses.Select(response => KeyValuePair.Create(response.Key.ToString(), (JsonNode?)response.Value)));
    }

    private JsonObject Answer(FunctionPlan function)
    {
        var answer = new JsonObject
        {
            ["description"] = Statuses.Title(Statuses.Of(function.Success)),
            ["headers"] = AnswerHeaders.OfSuccess(function),
        };
        if (function.AnswerType == typeof(Document) || function.AnswerType.IsAssignableTo(typeof(IResult)))
        {
            var mediaType = function.MediaType ?? "application/octet-stream";
            answer["content"] = new JsonObject { [mediaType] = new JsonObject() };
        }
        else
        {
            var schema = schemas.Of(function.AnswerType, isInput: false);
            answer["content"] = new JsonObject
            {
                ["application/json"] = WithExample(function.MayAnswerNull ? Schemas.OrNull(schema) : schema),
            };
            if (function.AnswersCsv)
            {
                answer["content"]![ListFormatConverter.MediaType] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
            }
        }

        return answer;
    }

    private static JsonObject WithProblem(JsonObject components)
    {
        components["Problem"] = JsonNode.Parse(
            """
            {
              "type": "object",
              "description": "A refusal (RFC 9457). Some codes add members of their own, such as the seats that were taken.",
              "properties": {
                "type": { "type": "string", "format": "uri" },
                "title": { "type": "string" },
                "status": { "type": "integer", "format": "int32" },
                "detail": { "type": "string", "description": "One sentence for people." },
                "code": { "type": "string", "description": "Stable; what programs test." },
                "traceId": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
                "errors": {
                  "type": "object",
                  "description": "Fields and what is wrong with them.",
                  "additionalProperties": { "type": "array", "items": { "type": "string" } }
                }
              },
              "required": ["type", "title", "status", "detail", "code", "traceId"]
            }
            """);
        return components;
    }

    private JsonObject Body(JsonObject schema, bool isRequired) => new()
    {
        ["required"] = isRequired,
        ["content"] = new JsonObject { ["application/json"] = WithExample(schema) },
    };

    private static JsonObject Form() => JsonNode.Parse(
        """
        {
          "required": true,
          "content": {
            "multipart/form-data": {
              "schema": {
                "type": "object",
                "properties": { "file": { "type": "string", "format": "binary", "description": "A PNG, JPEG or WebP picture of at most 5 MB." } },
                "required": ["file"]
              }
            }
          }
        }
        """)!.AsObject();

    private JsonObject WithExample(JsonObject schema) => new() { ["schema"] = schema, ["example"] = examples.Of(schema) };

    /// <summary>So that a change of the API is a change at one place of the document.</summary>
    private static JsonObject InOrder(JsonObject members) =>
        new(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static string TagOf(FunctionPlan function) => function.Method.DeclaringType!.Namespace!.Split('.')[^1];
}
