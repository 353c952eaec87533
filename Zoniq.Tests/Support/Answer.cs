using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit.Sdk;

namespace Zoniq.Tests.Support;

/// <summary>What the app answered.</summary>
public sealed class Answer(string request, HttpResponseMessage response, byte[] content)
{
    private readonly Lazy<JsonElement> json = new(() => JsonDocument.Parse(content).RootElement);

    public HttpStatusCode StatusCode { get; } = response.StatusCode;

    public int Status => (int)StatusCode;

    public HttpResponseHeaders Headers { get; } = response.Headers;

    public HttpContentHeaders ContentHeaders { get; } = response.Content.Headers;

    public byte[] Bytes { get; } = content;

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => json.Value;

    /// <summary>The refusal's code; null when it is not a refusal.</summary>
    public string? Code => IsProblem ? Json.GetProperty("code").GetString() : null;

    /// <summary>Where its spans and logs are found.</summary>
    public string TraceId => Headers.GetValues("X-Trace-Id").Single();

    public bool IsProblem => ContentHeaders.ContentType?.MediaType == "application/problem+json";

    /// <summary>The member <c>id</c>.</summary>
    public long Id => Json.GetProperty("id").GetInt64();

    /// <summary>A member of the body.</summary>
    public JsonElement this[string member] => Json.TryGetProperty(member, out var value) ? value : throw Wrong($"a member {member}");

    /// <summary>Any success, or the very one.</summary>
    public Answer Succeeded(int? status = null) =>
        (status is null ? Status is >= 200 and < 300 : Status == status) ? this : throw Wrong(status is null ? "a success" : $"{status}");

    /// <summary>Exactly this refusal.</summary>
    public Answer Refused(int status, string code) => Status == status && Code == code ? this : throw Wrong($"{status} {code}");

    /// <summary>A refusal of field rules that names the field.</summary>
    public Answer RefusedField(string field)
    {
        Refused(422, "validation.failed");
        return this["errors"].TryGetProperty(field, out _) ? this : throw Wrong($"an error of the field {field}");
    }

    public override string ToString() => $"{request}\n→ {Status} {Text}";

    internal XunitException Wrong(string expected) => new($"Expected {expected}, but:\n{this}");
}
