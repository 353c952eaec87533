using Microsoft.Azure.Functions.Worker.Converters;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>Who is calling, as the database says at this moment. A parameter of this type is bound from the bearer token.</summary>
[InputConverter(typeof(CurrentUserConverter))]
public sealed record CurrentUser(long Id, string Username, bool IsAdmin, Guid TokenId, DateTimeOffset TokenExpiresAt, string? IpAddress)
{
    /// <summary>The caller, as the audit log names an administrator.</summary>
    public Actor Actor => new(Id, Username, IpAddress);
}

/// <summary>Hands over whom <see cref="AccessMiddleware"/> found.</summary>
public sealed class CurrentUserConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        context.FunctionContext.Items.TryGetValue(typeof(CurrentUser), out var user)
            ? ValueTask.FromResult(ConversionResult.Success(user))
            : throw new InvalidOperationException($"{context.FunctionContext.FunctionDefinition.Name} is open to everybody, so there is no current user.");
}
