using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>Somebody does not know their password any more.</summary>
public sealed record ForgotPassword
{
    [Required, EmailFormat]
    public string Email { get; init; } = "";
}

/// <summary>Somebody chooses a new password with the code that was sent.</summary>
public sealed record ResetPassword
{
    [Required, EmailFormat]
    public string Email { get; init; } = "";

    /// <summary>The six digits of the mail.</summary>
    [Required, StringLength(20)]
    public string Code { get; init; } = "";

    [Required, Untrimmed, StringLength(AccountPolicy.LongestPassword, MinimumLength = AccountPolicy.ShortestPassword)]
    public string NewPassword { get; init; } = "";
}

/// <summary>A new password for who has the account's address.</summary>
public sealed class PasswordResetService(Database database, TimeProvider clock, OneTimeCodes codes, PasswordHasher passwords, MailSender mails)
{
    /// <summary>The answer and the statements are the same whether or not the address has an account; but a mail for an address without one has expired before it could be sent.</summary>
    public async Task<Result<CodeSent>> ForgotAsync(ForgotPassword forgot, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var email = EmailAddress.Normalise(forgot.Email);
        await using var db = await database.BeginAsync(cancellationToken);

        var code = await codes.MakeAsync(db, CodePurpose.ResetPassword, email, now);
        if (code.Problem is { } refused)
        {
            return refused;
        }

        var isKnown = await db.QuerySingleAsync<bool>("select exists (select from account where email = @email and is_active)", new { email });
        var mail = await OneTimeCodes.MailAsync(db, CodePurpose.ResetPassword, email, code.Value, now, now + (isKnown ? AccountPolicy.CodeLife : -AccountPolicy.CodeLife));
        await db.CommitAsync();

        mails.SendSoon(mail);
        return new CodeSent("If the email exists, an OTP has been sent", (int)AccountPolicy.CodeLife.TotalSeconds);
    }

    /// <summary>Whoever has signed in before is signed out everywhere, a new address that was not proven is forgotten, and the owner is told.</summary>
    public async Task<Result<Done>> ResetAsync(ResetPassword reset, CancellationToken cancellationToken)
    {
        var email = EmailAddress.Normalise(reset.Email);

        if (await codes.LookAsync(CodePurpose.ResetPassword, email, reset.Code, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        var hash = await passwords.HashAsync(reset.NewPassword, cancellationToken); // slow, so outside the transaction
        if (hash.Problem is { } busy)
        {
            return busy;
        }

        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (!await codes.UseAsync(db, CodePurpose.ResetPassword, email, reset.Code, now)
            || await ReplaceAsync(db, email, hash.Value, now) is not { Id: var id, Username: var username })
        {
            return AccountProblems.OtpInvalid;
        }

        await SignInAttempts.ForgetAsync(db, [email, username]);
        await Outbox.EnqueueAsync(db, Mails.SecurityNotice(email, id, Guid.NewGuid(), $"The password of your account {username} was reset.", now), now);
        await db.CommitAsync();
        return Done.Well("Password reset successfully");
    }

    /// <summary>Whose it was, or null when the address has no account by now. The code has proven the address.</summary>
    private static Task<Owner?> ReplaceAsync(Session db, string email, string hash, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<Owner>(
            $"""
            update account
            set    password_hash = @hash,
                   tokens_valid_from = {Account.AfterEveryToken},
                   claimed_email = null,
                   updated_at = @now
            where  email = @email
            and    is_active
            returning id, username
            """,
            new { email, hash, now });

    private sealed record Owner
    {
        public long Id { get; init; }

        public required string Username { get; init; }
    }
}
