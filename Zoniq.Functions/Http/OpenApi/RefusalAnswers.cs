using System.Text.Json.Nodes;
using Zoniq.Domain;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>Describes refusals: every code with an example once, and the answers that many operations share once.</summary>
internal sealed class RefusalAnswers
{
    private static readonly string[] Token = ["auth.token_missing", "auth.token_invalid", "auth.token_expired", "auth.token_revoked", "auth.account_blocked"];
    private static readonly string[] Body = ["request.malformed_json", "request.too_large", "request.unsupported_media_type", "validation.failed"];
    private static readonly string[] Parameters = ["request.invalid_parameter", "validation.failed"];
    private static readonly string[] Any = ["internal.error", "service.unavailable"];
    private static readonly HashSet<string> Shared = [.. Token, "auth.admin_required", .. Body, .. Parameters, .. Any];

    /// <summary>The answers that operations refer to.</summary>
    public JsonObject Responses { get; } = [];

    /// <summary>An example of every code.</summary>
    public JsonObject Examples { get; } = [];

    /// <summary>By status, what a function can refuse with.</summary>
    public IEnumerable<(int Status, JsonObject Answer)> Of(FunctionPlan function, bool hasBody, bool hasParameters) =>
        Codes(function, hasBody, hasParameters).Distinct().Select(ProblemRegistry.Of)
            .GroupBy(problem => Statuses.Of(problem.Kind))
            .Select(refused => (refused.Key, Of(refused.Key, [.. refused.OrderBy(problem => problem.Code, StringComparer.Ordinal)], function)));

    private static IEnumerable<string> Codes(FunctionPlan function, bool hasBody, bool hasParameters) =>
    [
        .. function.Refusals,
        .. function.Access is Access.User or Access.Admin ? Token : [],
        .. function.Access is Access.Admin ? ["auth.admin_required"] : Array.Empty<string>(),
        .. hasBody ? Body : function.Access is Access.Gateway ? ["request.too_large"] : [],
        .. hasParameters ? Parameters : [],
        .. Any,
    ];

    /// <summary>What is shared is mostly refused before anything is counted or kept.</summary>
    private JsonObject Of(int status, Problem[] problems, FunctionPlan function)
    {
        if (!problems.All(problem => Shared.Contains(problem.Code)))
        {
            return Answer(status, problems, function);
        }

        var name = status == Statuses.Of(ProblemKind.Unauthenticated) ? "Unauthenticated" : string.Join("Or", problems.Select(problem => Pascal(problem.Code)));
        Responses[name] ??= Answer(status, problems, null);
        return new JsonObject { ["$ref"] = $"#/components/responses/{name}" };
    }

    private JsonObject Answer(int status, Problem[] problems, FunctionPlan? function) => new()
    {
        ["description"] = string.Join("\n", problems.Select(problem => $"- `{problem.Code}`: {problem.Detail}")),
        ["headers"] = AnswerHeaders.OfRefusal(status, function),
        ["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject
            {
                ["schema"] = new JsonObject
                {
                    ["allOf"] = new JsonArray(
                        new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                        new JsonObject
                        {
                            ["properties"] = new JsonObject
                            {
                                ["code"] = new JsonObject { ["type"] = "string", ["enum"] = Schemas.Strings(problems.Select(problem => problem.Code)) },
                            },
                        }),
                },
                ["examples"] = new JsonObject(problems.Select(problem => KeyValuePair.Create(problem.Code, (JsonNode?)ExampleOf(problem)))),
            },
        },
    };

    private JsonObject ExampleOf(Problem problem)
    {
        Examples[problem.Code] ??= new JsonObject { ["summary"] = problem.Detail, ["value"] = Written(problem) };
        return new JsonObject { ["$ref"] = $"#/components/examples/{problem.Code}" };
    }

    private static JsonObject Written(Problem problem)
    {
        var status = Statuses.Of(problem.Kind);
        var written = new JsonObject
        {
            ["type"] = $"https://zoniq.app/problems/{problem.Code}",
            ["title"] = Statuses.Title(status),
            ["status"] = status,
            ["detail"] = problem.Detail,
            ["code"] = problem.Code,
            ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        };
        if (problem.Code == "validation.failed")
        {
            written["errors"] = new JsonObject { ["quantity"] = new JsonArray("must be between 1 and 50.") };
        }

        return written;
    }

    /// <summary><c>auth.admin_required</c> is <c>AuthAdminRequired</c>.</summary>
    private static string Pascal(string code) =>
        string.Concat(code.Split('.', '_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
