using System.Text.Json;
using System.Text.RegularExpressions;

namespace Zoniq.Tests.Support;

/// <summary>The document the app itself publishes: every answer a test sees must be in it.</summary>
public sealed class OpenApiContract
{
    private readonly List<(Regex Path, string Method, JsonElement Operation)> operations = [];
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
    }
}
