using System.Collections;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Zoniq.LocalHost.Hosting;

/// <summary>One invocation of a function: by a request, or by a timer.</summary>
internal sealed class Invocation(HostedFunction function, IServiceProvider services, CancellationToken cancellationToken) : FunctionContext
{
    /// <summary>The key under which the worker keeps the request among the items.</summary>
    public const string HttpContextKey = "HttpRequestContext";

    private static readonly IReadOnlyDictionary<string, object?> NoData = new Dictionary<string, object?>();

    private string? invocationId;
    private IDictionary<object, object>? items;
    private FeatureSet? features;
    private Trace? trace;

    public HostedFunction Function => function;

    /// <summary>The request, or null when a timer runs.</summary>
    public HttpContext? Http { get; init; }

    /// <summary>What the timer is told, or null for a request.</summary>
    public TimerInfo? Timer { get; init; }

    public (int Count, int Most) Tries { get; init; }

    /// <summary>What the function returned, or what middleware put in its place.</summary>
    public object? Result { get; set; }

    /// <summary>The outputs of a function that has several, by name.</summary>
    public Dictionary<string, object?> Outputs { get; } = new(0);

    public override string InvocationId => invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => function.Definition.Id;

    public override FunctionDefinition FunctionDefinition => function.Definition;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override CancellationToken CancellationToken => cancellationToken;

    public override IDictionary<object, object> Items
    {
        get => items ??= Http is null ? [] : new Dictionary<object, object> { [HttpContextKey] = Http };
        set => items = value;
    }

    public override IInvocationFeatures Features => features ??= new FeatureSet();

    public override BindingContext BindingContext => new Bound(Http?.Request.RouteValues ?? NoData);

    public override TraceContext TraceContext => trace ??= new Trace(Activity.Current);

    public override RetryContext RetryContext => new Retry(Tries.Count, Tries.Most);

    public static Invocation Of(FunctionContext context) =>
        context as Invocation ?? throw new InvalidOperationException("The context is not one of the host's.");

    private sealed class Bound(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class Trace(Activity? activity) : TraceContext
    {
        public override string TraceParent { get; } =
            activity?.Id ?? $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

        public override string TraceState { get; } = activity?.TraceStateString ?? "";
    }

    private sealed class Retry(int count, int most) : RetryContext
    {
        public override int RetryCount => count;

        public override int MaxRetryCount => most;
    }

    private sealed class FeatureSet : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> features = [];

        public void Set<T>(T instance) => features[typeof(T)] = instance!;

        public T? Get<T>() => features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
