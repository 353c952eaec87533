using Microsoft.Azure.Functions.Worker.Converters;

namespace Zoniq.Functions.Http;

/// <summary>
/// What is asked for: the same for every attempt under one Idempotency-Key, also when an instance died in the middle of the first, and a new one without a key.
/// A parameter of this type is bound from it.
/// </summary>
[InputConverter(typeof(OperationIdConverter))]
public sealed record OperationId(Guid Value);

/// <summary>Hands over what <see cref="IdempotencyMiddleware"/> found.</summary>
public sealed class OperationIdConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        ValueTask.FromResult(ConversionResult.Success(
            context.FunctionContext.Items.TryGetValue(typeof(OperationId), out var known) ? known : new OperationId(Guid.NewGuid())));
}
