using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.LocalHost.Realtime;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Makes the value of one parameter of a function.</summary>
internal delegate ValueTask<object?> ParameterBinding(Invocation invocation);

/// <summary>Chooses how each parameter is made, as the worker does: by a converter, by its type, or by its name.</summary>
internal static class ParameterBindings
{
    private static readonly Dictionary<Type, Func<string, object?>> Texts = new()
    {
        [typeof(string)] = text => text,
        [typeof(int)] = Parsed<int>,
        [typeof(long)] = Parsed<long>,
        [typeof(short)] = Parsed<short>,
        [typeof(double)] = Parsed<double>,
        [typeof(decimal)] = Parsed<decimal>,
        [typeof(Guid)] = Parsed<Guid>,
        [typeof(DateTime)] = Parsed<DateTime>,
        [typeof(DateTimeOffset)] = Parsed<DateTimeOffset>,
        [typeof(bool)] = text => bool.TryParse(text, out var flag) ? flag : null,
    };

    public static ParameterBinding For(FunctionDescriptor function, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var converter = parameter.GetCustomAttribute<InputConverterAttribute>() ?? type.GetCustomAttribute<InputConverterAttribute>();
        if (converter is not null)
        {
            return Converted(function, parameter, converter.ConverterType);
        }

        if (type == typeof(FunctionContext))
        {
            return invocation => new(invocation);
        }

        if (type == typeof(CancellationToken))
        {
            return invocation => new(invocation.CancellationToken);
        }

        if (type == typeof(TimerInfo) && function.Kind == FunctionKind.Timer)
        {
            return invocation => new(invocation.Timer);
        }

        if (type == typeof(HttpRequest) && function.Kind == FunctionKind.Http)
        {
            return invocation => new(invocation.Http!.Request);
        }

        if (type == typeof(SignalRConnectionInfo) && function.Kind == FunctionKind.Http && parameter.GetCustomAttribute<SignalRConnectionInfoInputAttribute>() is { } input)
        {
            return ConnectionInfo(function, input);
        }

        return function.Kind == FunctionKind.Http && Texts.TryGetValue(Nullable.GetUnderlyingType(type) ?? type, out var parse)
            ? Named(function, parameter, parse)
            : throw new InvalidOperationException($"Parameter {parameter.Name} of function {function.Name} cannot be bound: nothing makes a {type.Name}.");
    }

    private static ParameterBinding Converted(FunctionDescriptor function, ParameterInfo parameter, Type converterType)
    {
        var (name, type, mayBeNull) = (parameter.Name!, parameter.ParameterType, MayBeNull(parameter.ParameterType));

        return async invocation =>
        {
            var converter = invocation.InstanceServices.GetRequiredService<InputConverters>().Get(converterType);
            var result = await converter.ConvertAsync(new Conversion(type, invocation.Http is null ? null : Text(invocation.Http.Request, name), invocation));

            return result.Status switch
            {
                ConversionStatus.Succeeded => result.Value,
                ConversionStatus.Unhandled when mayBeNull => null,
                _ => throw new FunctionInputConverterException($"Cannot convert input parameter '{name}' of function '{function.Name}' to type '{type.FullName}'.", result.Error),
            };
        };
    }

    private static ParameterBinding Named(FunctionDescriptor function, ParameterInfo parameter, Func<string, object?> parse)
    {
        var (name, mayBeAbsent) = (parameter.Name!, parameter.HasDefaultValue || MayBeNull(parameter.ParameterType));
        var otherwise = parameter.HasDefaultValue ? parameter.DefaultValue : null;

        return invocation => Text(invocation.Http!.Request, name) switch
        {
            null when mayBeAbsent => new(otherwise),
            null => throw new FunctionInputConverterException($"Input parameter '{name}' of function '{function.Name}' is missing."),
            var text => new(parse(text) ?? throw new FunctionInputConverterException($"Cannot convert input parameter '{name}' of function '{function.Name}' from its text.")),
        };
    }

    private static ParameterBinding ConnectionInfo(FunctionDescriptor function, SignalRConnectionInfoInputAttribute input)
    {
        var hub = input.HubName ?? throw new InvalidOperationException($"Function {function.Name} does not say to which hub its clients connect.");
        var userId = input.UserId is null ? null : new BindingExpression(function.Name, input.UserId);
        return invocation => new(invocation.InstanceServices.GetRequiredService<ClientAccess>().Issue(invocation.Http!.Request, hub, userId?.Of(invocation.Http.Request)));
    }

    /// <summary>What the route or the query says under this name; the route wins.</summary>
    internal static string? Text(HttpRequest request, string name) =>
        request.RouteValues.TryGetValue(name, out var value) ? value as string : request.Query.TryGetValue(name, out var values) ? values[0] : null;

    private static bool MayBeNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    private static object? Parsed<T>(string text)
        where T : struct, IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;

    private sealed class Conversion(Type targetType, string? source, Invocation invocation) : ConverterContext
    {
        public override Type TargetType => targetType;

        public override object? Source => source;

        public override FunctionContext FunctionContext => invocation;

        public override IReadOnlyDictionary<string, object> Properties => ImmutableDictionary<string, object>.Empty;
    }
}

/// <summary>The app's converters: one of each, made when first needed.</summary>
internal sealed class InputConverters(IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, IInputConverter> converters = new();

    public IInputConverter Get(Type type) =>
        converters.GetOrAdd(type, static (type, services) => (IInputConverter)ActivatorUtilities.CreateInstance(services, type), services);
}
