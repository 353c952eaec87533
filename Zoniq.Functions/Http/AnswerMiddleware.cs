using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Zoniq.Domain;
using Zoniq.Domain.Storage;

namespace Zoniq.Functions.Http;

/// <summary>An answer that may say that the app should not be sent requests just now.</summary>
public interface IAvailability
{
    /// <summary>False answers the same body as unavailable.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    bool IsAvailable { get; }
}

/// <summary>
/// Turns what a function returned, or why it could not, into an HTTP answer. The worker executes results and writes
/// nothing else, so the answer is left where it looks for one.
/// </summary>
public sealed class AnswerMiddleware(Failures failures, Measures measures) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        context.GetHttpContext() is { } http ? CountAsync(context, http, next) : next(context);

    private async Task CountAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        var begun = Stopwatch.GetTimestamp();
        var span = Activity.Current;
        var answer = await AnswerAsync(context, http, next);
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? Statuses.Ok;
        measures.Answered(context.FunctionDefinition.Name, status, Stopwatch.GetElapsedTime(begun));
        if (answer is ProblemAnswer { Code: var code })
        {
            measures.Refused(code, status);
            span?.SetTag("zoniq.code", code);
        }

        span?.SetTag("http.response.status_code", status);
        if (Statuses.IsFailure(status))
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Runs what is inside, and leaves what it came to where the worker looks for it.</summary>
    internal async Task<IResult> AnswerAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        var plan = FunctionPlan.Of(context);
        var refusal = await RefusalOf(context, http, next);
        var result = context.GetInvocationResult();
        if ((refusal ?? NotReached(result.Value)) is { } instead)
        {
            result.Value = instead;
            return instead;
        }

        if (HttpOutput(context, plan) is { } output)
        {
            var one = AnswerOf(output.Value, plan);
            output.Value = one;
            return one;
        }

        var answer = AnswerOf(result.Value, plan);
        result.Value = answer;
        return answer;
    }

    /// <summary>What was answered on the way to the function, or in its place.</summary>
    private static IResult? NotReached(object? value) => value switch
    {
        IResult made => made,
        Problem problem => new ProblemAnswer(problem),
        _ => null,
    };

    /// <summary>Runs the function; null when it returned.</summary>
    private async Task<IResult?> RefusalOf(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
            return null;
        }
        catch (BindingRefusedException refused)
        {
            return new ProblemAnswer(refused.Problem);
        }
        catch (BadHttpRequestException refused)
        {
            return new ProblemAnswer(Statuses.Refusal(refused));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return new NoAnswer();
        }
        catch (Exception failure)
        {
            return new ProblemAnswer(failures.RefusalOf(failure, context.FunctionDefinition.Name, http));
        }
    }

    /// <summary>The output that answers, when the function has several and it was reached.</summary>
    private static OutputBindingData<object>? HttpOutput(FunctionContext context, FunctionPlan plan) =>
        plan.HttpResult is null
            ? null
            : context.GetOutputBindings<object>().FirstOrDefault(output => output.BindingType == "http" && output.Name != "$return");

    private static IResult AnswerOf(object? returned, FunctionPlan plan) => returned switch
    {
        IResult made => made,
        Problem problem => new ProblemAnswer(problem),
        IOutcome { Problem: { } problem } => new ProblemAnswer(problem),
        IOutcome outcome => SuccessOf(outcome.Value, plan),
        _ => SuccessOf(returned, plan),
    };

    private static IResult SuccessOf(object? value, FunctionPlan plan) => value switch
    {
        IResult made => made,
        Document document => new DocumentAnswer(document),
        IUnfinished { IsUnfinished: true } => Json(value, plan, Statuses.Of(Success.Accepted), "no-store"),
        IAvailability { IsAvailable: false } => Json(value, plan, Statuses.Of(ProblemKind.Unavailable), "no-store"),
        IAwaited awaited when plan.IsPolled => new PolledAnswer(awaited, ZoniqJson.Options.GetTypeInfo(plan.AnswerType)),
        not null when plan.IsPublic => new PublicAnswer(value, ZoniqJson.Options.GetTypeInfo(plan.AnswerType), plan.Caching),
        _ => Json(value, plan, Statuses.Of(plan.Success), plan.Caching),
    };

    private static JsonAnswer Json(object? value, FunctionPlan plan, int status, string caching) =>
        new(value, ZoniqJson.Options.GetTypeInfo(plan.AnswerType), status, caching);
}
