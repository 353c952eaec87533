using System.ComponentModel.DataAnnotations;
using Npgsql;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>Somebody proves their own address or number with the code that was sent to it.</summary>
public sealed record ConfirmCode
{
    /// <summary>The six digits.</summary>
    [Required, StringLength(20)]
    public string Code { get; init; } = "";
}

/// <summary>Proving the e-mail address or the phone number of one's account. A code belongs to the account and to the address or number it has at that moment.</summary>
public sealed class VerificationService(Database database, TimeProvider clock, OneTimeCodes codes, MailSender mails, ISmsSender sms)
{
    public async Task<Result<CodeSent>> SendToEmailAsync(long accountId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var own = await LockAsync(db, accountId);
        if (own.IsEmailProven)
        {
            return AccountProblems.EmailAlreadyVerified;
        }

        var code = await codes.MakeAsync(db, CodePurpose.VerifyEmail, own.NewestEmail, now, accountId);
        if (code.Problem is { } refused)
        {
            return refused;
        }

        var mail = await OneTimeCodes.MailAsync(db, CodePurpose.VerifyEmail, own.NewestEmail, code.Value, now, now + AccountPolicy.CodeLife, accountId);
        await db.CommitAsync();

        mails.SendSoon(mail);
        return Sent("Verification OTP sent to your email");
    }

    /// <summary>The newest address takes the place of the one proven before. Whoever else claims it goes back to their own.</summary>
    public async Task<Result<Done>> ConfirmEmailAsync(long accountId, ConfirmCode confirm, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        await LockClaimantsAsync(db, accountId);
        var own = await LockAsync(db, accountId);
        if (own.IsEmailProven)
        {
            return AccountProblems.EmailAlreadyVerified;
        }

        if (await TryAsync(db, CodePurpose.VerifyEmail, own.NewestEmail, confirm, accountId, now) is { } wrong)
        {
            return wrong;
        }

        try
        {
            await db.ExecuteAsync(
                """
                update account
                set    email = @NewestEmail, claimed_email = null, updated_at = @now
                where  id = @accountId
                """,
                new { accountId, own.NewestEmail, now });
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return AccountProblems.OtpInvalid; // somebody opened an account with this address after it was claimed here
        }

        await RegistrationService.EndClaimsAsync(db, own.NewestEmail, now);
        await SignInAttempts.ForgetAsync(db, [own.Email, own.NewestEmail]);
        await db.CommitAsync();
        return Done.Well("Email verified successfully");
    }

    /// <summary>
    /// Refuses with <c>service.unavailable</c> when nobody takes the SMS; then one may ask again at once. Where that is not certain the code stays, and counts: whoever hangs up
    /// after the provider has it gets no other for nothing.
    /// </summary>
    public async Task<Result<CodeSent>> SendToPhoneAsync(long accountId, CancellationToken cancellationToken)
    {
        var making = await MakeForPhoneAsync(accountId, cancellationToken);
        if (making.Problem is { } refused)
        {
            return refused;
        }

        var (number, code) = making.Value;
        var outcome = await sms.SendCodeAsync(number, code, CancellationToken.None); // outside any transaction, and to its end, whether or not somebody waits for the answer
        if (outcome == SmsOutcome.Taken)
        {
            return Sent("Verification OTP sent to your phone");
        }

        if (outcome == SmsOutcome.Unknown)
        {
            return AccountProblems.UncertainSms;
        }

        await using var db = await database.BeginAsync(CancellationToken.None);
        await codes.ForgetAsync(db, CodePurpose.VerifyPhone, number, code, clock.GetUtcNow());
        await db.CommitAsync();
        return AccountProblems.NoSms;
    }

    public async Task<Result<Done>> ConfirmPhoneAsync(long accountId, ConfirmCode confirm, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var own = await LockAsync(db, accountId);
        if (own.IsPhoneVerified)
        {
            return AccountProblems.PhoneAlreadyVerified;
        }

        if (own.Phone is null)
        {
            return AccountProblems.OtpInvalid; // nothing was sent anywhere
        }

        if (await TryAsync(db, CodePurpose.VerifyPhone, PhoneNumber.International(own.Phone), confirm, accountId, now) is { } wrong)
        {
            return wrong;
        }

        await db.ExecuteAsync(
            """
            update account
            set    is_phone_verified = true, updated_at = @now
            where  id = @accountId
            """,
            new { accountId, now });
        await db.CommitAsync();
        return Done.Well("Phone verified successfully");
    }

    private async Task<Result<(string Number, string Code)>> MakeForPhoneAsync(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.BeginAsync(cancellationToken);

        var own = await LockAsync(db, accountId);
        if (own.Phone is null)
        {
            return AccountProblems.PhoneMissing;
        }

        if (own.IsPhoneVerified)
        {
            return AccountProblems.PhoneAlreadyVerified;
        }

        var number = PhoneNumber.International(own.Phone);
        var code = await codes.MakeAsync(db, CodePurpose.VerifyPhone, number, clock.GetUtcNow(), accountId);
        if (code.Problem is { } refused)
        {
            return refused;
        }

        await db.CommitAsync();
        return (number, code.Value);
    }

    /// <summary>Null when the code is right, and used up. A wrong try counts.</summary>
    private async Task<Problem?> TryAsync(Session db, string purpose, string address, ConfirmCode confirm, long accountId, DateTimeOffset now)
    {
        if (await codes.CountTryAsync(db, purpose, address, now) is { } tooMany)
        {
            return tooMany;
        }

        if (await codes.UseAsync(db, purpose, address, confirm.Code, now, accountId))
        {
            return null;
        }

        await db.CommitAsync();
        return AccountProblems.OtpInvalid;
    }

    /// <summary>The account and all that claim the same address, in the order in which <see cref="RegistrationService.EndClaimsAsync"/> takes them.</summary>
    private static Task<int> LockClaimantsAsync(Session db, long accountId) =>
        db.ExecuteAsync(
            """
            select   id
            from     account
            where    id = @accountId
            or       claimed_email = (select claimed_email from account where id = @accountId)
            order by id
            for      update
            """,
            new { accountId });

    /// <summary>The account stays as it is until the end of the transaction.</summary>
    private static Task<Own> LockAsync(Session db, long accountId) =>
        db.QuerySingleAsync<Own>(
            """
            select email, coalesce(claimed_email, email) as newest_email, claimed_email is null as is_email_proven, phone, is_phone_verified
            from   account
            where  id = @accountId
            for    update
            """,
            new { accountId });

    private static CodeSent Sent(string message) => new(message, (int)AccountPolicy.CodeLife.TotalSeconds);

    private sealed record Own
    {
        /// <summary>The proven one.</summary>
        public required string Email { get; init; }

        /// <summary>The address that is shown: claimed, or else the only one.</summary>
        public required string NewestEmail { get; init; }

        public bool IsEmailProven { get; init; }

        public string? Phone { get; init; }

        public bool IsPhoneVerified { get; init; }
    }
}
