using System.Linq.Expressions;
using System.Reflection;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Calls a function's method and waits for what it returns.</summary>
internal delegate ValueTask<object?> FunctionCall(object? instance, object?[] arguments);

/// <summary>Compiles calls of methods, so that a request costs no reflection.</summary>
internal static class FunctionCalls
{
    public static FunctionCall Compile(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object[]));
        var call = Expression.Call(
            method.IsStatic ? null : Expression.Convert(instance, method.DeclaringType!),
            method,
            method.GetParameters().Select((parameter, at) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(at)), parameter.ParameterType)));

        return Expression.Lambda<FunctionCall>(Awaited(call, method.ReturnType), instance, arguments).Compile();
    }

    private static Expression Awaited(Expression call, Type type)
    {
        if (type == typeof(void))
        {
            return Expression.Block(call, Expression.Default(typeof(ValueTask<object?>)));
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return Expression.Call(typeof(FunctionCalls), nameof(Nothing), null, type == typeof(Task) ? Expression.New(typeof(ValueTask).GetConstructor([typeof(Task)])!, call) : call);
        }

        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (generic == typeof(Task<>) || generic == typeof(ValueTask<>))
        {
            var value = type.GetGenericArguments()[0];
            var wrapped = typeof(ValueTask<>).MakeGenericType(value);
            return Expression.Call(typeof(FunctionCalls), nameof(Something), [value], generic == typeof(Task<>) ? Expression.New(wrapped.GetConstructor([type])!, call) : call);
        }

        return Expression.New(typeof(ValueTask<object?>).GetConstructor([typeof(object)])!, Expression.Convert(call, typeof(object)));
    }

    private static async ValueTask<object?> Nothing(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> Something<T>(ValueTask<T> task) => await task;
}
