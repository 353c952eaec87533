using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Zoniq.Domain;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Finds the functions of an app by their attributes.</summary>
internal static class FunctionCatalogue
{
    private const string ReturnValue = "$return";

    /// <summary>All functions of the classes in the order of their names, which is the order in which routes are tried. What the real host would refuse is refused.</summary>
    public static IReadOnlyList<HostedFunction> Discover(IEnumerable<Type> classes, IConfiguration configuration)
    {
        var functions = classes
            .Where(type => type is { IsClass: true, IsGenericTypeDefinition: false } && (type.IsPublic || type.IsNestedPublic))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FunctionAttribute), inherit: false))
            .Select(method => Describe(method, configuration))
            .OrderBy(function => function.Descriptor.Name, StringComparer.OrdinalIgnoreCase)
            .ToArray();

        foreach (var (one, other) in functions.Zip(functions.Skip(1)))
        {
            if (string.Equals(one.Descriptor.Name, other.Descriptor.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"Two functions are called {one.Descriptor.Name}: {one.Definition.EntryPoint} and {other.Definition.EntryPoint}.");
            }
        }

        return functions;
    }

    private static HostedFunction Describe(MethodInfo method, IConfiguration configuration)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var parameters = method.GetParameters();

        foreach (var parameter in parameters)
        {
            if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http)
            {
                var descriptor = new FunctionDescriptor
                {
                    Name = name,
                    Kind = FunctionKind.Http,
                    Method = method,
                    Route = Route(name, http.Route),
                    Methods = [.. http.Methods.Select(verb => verb.ToUpperInvariant())],
                };
                return Host(descriptor, parameter, parameters);
            }

            if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer)
            {
                var descriptor = new FunctionDescriptor { Name = name, Kind = FunctionKind.Timer, Method = method, Schedule = Schedule(name, timer.Schedule, configuration) };
                return Host(descriptor, parameter, parameters);
            }
        }

        throw new InvalidOperationException($"Function {name} has no trigger.");
    }

    private static HostedFunction Host(FunctionDescriptor descriptor, ParameterInfo trigger, ParameterInfo[] parameters)
    {
        var outputs = Outputs(descriptor);
        return new HostedFunction(descriptor, new Definition(descriptor, Inputs(descriptor, trigger, parameters), outputs), parameters);
    }

    /// <summary>The real host keeps routes below <c>admin</c> and <c>runtime</c> to itself. The route prefix of host.json is empty.</summary>
    private static string Route(string name, string? declared)
    {
        var route = (declared ?? name).Trim('/');
        var first = route.Split('/')[0];
        return first.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || first.StartsWith("runtime", StringComparison.OrdinalIgnoreCase)
            ? throw new InvalidOperationException($"The route of function {name} begins with {first}, which the host reserves.")
            : route;
    }

    private static string Schedule(string name, string declared, IConfiguration configuration)
    {
        if (declared is not ['%', .. var setting, '%'])
        {
            return declared;
        }

        return configuration[setting] is { Length: > 0 } schedule
            ? schedule
            : throw new SettingsException($"{setting} must be set: it is the schedule of the timer {name}.");
    }

    private static ImmutableDictionary<string, BindingMetadata> Inputs(FunctionDescriptor descriptor, ParameterInfo trigger, ParameterInfo[] parameters)
    {
        var type = descriptor.Kind == FunctionKind.Http ? "httpTrigger" : "timerTrigger";
        return parameters
            .Where(parameter => parameter.IsDefined(typeof(SignalRConnectionInfoInputAttribute)))
            .Select(parameter => new Binding(parameter.Name!, "signalRConnectionInfo", BindingDirection.In))
            .Append(new Binding(trigger.Name!, type, BindingDirection.In))
            .ToImmutableDictionary(binding => binding.Name, BindingMetadata (binding) => binding);
    }

    /// <summary>Either the returned value is the one output, or properties of it are.</summary>
    private static ImmutableDictionary<string, BindingMetadata> Outputs(FunctionDescriptor descriptor)
    {
        if (descriptor.Method.IsDefined(typeof(SignalROutputAttribute)))
        {
            return One(ReturnValue, "signalR");
        }

        var several = (from property in Returned(descriptor.Method.ReturnType).GetProperties()
                       let type = property.IsDefined(typeof(HttpResultAttribute)) ? "http"
                           : property.IsDefined(typeof(SignalROutputAttribute)) ? "signalR"
                           : null
                       where type is not null
                       select new Binding(property.Name, type, BindingDirection.Out)).ToArray();

        if (several.Length == 0)
        {
            return descriptor.Kind == FunctionKind.Http ? One(ReturnValue, "http") : ImmutableDictionary<string, BindingMetadata>.Empty;
        }

        return descriptor.Kind == FunctionKind.Http && several.Count(binding => binding.Type == "http") != 1
            ? throw new InvalidOperationException($"Function {descriptor.Name} has several outputs; exactly one of them must carry [HttpResult].")
            : several.ToImmutableDictionary(binding => binding.Name, BindingMetadata (binding) => binding);
    }

    private static ImmutableDictionary<string, BindingMetadata> One(string name, string type) =>
        ImmutableDictionary<string, BindingMetadata>.Empty.Add(name, new Binding(name, type, BindingDirection.Out));

    private static Type Returned(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;

    private sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => direction;
    }

    private sealed class Definition(
        FunctionDescriptor descriptor,
        IImmutableDictionary<string, BindingMetadata> inputs,
        IImmutableDictionary<string, BindingMetadata> outputs) : FunctionDefinition
    {
        private ImmutableArray<FunctionParameter> parameters;

        public override ImmutableArray<FunctionParameter> Parameters =>
            parameters.IsDefault
                ? parameters = [.. descriptor.Method.GetParameters().Select(parameter => new FunctionParameter(parameter.Name!, parameter.ParameterType))]
                : parameters;

        public override string PathToAssembly => descriptor.Method.Module.FullyQualifiedName;

        public override string EntryPoint { get; } = $"{descriptor.Method.DeclaringType!.FullName}.{descriptor.Method.Name}";

        public override string Id { get; } = descriptor.Name;

        public override string Name => descriptor.Name;

        public override IImmutableDictionary<string, BindingMetadata> InputBindings => inputs;

        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => outputs;
    }
}
