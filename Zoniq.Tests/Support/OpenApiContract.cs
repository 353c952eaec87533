using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zoniq.Tests.Http;

namespace Zoniq.Tests.Support;

/// <summary>The document the app itself publishes: every answer a test sees must be in it.</summary>
public sealed class OpenApiContract
{
    private readonly List<(Regex Path, string Method, JsonElement Operation)> operations = [];
    private readonly ConcurrentDictionary<string, JsonNode> schemas = new(StringComparer.Ordinal);
    private readonly JsonElement shared;

    public OpenApiContract(JsonElement document)
    {
        shared = document.GetProperty("components").GetProperty("responses");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            var pattern = new Regex($"^{Regex.Replace(Regex.Escape(path.Name), @"\\\{[^}]+}", "[^/]+")}/?$", RegexOptions.CultureInvariant);
            foreach (var operation in path.Value.EnumerateObject().Where(member => member.Name is "get" or "post" or "patch" or "delete" or "put"))
            {
                operations.Add((pattern, operation.Name.ToUpperInvariant(), operation.Value));
            }
        }
    }

    /// <summary>A status or a refusal that the operation does not list fails the test.</summary>
    public void Check(HttpRequestMessage request, Answer answer)
    {
        var path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath);
        // A literal wins over a parameter, so the operation with the fewest parameters is the one that answered.
        var operation = operations
            .Where(candidate => candidate.Method == request.Method.Method && candidate.Path.IsMatch(path))
            .OrderBy(candidate => Regex.Count(candidate.Path.ToString(), @"\[\^/]\+"))
            .Select(candidate => candidate.Operation)
            .FirstOrDefault();

        // No such operation: what the app answers then is the host's own 404 or 405.
        if (operation.ValueKind == JsonValueKind.Undefined || answer.Code is "request.route_not_found" or "request.method_not_allowed")
        {
            return;
        }

        if (!operation.GetProperty("responses").TryGetProperty(answer.Status.ToString(), out var response))
        {
            throw answer.Wrong($"a status the API document lists ({string.Join(", ", operation.GetProperty("responses").EnumerateObject().Select(member => member.Name))})");
        }

        if (response.TryGetProperty("$ref", out var reference))
        {
            response = shared.GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        if (answer.Code is { } code && response.GetRawText() is var text && text.Contains("problem+json", StringComparison.Ordinal) && !text.Contains($"\"{code}\"", StringComparison.Ordinal))
        {
            throw answer.Wrong($"a code the API document lists for {answer.Status}");
        }

        if (answer.Status is >= 200 and < 300 && answer.ContentHeaders is { ContentType.MediaType: "application/json", ContentEncoding.Count: 0 })
        {
            CheckBody(answer, response);
        }
    }

    /// <summary>A body that is not what its schema describes fails the test, and so does a member that nobody is told of.</summary>
    private void CheckBody(Answer answer, JsonElement response)
    {
        if (!response.TryGetProperty("content", out var content) || !content.TryGetProperty("application/json", out var media))
        {
            throw answer.Wrong("no JSON, for the API document lists none");
        }

        if (!media.TryGetProperty("schema", out var described))
        {
            return; // the document itself, which is described elsewhere
        }

        var schema = schemas.GetOrAdd(described.GetRawText(), text => JsonNode.Parse(text)!);
        var body = JsonNode.Parse(answer.Bytes);
        var objections = SchemaFit.Objections(body, schema, "").Concat(SchemaFit.Strangers(body, schema, "")).Take(10).ToArray();
        if (objections.Length > 0)
        {
            throw answer.Wrong($"what the API document describes ({string.Join("; ", objections)})");
        }
    }
}
