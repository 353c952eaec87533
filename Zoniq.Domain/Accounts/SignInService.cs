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
public sealed class SignInService(Database database, TimeProvider clock, PasswordHasher passwords, SignInAttempts attempts, TokenIssuer tokens)
{
    /// <summary>
    /// Any mismatch is the same refusal after the same time; that an account is blocked is said only to who knows its password. A name with too many failures is
    /// locked, whoever it belongs to.
    /// </summary>
    public async Task<Result<AuthResult>> SignInAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(signIn.Username) && string.IsNullOrEmpty(signIn.Email))
        {
            return Problem.Validation("username", "or email is required.");
        }

        string[] names = [.. new[] { signIn.Username, signIn.Email }.OfType<string>().Where(name => name.Length > 0).Select(SignInAttempts.NameOf).Distinct()];
        if (await attempts.BeginAsync(names, cancellationToken) is { } locked)
        {
            return locked;
        }

        var account = await FindAsync(signIn, CancellationToken.None); // from here on a try ends as one that failed or one that did not, also when nobody waits for the answer
        var match = await passwords.IsMatchAsync(signIn.Password, account?.PasswordHash, CancellationToken.None);

        if (match.Problem is { } busy)
        {
            await attempts.TakeBackAsync(names);
            return busy;
        }

        if (account is null || !match.Value)
        {
            await attempts.FailAsync(names);
            return AccountProblems.CredentialsInvalid;
        }

        return await ComeInAsync(account, names);
    }

    /// <summary>Every token of the account issued so far is refused from now on, this one too.</summary>
    public async Task<Result<Done>> SignOutEverywhereAsync(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.ExecuteAsync(
            $"""
            update account
            set    tokens_valid_from = {Account.AfterEveryToken}
            where  id = @accountId
            """,
            new { accountId, now = clock.GetUtcNow() });
        return Done.Well("Signed out everywhere");
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
                where  lower(username) = @name
                and    is_active
                """,
                new { name = SignInAttempts.NameOf(signIn.Username!) });
        }

        var account = await db.QuerySingleOrDefaultAsync<Account>(
            $"""
            select {Account.Columns}
            from   account
            where  email = @email
            and    is_active
            """,
            new { email = SignInAttempts.NameOf(signIn.Email) });

        return string.IsNullOrEmpty(signIn.Username) || (account is not null && SignInAttempts.NameOf(account.Username) == SignInAttempts.NameOf(signIn.Username)) ? account : null;
    }

    /// <summary>With the right password; unless it was changed while it was being compared.</summary>
    private async Task<Result<AuthResult>> ComeInAsync(Account account, string[] names)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(CancellationToken.None);

        var current = await db.QuerySingleOrDefaultAsync<Account>(
            $"""
            update account
            set    last_login_at = case when is_blocked then last_login_at else @now end
            where  id = @Id
            and    password_hash = @PasswordHash
            and    is_active
            returning {Account.Columns}
            """,
            new { account.Id, account.PasswordHash, now });
        await SignInAttempts.ForgetAsync(db, [.. names, account.Username, account.ProvenEmail]);
        await db.CommitAsync();

        return current is null ? AccountProblems.CredentialsInvalid : current.IsBlocked ? AccountProblems.AccountBlocked : tokens.SignIn(current, now);
    }
}
