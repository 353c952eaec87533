using Microsoft.Azure.Functions.Worker.Converters;

namespace Zoniq.Functions.Http;

/// <summary>Who is calling, as the database says at this moment. A parameter of this type is bound from the bearer token.</summary>
[InputConverter(typeof(CurrentUserConverter))]
public sealed record CurrentUser(long Id, string Username, string Email, bool IsAdmin, Guid TokenId, DateTimeOffset TokenExpiresAt, string? IpAddress);
