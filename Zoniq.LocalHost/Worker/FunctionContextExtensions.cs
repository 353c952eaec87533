using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoniq.LocalHost.Hosting;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What an HTTP function's request and answer are reached through.</summary>
public static class FunctionContextExtensions
{
    /// <summary>The HTTP request and response, or null when a timer runs.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(Invocation.HttpContextKey, out var value) ? value as HttpContext : null;
}

/// <summary>What goes into an invocation and comes out of it.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>What the function returned. Null when it has several outputs: then each is an output binding.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) =>
        new(Invocation.Of(context));

    /// <summary>The outputs that hold a value of this type.</summary>
    public static IEnumerable<OutputBindingData<T>> GetOutputBindings<T>(this FunctionContext context)
    {
        var invocation = Invocation.Of(context);
        return from output in invocation.Outputs
               where output.Value is T
               select new Output<T>(invocation, output.Key);
    }

    private sealed class Output<T>(Invocation invocation, string name) : OutputBindingData<T>
    {
        public override string BindingType => invocation.FunctionDefinition.OutputBindings[name].Type;

        public override string Name => name;

        public override T? Value
        {
            get => (T?)invocation.Outputs[name];
            set => invocation.Outputs[name] = value;
        }
    }
}

/// <summary>What a function returned, or what middleware puts in its place.</summary>
public sealed class InvocationResult
{
    private readonly Invocation invocation;

    internal InvocationResult(Invocation invocation) => this.invocation = invocation;

    public object? Value
    {
        get => invocation.Result;
        set => invocation.Result = value;
    }
}

/// <summary>Loggers of an invocation.</summary>
public static class FunctionContextLoggerExtensions
{
    public static ILogger<T> GetLogger<T>(this FunctionContext context) =>
        context.InstanceServices.GetRequiredService<ILogger<T>>();

    public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
        context.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger($"Function.{categoryName}.User");
}
