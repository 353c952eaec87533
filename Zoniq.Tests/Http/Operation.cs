using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zoniq.Functions.Http;
using OurDocument = Zoniq.Functions.Http.OpenApi.OpenApiDocument;

namespace Zoniq.Tests.Http;

/// <summary>Something the API can be asked, as its own document describes it.</summary>
internal sealed partial class Operation
{
    private readonly JsonNode described;

    private Operation(string path, string method, JsonNode described)
    {
        this.described = described;
        (Path, Method) = (path, new HttpMethod(method.ToUpperInvariant()));
        Name = described["operationId"]!.GetValue<string>();
        Access = FunctionPlan.All.Single(plan => plan.Name == Name).Access;
        Query = [.. Parameters("query")];
        Headers = [.. Parameters("header")];
        Media = described["requestBody"]?["content"]?["application/json"];
    }

    /// <summary>The whole document.</summary>
    public static JsonNode Document { get; } = JsonNode.Parse(OurDocument.Bytes)!;

    /// <summary>All there are, by name.</summary>
    public static IReadOnlyList<Operation> All { get; } =
    [
        .. Document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(method => new Operation(path.Key, method.Key, method.Value!)))
            .OrderBy(operation => operation.Name, StringComparer.Ordinal),
    ];

    /// <summary>Of the function.</summary>
    public string Name { get; }

    public HttpMethod Method { get; }

    /// <summary>From the root, with its parameters in braces: <c>/api/bookings/{bookingId}</c>.</summary>
    public string Path { get; }

    public Access Access { get; }

    /// <summary>Whether it can change anything.</summary>
    public bool OnlyReads => Method == HttpMethod.Get;

    public IReadOnlyList<JsonNode> Query { get; }

    public IReadOnlyList<JsonNode> Headers { get; }

    public IEnumerable<string> PathParameters => Braces().Matches(Path).Select(match => match.Groups[1].Value);

    /// <summary>What the document says of its JSON body; null when it takes none.</summary>
    public JsonNode? Media { get; }

    /// <summary>Whether its fields are known: the webhook's are the provider's own.</summary>
    public bool HasFields => Media?["schema"]?["$ref"] is not null;

    /// <summary>Its body is a form with a file.</summary>
    public bool TakesForm => described["requestBody"]?["content"]?["multipart/form-data"] is not null;

    public bool IsBodyRequired => described["requestBody"]?["required"]?.GetValue<bool>() == true;

    public JsonObject Responses => described["responses"]!.AsObject();

    /// <summary>Every code it refuses with, from all its answers.</summary>
    public IEnumerable<string> Codes => Responses.SelectMany(response => CodesOf(response.Value!)).Distinct();

    public static Operation Of(string name) => All.Single(operation => operation.Name == name);

    /// <summary>What a reference stands for; anything else as it is.</summary>
    public static JsonNode Resolve(JsonNode node) =>
        node is JsonObject json && json["$ref"] is { } reference
            ? reference.GetValue<string>().Split('/').Skip(1).Aggregate(Document, (parent, name) => parent[name]!)
            : node;

    /// <summary>The path with these values in it; ids that nothing has, unless told otherwise.</summary>
    public string At(Func<string, string?>? valueOf = null) =>
        Braces().Replace(Path, match => valueOf?.Invoke(match.Groups[1].Value) ?? "987654321");

    public override string ToString() => $"{Method} {Path}";

    private static IEnumerable<string> CodesOf(JsonNode response) =>
        Resolve(response)["content"]?["application/problem+json"]?["schema"]?["allOf"]?[1]?["properties"]?["code"]?["enum"] is JsonArray codes
            ? codes.Select(code => code!.GetValue<string>())
            : [];

    private IEnumerable<JsonNode> Parameters(string place) =>
        described["parameters"] is JsonArray parameters ? parameters.Select(parameter => Resolve(parameter!)).Where(parameter => parameter["in"]!.GetValue<string>() == place) : [];

    [GeneratedRegex(@"\{([^}]+)}")]
    private static partial Regex Braces();
}
