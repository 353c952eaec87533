using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Zoniq.Functions.Http;

/// <summary>Gives every answer the trace id under which its logs are found.</summary>
public sealed class TraceMiddleware : IFunctionsWorkerMiddleware
{
    private const string Header = "X-Trace-Id";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
        {
            Say(http.Response, Current(http.Request));
        }

        return next(context);
    }

    /// <summary>The trace id that this answer carries: 32 hexadecimal digits.</summary>
    public static string Of(HttpContext http) => http.Response.Headers[Header].ToString();

    internal static void Say(HttpResponse response, string traceId) => response.Headers[Header] = traceId;

    private static string Current(HttpRequest request) =>
        (Activity.Current, ActivityContext.TryParse(request.Headers.TraceParent, null, out var parent)) switch
        {
            ({ IdFormat: ActivityIdFormat.W3C } activity, _) => activity.TraceId.ToHexString(),
            (_, true) => parent.TraceId.ToHexString(),
            _ => ActivityTraceId.CreateRandom().ToHexString(),
        };
}
