using System.Text.Json.Nodes;

namespace Zoniq.Load.Fuzz;

/// <summary>What the API can be asked and may answer, as its own OpenAPI document says it.</summary>
internal sealed class ApiDescription
{
    private readonly JsonNode document;

    public ApiDescription(string openApi)
    {
        document = JsonNode.Parse(openApi)!;
        Operations =
        [
            .. document["paths"]!.AsObject()
                .SelectMany(path => path.Value!.AsObject().Select(method => Described(path.Key, method.Key, method.Value!)))
                .OrderBy(operation => operation.Name, StringComparer.Ordinal),
        ];
    }

    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>What was asked in the end: dots in the place of an id lead somewhere else.</summary>
    public Operation At(Operation meant, Uri address)
    {
        var segments = address.AbsolutePath.TrimEnd('/').Split('/');
        return segments.Length == meant.Path.Split('/').Length
            ? meant
            : Operations.FirstOrDefault(operation => operation.Method == meant.Method && Fits(operation.Path.Split('/'), segments)) ?? meant;
    }

    /// <summary>What a reference stands for; anything else as it is.</summary>
    public JsonNode Resolve(JsonNode node) =>
        node is JsonObject json && json["$ref"] is { } reference
            ? Resolve(reference.GetValue<string>().Split('/').Skip(1).Aggregate(document, (parent, name) => parent[name]!))
            : node;

    private static bool Fits(string[] path, string[] segments) =>
        path.Length == segments.Length && path.Zip(segments).All(pair => pair.First.StartsWith('{') || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    private Operation Described(string path, string method, JsonNode described)
    {
        var parameters = (described["parameters"] as JsonArray ?? []).Select(parameter => Resolve(parameter!)).ToArray();
        var (mediaType, media) = described["requestBody"] is { } body && Resolve(body)["content"]?.AsObject().First() is { } content ? (content.Key, content.Value) : (null, null);
        return new Operation(
            described["operationId"]!.GetValue<string>(),
            new HttpMethod(method.ToUpperInvariant()),
            path,
            [.. parameters.Select(parameter => new Parameter(parameter["name"]!.GetValue<string>(), parameter["in"]!.GetValue<string>(), parameter["schema"]!))],
            mediaType,
            media?["schema"],
            media?["example"],
            described["responses"]!.AsObject().ToDictionary(response => int.Parse(response.Key), response => CodesOf(Resolve(response.Value!))),
            described["responses"]!.AsObject().Where(response => response.Key[0] == '2').Select(response => Thing(Resolve(response.Value!))).FirstOrDefault() ?? "");
    }

    private static HashSet<string> CodesOf(JsonNode response) =>
        response["content"]?["application/problem+json"]?["schema"]?["allOf"]?[1]?["properties"]?["code"]?["enum"] is JsonArray codes
            ? [.. codes.Select(code => code!.GetValue<string>())]
            : [];

    private static string? Thing(JsonNode response) =>
        response["content"]?["application/json"]?["schema"]?["$ref"]?.GetValue<string>().Split('/')[^1];
}

/// <summary>One operation.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Method">How it is asked.</param>
/// <param name="Path">From the root, with its parameters in braces.</param>
/// <param name="Parameters">In path, query and headers.</param>
/// <param name="MediaType">Of its body; null when it takes none.</param>
/// <param name="Body">The body's schema.</param>
/// <param name="Example">A body that is well.</param>
/// <param name="Answers">The codes it refuses with, by status; empty where it does not refuse.</param>
/// <param name="Thing">The name of what it answers; empty without one.</param>
internal sealed record Operation(
    string Name,
    HttpMethod Method,
    string Path,
    Parameter[] Parameters,
    string? MediaType,
    JsonNode? Body,
    JsonNode? Example,
    IReadOnlyDictionary<int, HashSet<string>> Answers,
    string Thing);

/// <summary>A value beside the body.</summary>
/// <param name="Name">As it is sent.</param>
/// <param name="Place">path, query or header.</param>
/// <param name="Schema">What may be sent.</param>
internal sealed record Parameter(string Name, string Place, JsonNode Schema);
