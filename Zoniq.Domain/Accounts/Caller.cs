namespace Zoniq.Domain.Accounts;

/// <summary>Whose token it is, as the database says at this moment.</summary>
/// <param name="Id">The account.</param>
/// <param name="Username">As the account is named now, whatever the token says.</param>
/// <param name="IsAdmin">Whether the account has the role <c>admin</c> now.</param>
/// <param name="TokenId">The token's <c>jti</c>, by which it is signed out.</param>
/// <param name="TokenExpiresAt">When the token ends by itself.</param>
public sealed record Caller(long Id, string Username, bool IsAdmin, Guid TokenId, DateTimeOffset TokenExpiresAt);
