using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>Somebody asks for a code to sign up or in with.</summary>
public sealed record SendEmailOtp
{
    [Required, EmailFormat]
    public string Email { get; init; } = "";
}

/// <summary>Somebody signs in with the code that was sent.</summary>
public sealed record VerifyEmailOtp
{
    [Required, EmailFormat]
    public string Email { get; init; } = "";

    /// <summary>The six digits of the mail.</summary>
    [Required, StringLength(20)]
    public string Code { get; init; } = "";
}

/// <summary>A code is on its way, whether or not the address has an account.</summary>
public sealed record CodeSent(string Message, int ExpiresInSeconds);

/// <summary>Signing in by e-mail: a code goes to the address, and whoever has it owns the account, which is opened if there is none.</summary>
public sealed class EmailCodeService(Database database, TimeProvider clock, OneTimeCodes codes, TokenIssuer tokens, MailSender mails)
{
    /// <summary>The answer and the work are the same for known and unknown addresses.</summary>
    public async Task<Result<CodeSent>> SendAsync(SendEmailOtp send, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var email = EmailAddress.Normalise(send.Email);
        await using var db = await database.BeginAsync(cancellationToken);

        var code = await codes.MakeAsync(db, CodePurpose.EmailLogin, email, now);
        if (code.Problem is { } tooSoon)
        {
            return tooSoon;
        }

        var mail = await OneTimeCodes.MailAsync(db, CodePurpose.EmailLogin, email, code.Value, now, now + AccountPolicy.CodeLife);
        await db.CommitAsync();

        mails.SendSoon(mail);
        return new CodeSent("Verification code sent to your email", (int)AccountPolicy.CodeLife.TotalSeconds);
    }

    /// <summary>A known address signs in; an unknown one is registered.</summary>
    public async Task<Result<AuthResult>> VerifyAsync(VerifyEmailOtp verify, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var email = EmailAddress.Normalise(verify.Email);
        await using var db = await database.BeginAsync(cancellationToken);

        if (await codes.CountTryAsync(db, CodePurpose.EmailLogin, email, now) is { } tooMany)
        {
            return tooMany;
        }

        if (!await codes.UseAsync(db, CodePurpose.EmailLogin, email, verify.Code, now))
        {
            await db.CommitAsync(); // the wrong try counts
            return AccountProblems.OtpInvalid;
        }

        var account = await ComeInAsync(db, email, now) ?? await RegistrationService.OpenByEmailAsync(db, email, now)
            ?? await ComeInAsync(db, email, now) ?? await RegistrationService.OpenByEmailAsync(db, email, now); // somebody may take the address or the name in this instant
        if (account is null)
        {
            return CommonProblems.ServiceUnavailable; // not committed: the code is good for another try
        }

        await db.CommitAsync();
        return account.IsBlocked ? AccountProblems.AccountBlocked : tokens.SignIn(account, now);
    }

    /// <summary>The account of an address that has just been proven, if there is one; not one that merely claims the address, since anybody can do that.</summary>
    private static Task<Account?> ComeInAsync(Session db, string email, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<Account>(
            $"""
            update account
            set    last_login_at = case when is_blocked then last_login_at else @now end
            where  email = @email
            and    is_active
            returning {Account.Columns}
            """,
            new { email, now });
}
