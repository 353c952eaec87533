using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>Tells whose token it is. It is on the way of every signed-in request: one signature, one statement.</summary>
public sealed class Authenticator(Database database, TokenOptions options, TimeProvider clock)
{
    /// <summary>Tokens of ours are a third of this; a longer one is not worth reading.</summary>
    private const int LongestToken = 4096;

    private readonly JsonWebTokenHandler handler = new();
    private readonly TokenValidationParameters proof = new()
    {
        IssuerSigningKeys = new[] { options.SigningKey, options.PreviousSigningKey }.OfType<byte[]>().Select(key => new SymmetricSecurityKey(key)).ToArray(),
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false, // the handler would ask the machine's clock
    };

    /// <summary>Refuses a token that is forged, expired or revoked, and one whose account is blocked by now.</summary>
    public async Task<Result<Caller>> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > LongestToken || await handler.ValidateTokenAsync(token, proof) is not { IsValid: true, SecurityToken: JsonWebToken jwt })
        {
            return AccountProblems.TokenInvalid;
        }

        if (!long.TryParse(jwt.Subject, out var accountId)
            || !Guid.TryParse(jwt.Id, out var tokenId)
            || !jwt.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var issuedAt)
            || !jwt.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Exp, out var expiresAt))
        {
            return AccountProblems.TokenInvalid;
        }

        if (expiresAt <= clock.GetUtcNow().ToUnixTimeSeconds())
        {
            return AccountProblems.TokenExpired;
        }

        await using var db = await database.OpenAsync(cancellationToken);
        var holder = await db.QuerySingleOrDefaultAsync<Holder>(
            """
            select username,
                   role = 'admin' as is_admin,
                   is_active,
                   is_blocked,
                   tokens_valid_from,
                   exists (select from revoked_token where jti = @tokenId) as is_revoked
            from   account
            where  id = @accountId
            """,
            new { accountId, tokenId });

        if (holder is null or { IsActive: false } or { IsRevoked: true } || issuedAt < holder.TokensValidFrom.ToUnixTimeSeconds())
        {
            return AccountProblems.TokenRevoked;
        }

        if (holder.IsBlocked)
        {
            return AccountProblems.AccountBlocked;
        }

        return new Caller(accountId, holder.Username, holder.IsAdmin, tokenId, DateTimeOffset.FromUnixTimeSeconds(expiresAt));
    }

    private sealed record Holder
    {
        public required string Username { get; init; }

        public bool IsAdmin { get; init; }

        public bool IsActive { get; init; }

        public bool IsBlocked { get; init; }

        public bool IsRevoked { get; init; }

        public DateTimeOffset TokensValidFrom { get; init; }
    }
}
