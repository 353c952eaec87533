using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Answers requests by functions, and by refusals where there is none.</summary>
internal sealed partial class HttpFunctions(RouteTable routes, FunctionExecutionDelegate pipeline, ISignalRSink signalR, ILogger<HttpFunctions> log)
{
    /// <summary>Invokes the function of the request; without one the request goes on to the host's own pages.</summary>
    public Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        if (routes.Match(http, out var values) is not { } function)
        {
            return next(http);
        }

        http.Request.RouteValues = values!;
        return InvokeAsync(function, http);
    }

    /// <summary>Nobody answers: wrong method, or nothing of that path.</summary>
    public Task RefuseAsync(HttpContext http)
    {
        var traceId = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
        http.Response.Headers["X-Trace-Id"] = traceId;
        http.Response.Headers.CacheControl = "no-store";

        var methods = routes.Methods(http);
        if (methods.Count == 0)
        {
            return WriteProblemAsync(http, traceId, StatusCodes.Status404NotFound, "request.route_not_found", "There is nothing at this address.");
        }

        http.Response.Headers.Allow = string.Join(", ", methods);
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return WriteProblemAsync(http, traceId, StatusCodes.Status405MethodNotAllowed, "request.method_not_allowed", $"This address does not take {http.Request.Method}.");
    }

    private async Task InvokeAsync(HostedFunction function, HttpContext http)
    {
        var invocation = new Invocation(function, http.RequestServices, http.RequestAborted) { Http = http };
        try
        {
            await pipeline(invocation);
            await AnswerAsync(invocation, http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException refused) when (!http.Response.HasStarted)
        {
            http.Response.StatusCode = refused.StatusCode;
            return;
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            Failed(log, function.Descriptor.Name, failure);
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        if (function.Messages(invocation) is { Count: > 0 } messages)
        {
            await signalR.SendAsync(messages, CancellationToken.None);
        }
    }

    /// <summary>Results are executed; anything else is not written.</summary>
    private static Task AnswerAsync(Invocation invocation, HttpContext http)
    {
        var answer = invocation.Function.HttpOutput is { } output ? invocation.Outputs.GetValueOrDefault(output) : invocation.Result;
        return (answer ?? invocation.Result) switch
        {
            _ when http.RequestAborted.IsCancellationRequested => Task.CompletedTask,
            IActionResult result => result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor())),
            IResult result => result.ExecuteAsync(http),
            _ => Task.CompletedTask,
        };
    }

    private static async Task WriteProblemAsync(HttpContext http, string traceId, int status, string code, string detail)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";

        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", $"https://zoniq.app/problems/{code}");
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            json.WriteString("code", code);
            json.WriteString("traceId", traceId);
            json.WriteEndObject();
        }

        http.Response.ContentLength = body.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(body.WrittenMemory);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Function {Function} failed.")]
    private static partial void Failed(ILogger log, string function, Exception failure);
}
