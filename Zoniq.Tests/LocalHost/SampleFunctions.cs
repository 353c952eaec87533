using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Middleware;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.Tests.LocalHost;

/// <summary>Functions that show how the host behaves; the app's own discovery never sees them.</summary>
public sealed class SampleFunctions(SampleDesk desk)
{
    [Function("B_Literal")]
    public static IResult Literal([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/things/special")] HttpRequest request) =>
        Results.Text("literal");

    [Function("A_Text")]
    public static IResult Text([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/things/{name}")] HttpRequest request, string name) =>
        Results.Text($"text {name}");

    [Function("Number")]
    public static IResult Number([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/numbers/{id:long}")] HttpRequest request, long id, int? least) =>
        Results.Text($"number {id} {least}");

    [Function("Code")]
    public static IResult Code([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/numbers/{code:regex(^[A-Z]{{3}}$)}")] HttpRequest request, string code) =>
        Results.Text($"code {code}");

    [Function("NumberChange")]
    public static IResult Change([HttpTrigger(AuthorizationLevel.Anonymous, "patch", "delete", Route = "api/numbers/{id:long}")] HttpRequest request, long id) =>
        Results.Text($"changed {id}");

    [Function("Document")]
    public static IResult Document([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/documents/{id:guid}.pdf")] HttpRequest request, Guid id) =>
        Results.Text($"document {id}");

    [Function("ByQuery")]
    public static IResult ByQuery([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/by-query")] HttpRequest request, Guid id) =>
        Results.Text($"{id}");

    [Function("Action")]
    public static Task<IActionResult> Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/results/action")] HttpRequest request) =>
        Task.FromResult<IActionResult>(new ObjectResult("made") { StatusCode = StatusCodes.Status201Created });

    [Function("Plain")]
    public static Person Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/results/plain")] HttpRequest request) =>
        new("Asha");

    [Function("Several")]
    public static ValueTask<TwoOutputs> Several([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/results/several")] HttpRequest request) =>
        new(new TwoOutputs { Answer = Results.Text("answered"), Push = [new SignalRMessageAction("sold", ["A12"])] });

    [Function("SeveralPlain")]
    public static PlainAndPush SeveralPlain([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/results/several-plain")] HttpRequest request) =>
        new() { Answer = new Person("Ravi") };

    [Function("Connect")]
    public static IResult Connect(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/connect/{shop}")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = "zoniq", UserId = "{shop}-{headers.x-person}")] SignalRConnectionInfo connection) =>
        Results.Text($"{connection.Url} {new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(connection.AccessToken).GetClaim("nameid").Value}");

    [Function("Defect")]
    public static IResult Defect([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/results/defect")] HttpRequest request) =>
        throw new InvalidOperationException("This must not be shown.");

    [Function("Converted")]
    public static IResult Converted([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/converted/{who}")] HttpRequest request, [Shouted] string who, Person person) =>
        Results.Text($"{who} {person.Name}");

    [Function("Echo")]
    public static async Task<IResult> Echo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/echo")] HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text($"{(await reader.ReadToEndAsync(cancellationToken)).Length}");
    }

    [Function("Slow")]
    public async Task<IResult> Slow([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/slow")] HttpRequest request, CancellationToken cancellationToken)
    {
        desk.Arrived.TrySetResult();
        await Task.WhenAny(desk.MayLeave.Task, Task.Delay(Timeout.Infinite, cancellationToken));
        if (cancellationToken.IsCancellationRequested)
        {
            desk.Left.SetResult();
        }

        return Results.Text("served");
    }

    [Function("EveryHour")]
    [FixedDelayRetry(2, "00:00:00")]
    [SignalROutput(HubName = "zoniq")]
    public SignalRMessageAction EveryHour([TimerTrigger("0 0 * * * *")] TimerInfo timer, FunctionContext context)
    {
        desk.Ticks.Add($"{timer.ScheduleStatus is not null} {context.GetHttpContext() is null} {context.RetryContext.MaxRetryCount}");
        return new SignalRMessageAction("tick");
    }

    [Function("EverySecond")]
    public void EverySecond([TimerTrigger("%SAMPLE_SCHEDULE%")] TimerInfo timer)
    {
        lock (desk.Seconds)
        {
            desk.Seconds.Add(timer.ScheduleStatus is null);
        }

        desk.Ticked.TrySetResult();
        throw new InvalidOperationException("A timer that fails goes on.");
    }
}

/// <summary>Two timers that fail: one gives up at once, one is tried again.</summary>
public sealed class FailingFunctions(SampleDesk desk)
{
    [Function("TriedAgain")]
    [FixedDelayRetry(2, "00:00:00")]
    public void TriedAgain([TimerTrigger("0 0 * * * *", RunOnStartup = true)] TimerInfo timer, FunctionContext context)
    {
        desk.Ticks.Add($"{context.RetryContext.RetryCount} of {context.RetryContext.MaxRetryCount}");
        if (context.RetryContext.RetryCount < 2)
        {
            throw new InvalidOperationException("Not yet.");
        }

        desk.Ticked.TrySetResult();
    }
}

public static class ReservedRoute
{
    [Function("Reserved")]
    public static IResult Users([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "admin/users")] HttpRequest request) => Results.Ok();
}

public static class SameName
{
    [Function("Action")]
    public static IResult Again([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/again")] HttpRequest request) => Results.Ok();
}

public static class Unbindable
{
    [Function("Unbindable")]
    public static IResult Whole([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/whole")] HttpRequest request, HttpContext http) => Results.Ok();
}

/// <summary>Where functions and tests meet.</summary>
public sealed class SampleDesk : ISignalRSink
{
    private readonly Channel<object> pushed = Channel.CreateUnbounded<object>();

    public List<string> Steps { get; } = [];

    /// <summary>What functions sent, in order. An answer goes out before what its function sends: whoever has the answer waits for the rest.</summary>
    public ChannelReader<object> Pushed => pushed.Reader;

    public List<string> Ticks { get; } = [];

    public List<bool> Seconds { get; } = [];

    public TaskCompletionSource Ticked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource MayLeave { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task SendAsync(IReadOnlyList<object> actions, CancellationToken cancellationToken)
    {
        foreach (var action in actions)
        {
            pushed.Writer.TryWrite(action);
        }

        return Task.CompletedTask;
    }
}

[InputConverter(typeof(PersonConverter))]
public sealed record Person(string Name);

public sealed class PersonConverter(SampleDesk desk) : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        desk.Steps.Add("convert");
        var name = context.FunctionContext.GetHttpContext()!.Request.Headers["X-Person"].ToString();
        return new(name switch
        {
            "refused" => throw new SampleRefusalException(),
            "failed" => ConversionResult.Failed(new SampleRefusalException()),
            _ => ConversionResult.Success(new Person(name)),
        });
    }
}

public sealed class SampleRefusalException() : Exception("refused");

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ShoutedAttribute() : InputConverterAttribute(typeof(ShoutingConverter));

public sealed class ShoutingConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(ConversionResult.Success(((string)context.Source!).ToUpperInvariant()));
}

public sealed class TwoOutputs
{
    [HttpResult]
    public IResult? Answer { get; init; }

    [SignalROutput(HubName = "zoniq")]
    public SignalRMessageAction[]? Push { get; init; }
}

public sealed class PlainAndPush
{
    [HttpResult]
    public Person? Answer { get; init; }

    [SignalROutput(HubName = "zoniq")]
    public SignalRMessageAction[]? Push { get; init; }
}

public sealed class OuterMiddleware(SampleDesk desk) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        desk.Steps.Add("outer in");
        context.Items["met"] = "outer";
        context.GetHttpContext()?.Response.Headers.Append("X-Function", context.FunctionDefinition.Name);
        try
        {
            await next(context);
        }
        catch (SampleRefusalException)
        {
            context.GetInvocationResult().Value = Results.Text("refused by middleware", statusCode: StatusCodes.Status400BadRequest);
        }
        catch (FunctionInputConverterException failed) when (failed.InnerException is SampleRefusalException)
        {
            context.GetInvocationResult().Value = Results.Text("failed in conversion", statusCode: StatusCodes.Status400BadRequest);
        }

        foreach (var output in context.GetOutputBindings<Person>().Where(output => output.BindingType == "http").ToArray())
        {
            context.GetOutputBindings<object>().First(found => found.Name == output.Name).Value = Results.Text($"wrapped {output.Value!.Name}");
        }

        desk.Steps.Add("outer out");
    }
}

public sealed class InnerMiddleware(SampleDesk desk) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        desk.Steps.Add($"inner after {context.Items["met"]}");
        return next(context);
    }
}
