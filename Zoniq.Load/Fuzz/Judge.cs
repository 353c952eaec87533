using System.Net;
using System.Text;
using System.Text.Json;

namespace Zoniq.Load.Fuzz;

/// <summary>Whether an answer is one that the document lists, whatever was asked.</summary>
internal static class Judge
{
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Objection(Operation operation, HttpRequestMessage request, HttpResponseMessage response, byte[] content)
    {
        var status = (int)response.StatusCode;
        if (status >= 500)
        {
            return "is a defect";
        }

        if (response.StatusCode == HttpStatusCode.RequestUriTooLong)
        {
            return null;    // the server itself reads no further
        }

        if (!response.Headers.Contains("X-Trace-Id"))
        {
            return "has no trace id";
        }

        if (request.Method == HttpMethod.Head)
        {
            return null;
        }

        if (status < 400)
        {
            return request.Method != operation.Method || operation.Answers.ContainsKey(status) ? null : "has a status that is not described";
        }

        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return "is no problem body";
        }

        try
        {
            using var problem = JsonDocument.Parse(content);
            var body = problem.RootElement;
            var code = body.GetProperty("code").GetString()!;
            return body.GetProperty("status").GetInt32() != status ? "says another status in its body"
                : string.IsNullOrWhiteSpace(body.GetProperty("detail").GetString()) ? "says nothing to people"
                : string.IsNullOrWhiteSpace(body.GetProperty("traceId").GetString()) ? "does not repeat its trace id"
                : code is "request.route_not_found" or "request.method_not_allowed" || request.Method != operation.Method ? null
                : !operation.Answers.TryGetValue(status, out var codes) ? "has a status that is not described"
                : !codes.Contains(code) ? "has a code that is not described"
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "is no problem body";
        }
    }

    /// <summary>For people, and to send it again.</summary>
    public static string Describe(HttpRequestMessage request, string who, byte[]? body, int status, byte[] content, string objection) =>
        $"""
        {request.Method} {request.RequestUri} as {who} → {status} {objection}
            headers: {string.Join("; ", request.Headers.Where(header => header.Key != "Authorization").Select(header => $"{header.Key}: {string.Join(',', header.Value)}"))}
            body: {Start(body)}
            answer: {Start(content)}
        """;

    private static string Start(byte[]? bytes) => bytes is null ? "" : Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 1500)));
}
