using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Zoniq.Tests.Support;

/// <summary>Talks to one instance of the app, as nobody or with somebody's token, and looks at every answer: none is a defect, every refusal is well-formed and documented.</summary>
public class Conversation(ZoniqApp app, string? token)
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    /// <summary>The bearer token, if any.</summary>
    public string? Token { get; } = token;

    protected ZoniqApp App { get; } = app;

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    /// <param name="path">From the root: <c>/api/cart/items</c>.</param>
    /// <param name="body">Becomes JSON; null sends no body.</param>
    public Task<Answer> Post(string path, object? body = null) => Send(HttpMethod.Post, path, body);

    public Task<Answer> Patch(string path, object? body = null) => Send(HttpMethod.Patch, path, body);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path);

    public Task<Answer> Send(HttpMethod method, string path, object? body = null) =>
        Send(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Camel) });

    /// <summary>A body as it is, be it JSON or not.</summary>
    public Task<Answer> SendText(HttpMethod method, string path, string body, string contentType = "application/json") =>
        Send(new HttpRequestMessage(method, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } },
        });

    /// <summary>Any request; the token is added unless it brings its own.</summary>
    public virtual async Task<Answer> Send(HttpRequestMessage request)
    {
        if (Token is not null)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", Token);
        }

        var sent = request.Content is null ? "" : await request.Content.ReadAsStringAsync();
        using var response = await App.Http.SendAsync(request);
        var answer = new Answer($"{request.Method} {request.RequestUri?.PathAndQuery} {sent}", response, await response.Content.ReadAsByteArrayAsync());
        await Check(request, answer);
        return answer;
    }

    private async Task Check(HttpRequestMessage request, Answer answer)
    {
        if (answer.Status == 500)
        {
            throw answer.Wrong($"anything but a defect (the app said: {App.LastLogs()})");
        }

        if (answer.Status >= 400 && request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
        {
            CheckProblem(answer);
        }

        if (await App.OpenApi() is { } document)
        {
            document.Check(request, answer);
        }
    }

    private static void CheckProblem(Answer answer)
    {
        bool Has(string member, JsonValueKind kind) => answer.Json.TryGetProperty(member, out var value) && value.ValueKind == kind;

        if (!answer.IsProblem
            || !Has("type", JsonValueKind.String) || !Has("title", JsonValueKind.String) || !Has("detail", JsonValueKind.String)
            || !Has("code", JsonValueKind.String) || !Has("traceId", JsonValueKind.String)
            || answer["status"].GetInt32() != answer.Status
            || answer["type"].GetString() != $"https://zoniq.app/problems/{answer.Code}"
            || !answer.Headers.TryGetValues("X-Trace-Id", out var trace) || trace.Single() != answer["traceId"].GetString()
            || (answer.StatusCode == HttpStatusCode.UnprocessableEntity && answer.Code == "validation.failed" && !Has("errors", JsonValueKind.Object))
            || (answer.StatusCode == HttpStatusCode.Unauthorized && !answer.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"))
            || (answer.StatusCode == HttpStatusCode.TooManyRequests && answer.Headers.RetryAfter is null))
        {
            throw answer.Wrong("a well-formed problem");
        }
    }
}
