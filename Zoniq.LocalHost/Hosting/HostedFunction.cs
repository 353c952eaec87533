using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.LocalHost.Hosting;

/// <summary>A function ready to be invoked. What its calls need is made at the first one, so that starting stays quick.</summary>
internal sealed class HostedFunction
{
    private readonly Lazy<FunctionCall> call;
    private readonly Lazy<ObjectFactory?> factory;
    private readonly ParameterBinding[] bindings;
    private readonly Output[] outputs;

    public HostedFunction(FunctionDescriptor descriptor, FunctionDefinition definition, ParameterInfo[] parameters)
    {
        Descriptor = descriptor;
        Definition = definition;
        bindings = [.. parameters.Select(parameter => ParameterBindings.For(descriptor, parameter))];
        call = new(() => FunctionCalls.Compile(descriptor.Method));
        factory = new(() => descriptor.Method.IsStatic ? null : ActivatorUtilities.CreateFactory(descriptor.Method.DeclaringType!, Type.EmptyTypes));
        outputs = [.. definition.OutputBindings.Values.Where(binding => binding.Name[0] != '$').Select(binding => new Output(binding, descriptor.Method.ReturnType))];
        HttpOutput = outputs.SingleOrDefault(output => output.Type == "http")?.Name;
    }

    public FunctionDescriptor Descriptor { get; }

    public FunctionDefinition Definition { get; }

    /// <summary>The name of the output that is the HTTP answer, when there are several outputs.</summary>
    public string? HttpOutput { get; }

    /// <summary>The innermost step: only now, when all middleware has had its say, are the parameters made.</summary>
    public async Task InvokeAsync(Invocation invocation)
    {
        var arguments = bindings.Length == 0 ? [] : new object?[bindings.Length];
        for (var at = 0; at < bindings.Length; at++)
        {
            arguments[at] = await bindings[at](invocation);
        }

        var instance = factory.Value?.Invoke(invocation.InstanceServices, null);
        try
        {
            invocation.Result = await call.Value(instance, arguments);
        }
        finally
        {
            switch (instance)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }

        TakeOutputsApart(invocation);
    }

    /// <summary>What the invocation sends to SignalR.</summary>
    public IReadOnlyList<object> Messages(Invocation invocation)
    {
        List<object>? messages = null;
        foreach (var binding in Definition.OutputBindings.Values)
        {
            if (binding.Type == "signalR")
            {
                var value = binding.Name[0] == '$' ? invocation.Result : invocation.Outputs.GetValueOrDefault(binding.Name);
                if (value is not null)
                {
                    (messages ??= []).AddRange(value as IEnumerable<object> ?? [value]);
                }
            }
        }

        return messages ?? (IReadOnlyList<object>)[];
    }

    /// <summary>With several outputs the result as such is gone: each property that holds something is an output of its own.</summary>
    private void TakeOutputsApart(Invocation invocation)
    {
        if (outputs.Length == 0 || invocation.Result is not { } result)
        {
            return;
        }

        foreach (var output in outputs)
        {
            if (output.Of(result) is { } value)
            {
                invocation.Outputs[output.Name] = value;
            }
        }

        invocation.Result = null;
    }

    private sealed class Output(BindingMetadata binding, Type returned)
    {
        private readonly MethodInvoker getter = MethodInvoker.Create((returned.IsGenericType ? returned.GetGenericArguments()[0] : returned).GetProperty(binding.Name)!.GetMethod!);

        public string Name => binding.Name;

        public string Type => binding.Type;

        public object? Of(object result) => getter.Invoke(result);
    }
}
