using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>Somebody signs in with a password. One of username and e-mail at least; if both, they must name the same account.</summary>
public sealed record SignIn
{
    [StringLength(254)]
    public string? Username { get; init; }

    [StringLength(254)]
    public string? Email { get; init; }

    [Required, Untrimmed, StringLength(AccountPolicy.LongestPassword)]
    public string Password { get; init; } = "";
}

/// <summary>Signing in with a password, and out.</summary>
public sealed class SignInService(Database database, TimeProvider clock, PasswordHasher passwords, TokenIssuer tokens)
{
    /// <summary>Any mismatch is the same refusal after the same time; that an account is blocked is said only to who knows its password.</summary>
    public async Task<Result<AuthResult>> SignInAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(signIn.Username) && string.IsNullOrEmpty(signIn.Email))
        {
            return Problem.Validation("username", "or email is required.");
        }

        var account = await FindAsync(signIn, cancellationToken);
        var match = await passwords.IsMatchAsync(signIn.Password, account?.PasswordHash, cancellationToken);

        if (match.Problem is { } busy)
        {
            return busy;
        }

        if (account is null || !match.Value)
        {
            return AccountProblems.CredentialsInvalid;
        }

        if (account.IsBlocked)
        {
            return AccountProblems.AccountBlocked;
        }

        await RememberLoginAsync(account.Id, cancellationToken);
        return tokens.SignIn(account);
    }

    /// <summary>The token is refused from now on, here and on every other instance.</summary>
    public async Task<Result<Done>> SignOutAsync(long accountId, Guid tokenId, DateTimeOffset tokenExpiresAt, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync(
            """
            insert into revoked_token (jti, account_id, expires_at)
            values (@tokenId, @accountId, @tokenExpiresAt)
            on conflict (jti) do nothing
            """,
            new { tokenId, accountId, tokenExpiresAt });
        return Done.Well("Signed out");
    }

    private async Task<Account?> FindAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);

        if (string.IsNullOrEmpty(signIn.Email))
        {
            return await db.QuerySingleOrDefaultAsync<Account>(
                $"""
                select {Account.Columns}
                from   account
                where  lower(username) = lower(@Username)
                and    is_active
                """,
                new { signIn.Username });
        }

        var account = await db.QuerySingleOrDefaultAsync<Account>(
            $"""
            select {Account.Columns}
            from   account
            where  email = @email
            and    is_active
            """,
            new { email = EmailAddress.Normalise(signIn.Email) });

        return string.IsNullOrEmpty(signIn.Username) || string.Equals(account?.Username, signIn.Username, StringComparison.OrdinalIgnoreCase) ? account : null;
    }

    private async Task RememberLoginAsync(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync("update account set last_login_at = @now where id = @accountId", new { accountId, now = clock.GetUtcNow() });
    }
}
