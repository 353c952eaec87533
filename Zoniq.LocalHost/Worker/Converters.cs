namespace Microsoft.Azure.Functions.Worker.Converters
{
    /// <summary>Makes the value of a parameter.</summary>
    public interface IInputConverter
    {
        ValueTask<ConversionResult> ConvertAsync(ConverterContext context);
    }

    /// <summary>What is to be converted.</summary>
    public abstract class ConverterContext
    {
        public abstract Type TargetType { get; }

        public abstract object? Source { get; }

        public abstract FunctionContext FunctionContext { get; }

        public abstract IReadOnlyDictionary<string, object> Properties { get; }
    }

    /// <summary>How a conversion went.</summary>
    public enum ConversionStatus
    {
        Unhandled = 0,
        Succeeded = 1,
        Failed = 2,
    }

    /// <summary>The outcome of a conversion.</summary>
    public readonly struct ConversionResult
    {
        private ConversionResult(ConversionStatus status, object? value, Exception? error) => (Status, Value, Error) = (status, value, error);

        public ConversionStatus Status { get; }

        public object? Value { get; }

        public Exception? Error { get; }

        public static ConversionResult Unhandled() => new(ConversionStatus.Unhandled, null, null);

        public static ConversionResult Success(object? value) => new(ConversionStatus.Succeeded, value, null);

        public static ConversionResult Failed(Exception exception) => new(ConversionStatus.Failed, null, exception);
    }

    /// <summary>Names the converter of a parameter or of every parameter of a type.</summary>
    [AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Interface | AttributeTargets.Class | AttributeTargets.Enum | AttributeTargets.Struct)]
    public class InputConverterAttribute(Type converterType) : Attribute
    {
        public Type ConverterType { get; } = converterType;
    }
}

namespace Microsoft.Azure.Functions.Worker.Middleware
{
    /// <summary>The rest of the pipeline.</summary>
    public delegate Task FunctionExecutionDelegate(FunctionContext context);

    /// <summary>Wraps every invocation; made once.</summary>
    public interface IFunctionsWorkerMiddleware
    {
        Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
    }
}
