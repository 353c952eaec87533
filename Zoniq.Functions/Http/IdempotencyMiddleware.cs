using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Zoniq.Domain;
using Zoniq.Domain.Storage;

namespace Zoniq.Functions.Http;

/// <summary>What is sent again under the same Idempotency-Key is done once, and answered as it was the first time.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;

/// <summary>
/// Does once what comes several times under one key. It is the innermost step, for people who have been let in; what the function answers is made an answer
/// here, where it can be kept. A request without the header costs nothing.
/// </summary>
public sealed partial class IdempotencyMiddleware(IdempotentRequests requests, AnswerMiddleware answers, ILogger<IdempotencyMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    internal const string Header = "Idempotency-Key";
    internal const string ReplayedHeader = "Idempotency-Replayed";
    internal const int LongestKey = 64;

    /// <summary>What every idempotent function may refuse with.</summary>
    internal static readonly string[] Refusals = [IdempotencyProblems.InFlight.Code, IdempotencyProblems.Mismatch.Code];

    private static readonly Problem InvalidKey = RequestProblems.InvalidParameter with
    {
        Errors = new Dictionary<string, string[]> { [Header] = [$"must be 1 to {LongestKey} letters, digits, hyphens and underscores."] },
    };

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && http.Request.Headers[Header] is { Count: > 0 } key && FunctionPlan.Of(context).IsIdempotent)
        {
            await DoOnce(context, http, key, next);
            return;
        }

        await next(context);
    }

    private async Task DoOnce(FunctionContext context, HttpContext http, StringValues key, FunctionExecutionDelegate next)
    {
        if (key is not [{ } text] || !IsKey(text))
        {
            context.GetInvocationResult().Value = InvalidKey;
            return;
        }

        var request = new KeyedRequest
        {
            AccountId = ((CurrentUser)context.Items[typeof(CurrentUser)]).Id,
            Key = text,
            Method = http.Request.Method,
            Path = http.Request.Path.Value!.TrimEnd('/').ToLowerInvariant(),
            Fingerprint = await FingerprintOf(http.Request),
        };
        var begun = await requests.BeginAsync(request);
        if (begun.Problem is { } refused)
        {
            context.GetInvocationResult().Value = refused;
        }
        else if (begun.Value.Answer is { } kept)
        {
            context.GetInvocationResult().Value = new ReplayedAnswer(kept);
        }
        else
        {
            context.Items[typeof(OperationId)] = new OperationId(begun.Value.Operation);
            await Do(request, context, http, next);
        }
    }

    private async Task Do(KeyedRequest request, FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        KeptAnswer? kept = null;
        try
        {
            var answer = await answers.AnswerAsync(context, http, next);
            kept = answer is NoAnswer ? null : await Rendering.OfAsync(answer, http);
        }
        finally
        {
            await End(request, kept);
        }
    }

    /// <summary>What was done is done, and answered, even if it cannot be kept.</summary>
    private async Task End(KeyedRequest request, KeptAnswer? answer)
    {
        try
        {
            await (answer is not null && Statuses.IsFinal(answer.Status) ? requests.KeepAsync(request, answer) : requests.ForgetAsync(request));
        }
        catch (Exception outage) when (Outages.IsOutage(outage))
        {
            LogNotKept(outage, request.Method, request.Path, request.AccountId);
        }
    }

    private static bool IsKey(string text) =>
        text.Length is > 0 and <= LongestKey && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    /// <summary>Over the query and the body, which is there to be read once more afterwards.</summary>
    private static async Task<byte[]> FingerprintOf(HttpRequest request)
    {
        var body = await RequestBody.ReadAsync(request);
        request.Body = new MemoryStream(body, writable: false);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString.Value}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What {Method} {Path} of account {AccountId} came to could not be kept under its key: the same request will be done again.")]
    private partial void LogNotKept(Exception outage, string method, string path, long accountId);
}

/// <summary>An answer of the app's own as it goes out, written to a response that goes nowhere.</summary>
internal static class Rendering
{
    public static async Task<KeptAnswer> OfAsync(IResult answer, HttpContext http)
    {
        var traceId = TraceMiddleware.Of(http);
        using var body = new MemoryStream();
        var nowhere = new DefaultHttpContext { RequestServices = http.RequestServices, Response = { Body = body } };
        TraceMiddleware.Say(nowhere.Response, traceId);

        await answer.ExecuteAsync(nowhere);
        await nowhere.Response.BodyWriter.FlushAsync(CancellationToken.None);
        return new KeptAnswer { Status = nowhere.Response.StatusCode, ContentType = nowhere.Response.ContentType, Body = body.ToArray(), TraceId = traceId };
    }
}

/// <summary>What was answered before, byte by byte, with the trace id of the request that did what was asked: its logs tell of it.</summary>
internal sealed class ReplayedAnswer(KeptAnswer kept) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = kept.Status;
        response.ContentType = kept.ContentType;
        response.ContentLength = kept.Body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers[IdempotencyMiddleware.ReplayedHeader] = "true";
        TraceMiddleware.Say(response, kept.TraceId);
        await response.BodyWriter.WriteAsync(kept.Body, httpContext.RequestAborted);
    }
}
