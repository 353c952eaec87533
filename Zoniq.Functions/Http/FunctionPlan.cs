using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>What the attributes and the signature of a function say; read once per function.</summary>
internal sealed class FunctionPlan
{
    private static readonly ConcurrentDictionary<string, FunctionPlan> Plans = new(StringComparer.Ordinal);

    private static readonly Lazy<IReadOnlyList<FunctionPlan>> Every = new(() =>
    [
        .. typeof(FunctionPlan).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(method => new FunctionPlan(method))
            .OrderBy(plan => plan.Name, StringComparer.Ordinal),
    ]);

    private FunctionPlan(MethodInfo method)
    {
        Method = method;
        Name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        Trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null);
        Access = method.GetCustomAttribute<AllowAttribute>()?.Access ?? Access.User;
        Success = method.GetCustomAttribute<SucceedsAttribute>()?.Success ?? Success.Ok;
        Caching = method.GetCustomAttribute<CacheableAttribute>() is { } cacheable ? $"public, max-age={cacheable.Seconds}" : "no-store";
        IsPublic = method.IsDefined(typeof(CacheableAttribute));
        IsPolled = method.IsDefined(typeof(PolledAttribute));
        Limited = method.GetCustomAttribute<LimitedAttribute>();
        IsIdempotent = method.IsDefined(typeof(IdempotentAttribute));
        Refusals =
        [
            .. method.GetCustomAttribute<RefusesAttribute>()?.Codes ?? [],
            .. Limited is null ? [] : new[] { CommonProblems.RateLimited.Code },
            .. IsIdempotent ? IdempotencyMiddleware.Refusals : [],
        ];

        var returned = Unwrap(method.ReturnType, typeof(Task<>), typeof(ValueTask<>));
        HttpResult = returned.GetProperties().FirstOrDefault(property => property.IsDefined(typeof(HttpResultAttribute)));
        AnswerType = Unwrap(HttpResult?.PropertyType ?? returned, typeof(Result<>), typeof(Listing<,>));
        AnswersCsv = returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Listing<,>);
        MayAnswerNull = NullOf(HttpResult is null ? new NullabilityInfoContext().Create(method.ReturnParameter) : new NullabilityInfoContext().Create(HttpResult));
        Pages = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<PagesAttribute>()).FirstOrDefault(pages => pages is not null) ?? PagesAttribute.Usual;
        MediaType = method.GetCustomAttribute<AnswersWithAttribute>()?.MediaType;
    }

    /// <summary>Every function of the app, in the order of their names: for descriptions of the whole.</summary>
    public static IReadOnlyList<FunctionPlan> All => Every.Value;

    public MethodInfo Method { get; }

    public string Name { get; }

    /// <summary>Null for timers.</summary>
    public HttpTriggerAttribute? Trigger { get; }

    public Access Access { get; }

    public Success Success { get; }

    /// <summary>The Cache-Control of a success.</summary>
    public string Caching { get; }

    /// <summary>Anybody may keep what it answers, and ask whether it is still so.</summary>
    public bool IsPublic { get; }

    /// <summary>Its answer is an <see cref="IAwaited"/> that is asked for again and again.</summary>
    public bool IsPolled { get; }

    /// <summary>The codes it refuses with, beyond those all functions share.</summary>
    public IReadOnlyList<string> Refusals { get; }

    /// <summary>How often one may call it; null for as often as one likes.</summary>
    public LimitedAttribute? Limited { get; }

    /// <summary>It takes an Idempotency-Key.</summary>
    public bool IsIdempotent { get; }

    /// <summary>What a success answers, without <c>Task</c> and <c>Result</c>.</summary>
    public Type AnswerType { get; }

    /// <summary>The list is also to be had as CSV.</summary>
    public bool AnswersCsv { get; }

    /// <summary>Null is an answer too: there is none.</summary>
    public bool MayAnswerNull { get; }

    /// <summary>The sizes of its pages.</summary>
    public PagesAttribute Pages { get; }

    /// <summary>Of an answer that is not JSON.</summary>
    public string? MediaType { get; }

    /// <summary>The property that answers, of a function with several outputs.</summary>
    public PropertyInfo? HttpResult { get; }

    public static FunctionPlan Of(FunctionContext context) =>
        Plans.GetOrAdd(context.FunctionDefinition.EntryPoint, Find);

    /// <summary>Of this one alone: a first answer does not wait until all others have been read.</summary>
    private static FunctionPlan Find(string entryPoint)
    {
        var at = entryPoint.LastIndexOf('.');
        return new(typeof(FunctionPlan).Assembly.GetType(entryPoint[..at], throwOnError: true)!.GetMethod(entryPoint[(at + 1)..])!);
    }

    private static bool NullOf(NullabilityInfo info) =>
        info.GenericTypeArguments is [var inner] && info.Type.GetGenericTypeDefinition() is var wrapper && (wrapper == typeof(Task<>) || wrapper == typeof(ValueTask<>) || wrapper == typeof(Result<>))
            ? NullOf(inner)
            : info.ReadState == NullabilityState.Nullable;

    private static Type Unwrap(Type type, params Type[] wrappers) =>
        type.IsGenericType && wrappers.Contains(type.GetGenericTypeDefinition()) ? type.GetGenericArguments()[0] : type;
}
