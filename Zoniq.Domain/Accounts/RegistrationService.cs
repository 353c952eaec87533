using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>Somebody opens an account with a password, and proves the e-mail address with the code that was sent to it.</summary>
public sealed record SignUp
{
    [Required, UsernameFormat]
    public string Username { get; init; } = "";

    [Required, EmailFormat]
    public string Email { get; init; } = "";

    [Required, Untrimmed, StringLength(AccountPolicy.LongestPassword, MinimumLength = AccountPolicy.ShortestPassword)]
    public string Password { get; init; } = "";

    /// <summary>The six digits of the mail.</summary>
    [Required, StringLength(20)]
    public string EmailOtpCode { get; init; } = "";

    [PhoneFormat]
    public string? Phone { get; init; }

    [StringLength(255)]
    public string? FullName { get; init; }
}

/// <summary>Opens accounts.</summary>
public sealed class RegistrationService(Database database, TimeProvider clock, OneTimeCodes codes, PasswordHasher passwords, TokenIssuer tokens)
{
    /// <summary>The code is looked at first but used up only with the account's creation, so a taken username can be corrected.</summary>
    public async Task<Result<AuthResult>> SignUpAsync(SignUp signUp, CancellationToken cancellationToken)
    {
        var email = EmailAddress.Normalise(signUp.Email);

        if (await codes.LookAsync(CodePurpose.EmailLogin, email, signUp.EmailOtpCode, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        var hash = await passwords.HashAsync(signUp.Password, cancellationToken); // slow, so outside the transaction
        if (hash.Problem is { } busy)
        {
            return busy;
        }

        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (!await codes.UseAsync(db, CodePurpose.EmailLogin, email, signUp.EmailOtpCode, now))
        {
            return AccountProblems.OtpInvalid;
        }

        await EndClaimsAsync(db, email, now);
        var account = await db.QuerySingleOrDefaultAsync<Account>(
            $"""
            insert into account (username, email, phone, full_name, password_hash, tokens_valid_from, last_login_at, created_at)
            values (@Username, @email, nullif(@Phone, ''), nullif(@FullName, ''), @hash, date_trunc('second', @now), @now, @now)
            on conflict do nothing
            returning {Account.Columns}
            """,
            new { signUp.Username, email, signUp.Phone, signUp.FullName, hash = hash.Value, now });

        if (account is null)
        {
            return await WhoWasFirstAsync(db, email); // not committed: the code is good for another try
        }

        await Outbox.EnqueueAsync(db, Mails.Welcome(account.Email, account.Id, account.Username), now);
        await db.CommitAsync();
        return tokens.SignIn(account, now);
    }

    /// <summary>An account without a password for a proven address, under a username made from it; null when the address has an account by now.</summary>
    internal static async Task<Account?> OpenByEmailAsync(Session db, string email, DateTimeOffset now)
    {
        await EndClaimsAsync(db, email, now);
        var account = await db.QuerySingleOrDefaultAsync<Account>(
            $"""
            insert into account (username, email, tokens_valid_from, last_login_at, created_at)
            select   username, @email, date_trunc('second', @now), @now, @now
            from     unnest(@usernames) with ordinality as candidate (username, place)
            where    not exists (select from account where lower(account.username) = lower(candidate.username))
            order by place
            limit    1
            on conflict do nothing
            returning {Account.Columns}
            """,
            new { email, usernames = UsernamesFor(email), now });

        if (account is not null)
        {
            await Outbox.EnqueueAsync(db, Mails.Welcome(account.Email, account.Id, account.Username), now);
        }

        return account;
    }

    /// <summary>Ten with four digits, and one with eight hexadecimal ones for when all of those are taken.</summary>
    private static string[] UsernamesFor(string email)
    {
        var name = new string([.. email[..email.IndexOf('@', StringComparison.Ordinal)].Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_').Take(50)]);
        var stem = name.Length > 0 ? name : "user";

        return
        [
            .. Enumerable.Range(0, 10).Select(_ => $"{stem}_{RandomNumberGenerator.GetString("0123456789", 4)}"),
            $"{stem}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
        ];
    }

    /// <summary>Whoever said that an address is theirs, and did not prove it, goes back to the one they have proven: somebody else has proven this one.</summary>
    internal static Task<int> EndClaimsAsync(Session db, string email, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update account
            set    claimed_email = null, updated_at = @now
            where  id in (
                select   id
                from     account
                where    claimed_email = @email
                order by id
                for update)
            """,
            new { email, now });

    private static async Task<Problem> WhoWasFirstAsync(Session db, string email) =>
        await db.QuerySingleAsync<bool>("select exists (select from account where email = @email)", new { email })
            ? AccountProblems.EmailTaken
            : AccountProblems.UsernameTaken;
}
