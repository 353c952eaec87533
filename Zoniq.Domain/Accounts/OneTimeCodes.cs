using System.Security.Cryptography;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>What a one-time code proves; the names are kept in the database.</summary>
internal static class CodePurpose
{
    /// <summary>Signing up and signing in by e-mail share it.</summary>
    public const string EmailLogin = "email_login";

    public const string ResetPassword = "reset_password";

    public const string VerifyEmail = "verify_email";

    public const string VerifyPhone = "verify_phone";

    /// <summary>As the mail says it, after "Use this code to".</summary>
    public static string Sentence(string purpose) => purpose switch
    {
        EmailLogin => "sign in to ZONIQ or to open your account",
        ResetPassword => "choose a new password for ZONIQ",
        VerifyEmail => "confirm that this address is yours",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, null),
    };
}

/// <summary>
/// One-time codes: one per purpose and address, and only a keyed hash of it. Every method but <see cref="LookAsync"/> works in the caller's transaction, and a try keeps the code's row locked until its
/// end, so that of many simultaneous tries each is counted before the next is looked at.
/// </summary>
public sealed class OneTimeCodes(Database database, TimeProvider clock, TokenOptions options, RateCounters counters)
{
    /// <summary>
    /// A new code in place of any earlier one. Refuses with <c>otp.cooldown</c> when one was made a moment ago, with <c>rate.limited</c> when the address got many; then
    /// nothing is to be committed.
    /// </summary>
    /// <param name="db">The session of the use case.</param>
    /// <param name="purpose">A constant of <see cref="CodePurpose"/>.</param>
    /// <param name="address">An e-mail address or an international number.</param>
    /// <param name="now">When.</param>
    /// <param name="accountId">Whose code it is; null when it is for whoever has the address.</param>
    internal async Task<Result<string>> MakeAsync(Session db, string purpose, string address, DateTimeOffset now, long? accountId = null)
    {
        var code = RandomNumberGenerator.GetString("0123456789", 6);
        var made = await db.ExecuteAsync(
            """
            insert into one_time_code (purpose, address, account_id, code_hash, attempts_left, sent_at, expires_at)
            values (@purpose, @address, @accountId, @hash, @tries, @now, @expiresAt)
            on conflict (purpose, address) do update
            set    account_id = excluded.account_id,
                   code_hash = excluded.code_hash,
                   attempts_left = excluded.attempts_left,
                   sent_at = excluded.sent_at,
                   expires_at = excluded.expires_at
            where  one_time_code.sent_at <= @lastAllowed
            """,
            new
            {
                purpose,
                address,
                accountId,
                hash = options.Hash(Stated(purpose, address, code)),
                tries = (short)AccountPolicy.CodeTries,
                now,
                expiresAt = now + AccountPolicy.CodeLife,
                lastAllowed = now - AccountPolicy.CodeCooldown,
            });

        if (made == 1)
        {
            return await counters.RefusalAsync(db, Counted("codes", purpose, address), AccountPolicy.SendingsPerWindow, AccountPolicy.SendingWindow, now) is { } tooMany
                ? tooMany
                : code;
        }

        var sentAt = await db.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            select sent_at
            from   one_time_code
            where  purpose = @purpose
            and    address = @address
            """,
            new { purpose, address });

        var sinceThen = sentAt < now ? now - sentAt.Value : TimeSpan.Zero; // who lost a race began before the code was sent
        return AccountProblems.OtpCooldown with { RetryAfter = AccountPolicy.CodeCooldown - sinceThen };
    }

    /// <summary>Leaves the mail with the code in the outbox, in place of one that was not sent yet; its number.</summary>
    internal static async Task<long> MailAsync(Session db, string purpose, string address, string code, DateTimeOffset now, DateTimeOffset expiresAt, long? accountId = null)
    {
        var mail = Mails.Code(address, accountId, code, CodePurpose.Sentence(purpose), Guid.NewGuid(), expiresAt);
        await Outbox.WithdrawAsync(db, MailTemplate.Code, address, CodePurpose.Sentence(purpose));
        return (await Outbox.EnqueueAsync(db, mail, now))!.Value;
    }

    /// <summary>Forgets a code that could not be sent, as if it had not been asked for.</summary>
    internal async Task ForgetAsync(Session db, string purpose, string address, string code, DateTimeOffset now)
    {
        var forgotten = await db.ExecuteAsync(
            """
            delete from one_time_code
            where  purpose = @purpose
            and    address = @address
            and    code_hash = any(@hashes)
            """,
            new { purpose, address, hashes = options.Hashes(Stated(purpose, address, code)) });

        if (forgotten == 1)
        {
            await counters.TakeBackAsync(db, Counted("codes", purpose, address), now);
        }
    }

    /// <summary>Counts a try for an address, whether or not there is a code for it; the refusal when it is one too many.</summary>
    internal Task<Problem?> CountTryAsync(Session db, string purpose, string address, DateTimeOffset now) =>
        counters.RefusalAsync(db, Counted("tries", purpose, address), AccountPolicy.TriesPerWindow, AccountPolicy.TryingWindow, now);

    /// <summary>For what is slow to do once the code is right: null when it is, and it stays good. The try counts, whatever follows.</summary>
    internal async Task<Problem?> LookAsync(string purpose, string address, string code, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        if (await CountTryAsync(db, purpose, address, now) is { } tooMany)
        {
            return tooMany;
        }

        var isRight = await IsRightAsync(db, purpose, address, code, now);
        await db.CommitAsync();
        return isRight ? null : AccountProblems.OtpInvalid;
    }

    /// <summary>Whether the code is right; a wrong one costs a try, once the caller commits.</summary>
    internal Task<bool> IsRightAsync(Session db, string purpose, string address, string code, DateTimeOffset now, long? accountId = null) =>
        db.QuerySingleOrDefaultAsync<bool>(
            """
            update one_time_code
            set    attempts_left = attempts_left - case when code_hash = any(@hashes) then 0 else 1 end
            where  purpose = @purpose
            and    address = @address
            and    expires_at > @now
            and    attempts_left > 0
            and    account_id is not distinct from @accountId
            returning code_hash = any(@hashes)
            """,
            new { purpose, address, hashes = options.Hashes(Stated(purpose, address, code)), now, accountId });

    /// <summary>As <see cref="IsRightAsync"/>, and a right code is used up. Its row stays, and with it the pause before the next.</summary>
    internal async Task<bool> UseAsync(Session db, string purpose, string address, string code, DateTimeOffset now, long? accountId = null)
    {
        if (!await IsRightAsync(db, purpose, address, code, now, accountId))
        {
            return false;
        }

        await db.ExecuteAsync(
            """
            update one_time_code
            set    attempts_left = 0
            where  purpose = @purpose
            and    address = @address
            """,
            new { purpose, address });
        return true;
    }

    /// <summary>Whose it is cannot be read from a counter.</summary>
    private string Counted(string what, string purpose, string address) => $"{what}:{purpose}:{Convert.ToHexStringLower(options.Hash(Stated(purpose, address, code: "")))}";

    private static string Stated(string purpose, string address, string code) => $"{purpose}\n{address}\n{code}";
}
