using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Zoniq.Domain.Accounts;

/// <summary>
/// Makes tokens. A token counts whole seconds, so <c>iat</c> alone cannot tell one issued just before a sign-out of everything from one issued just after, within
/// the same second. Therefore no token is dated before the account's <c>tokens_valid_from</c>, which holds whole seconds; and whoever revokes all tokens sets it to
/// <c>greatest(date_trunc('second', @now), tokens_valid_from) + interval '1 second'</c>, which is later than every token issued so far.
/// </summary>
public sealed class TokenIssuer(TokenOptions options)
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials credentials = new(new SymmetricSecurityKey(options.SigningKey), SecurityAlgorithms.HmacSha256);

    /// <param name="account">Who has proven to be its owner.</param>
    /// <param name="now">Not later than the statement that read or wrote the account: if all tokens are revoked after that, this one must be among them.</param>
    internal AuthResult SignIn(Account account, DateTimeOffset now)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(
            Math.Max(now.ToUnixTimeSeconds(), account.TokensValidFrom.ToUnixTimeSeconds()));

        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["sub"] = account.Id.ToString(),
                ["username"] = account.Username,
                ["email"] = account.ProvenEmail,
                ["role"] = account.Role,
                ["jti"] = Guid.NewGuid().ToString(),
            },
            IssuedAt = issuedAt.UtcDateTime,
            Expires = (issuedAt + options.Lifetime).UtcDateTime,
            SigningCredentials = credentials,
        });

        return new()
        {
            Id = account.Id,
            AuthorizedAccount = new()
            {
                Token = token,
                Username = account.Username,
                Email = account.Email,
                Role = account.Role,
                Phone = account.Phone,
                FullName = account.FullName,
                IsVerified = account.IsVerified,
                IsActive = account.IsActive,
                IsPhoneVerified = account.IsPhoneVerified,
                CreatedAt = account.CreatedAt,
                UpdatedAt = account.UpdatedAt,
            },
        };
    }
}
