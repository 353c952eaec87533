using System.Text.Json.Nodes;
using Zoniq.Domain;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>The headers of answers that a client reads.</summary>
internal static class AnswerHeaders
{
    private const string Trace = "X-Trace-Id";
    private const string Challenge = "WWW-Authenticate";
    private const string Pause = "Retry-After";
    private const string Tag = "ETag";
    private const string FileName = "Content-Disposition";
    private const string Replayed = IdempotencyMiddleware.ReplayedHeader;

    private static readonly string[] Limits = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

    /// <summary>Each once, for operations to refer to.</summary>
    public static JsonObject Described => JsonNode.Parse(
        """
        {
          "Content-Disposition": { "description": "The name to keep the file under.", "schema": { "type": "string" }, "example": "attachment; filename=ticket-TKT-7K3M9QXA.pdf" },
          "ETag": { "description": "What to send in If-None-Match, to be told 304 while nothing has changed.", "schema": { "type": "string" }, "example": "\"5d41402abc4b2a76\"" },
          "Idempotency-Replayed": { "description": "This was answered before, to the first request with the same Idempotency-Key.", "schema": { "type": "string", "enum": ["true"] }, "example": "true" },
          "RateLimit-Limit": { "description": "Requests that are allowed in the window.", "schema": { "type": "integer" }, "example": 30 },
          "RateLimit-Remaining": { "description": "Requests that are left in it.", "schema": { "type": "integer" }, "example": 29 },
          "RateLimit-Reset": { "description": "Seconds until it ends.", "schema": { "type": "integer" }, "example": 41 },
          "Retry-After": { "description": "Seconds after which the same request may succeed, or say something new.", "schema": { "type": "integer", "minimum": 1 }, "example": 30 },
          "WWW-Authenticate": { "description": "Bearer: sign in again.", "schema": { "type": "string", "enum": ["Bearer"] }, "example": "Bearer" },
          "X-Trace-Id": { "description": "Name it when you report something: the logs of this request are found under it.", "schema": { "type": "string", "pattern": "^[0-9a-f]{32}$" }, "example": "4bf92f3577b34da6a3ce929d0e0e4736" }
        }
        """)!.AsObject();

    public static JsonObject OfSuccess(FunctionPlan function) => References(
    [
        Trace,
        .. function.IsPublic || function.IsPolled ? [Tag] : Array.Empty<string>(),
        .. function.IsPolled ? [Pause] : Array.Empty<string>(),
        .. function.AnswerType == typeof(Document) || function.AnswersCsv ? [FileName] : Array.Empty<string>(),
        .. function.Limited is not null ? Limits : [],
        .. function.IsIdempotent ? [Replayed] : Array.Empty<string>(),
    ]);

    /// <param name="status">Of the refusal.</param>
    /// <param name="function">Whose it is; null when it is mostly refused before anything is counted or kept.</param>
    public static JsonObject OfRefusal(int status, FunctionPlan? function) => References(
    [
        Trace,
        .. status == Statuses.Of(ProblemKind.Unauthenticated) ? [Challenge] : Array.Empty<string>(),
        .. status == Statuses.Of(ProblemKind.Limited) || status == Statuses.Of(ProblemKind.Unavailable) ? [Pause] : Array.Empty<string>(),
        .. function is { Limited: not null } ? Limits : [],
        .. function is { IsIdempotent: true } && Statuses.IsFinal(status) ? [Replayed] : Array.Empty<string>(),
    ]);

    private static JsonObject References(IEnumerable<string> names) =>
        new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["$ref"] = $"#/components/headers/{name}" })));
}
