using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Zoniq.Domain.Storage;
using Zoniq.Functions.Operations;

namespace Zoniq.Functions.Http;

/// <summary>Begins the span of an invocation, and gives every answer the trace id under which that and its logs are found.</summary>
public sealed class TraceMiddleware : IFunctionsWorkerMiddleware
{
    private const string Header = "X-Trace-Id";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext();
        using var span = Begin(context, http);
        if (http is not null)
        {
            Say(http.Response, Current(http.Request));
        }

        await next(context);
    }

    /// <summary>The trace id that this answer carries: 32 hexadecimal digits.</summary>
    public static string Of(HttpContext http) => http.Response.Headers[Header].ToString();

    internal static void Say(HttpResponse response, string traceId) => response.Headers[Header] = traceId;

    /// <summary>Part of whatever trace the platform or the caller began. Neither addresses nor queries are recorded: people's words are in them.</summary>
    private static Activity? Begin(FunctionContext context, HttpContext? http)
    {
        if (!Spans.Source.HasListeners())
        {
            return null;
        }

        var name = context.FunctionDefinition.Name;
        if (http is null)
        {
            return Spans.Source.StartActivity(name, ActivityKind.Internal);
        }

        // The server's own activity, if there is one, is not recorded; nothing that is may seem to be left out with it.
        var outer = Activity.Current is { IdFormat: ActivityIdFormat.W3C } server
            ? new ActivityContext(server.TraceId, server.ParentSpanId == default ? server.SpanId : server.ParentSpanId, ActivityTraceFlags.Recorded, isRemote: true)
            : ActivityContext.TryParse(http.Request.Headers.TraceParent, null, isRemote: true, out var caller) ? caller : default;
        return Spans.Source.StartActivity(
            name,
            ActivityKind.Internal,    // the server's own is the platform's
            outer,
            [
                new("http.request.method", http.Request.Method),
                new(ReadsSampler.IsPublicRead, FunctionPlan.Of(context).IsPublic),
            ]);
    }

    private static string Current(HttpRequest request) =>
        (Activity.Current, ActivityContext.TryParse(request.Headers.TraceParent, null, out var parent)) switch
        {
            ({ IdFormat: ActivityIdFormat.W3C } activity, _) => activity.TraceId.ToHexString(),
            (_, true) => parent.TraceId.ToHexString(),
            _ => ActivityTraceId.CreateRandom().ToHexString(),
        };
}
