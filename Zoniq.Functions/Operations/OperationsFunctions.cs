using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Http;
using Zoniq.Functions.Http.OpenApi;

namespace Zoniq.Functions.Operations;

/// <summary>For those who run the app and those who build on it.</summary>
public sealed class OperationsFunctions(ReadinessProbe readiness)
{
    /// <summary>The process answers. Touches nothing else.</summary>
    [Function("HealthLive")]
    [Allow(Access.Anonymous)]
    public static Liveness Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        Liveness.Live;

    /// <summary>Whether requests should be sent here.</summary>
    [Function("HealthReady")]
    [Allow(Access.Anonymous)]
    public Task<Readiness> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request, CancellationToken cancellationToken) =>
        readiness.CheckAsync(cancellationToken);

    /// <summary>This description.</summary>
    [Function("OpenApi")]
    [Allow(Access.Anonymous)]
    [AnswersWith("application/json")]
    public static IResult OpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi.json")] HttpRequest request) =>
        new AssetAnswer(OpenApiDocument.Bytes, "application/json; charset=utf-8");

    /// <summary>This description as pages in which requests can be tried.</summary>
    [Function("Docs")]
    [Allow(Access.Anonymous)]
    [AnswersWith("text/html")]
    public static IResult Docs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/docs")] HttpRequest request) =>
        DocsPages.Page;

    /// <summary>The script of those pages.</summary>
    [Function("DocsScript")]
    [Allow(Access.Anonymous)]
    [AnswersWith("text/javascript")]
    public static IResult DocsScript([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/docs/scalar.js")] HttpRequest request) =>
        DocsPages.Script;
}
