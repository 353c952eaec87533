using System.Security.Cryptography;
using System.Text;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>What a one-time code proves; the names are kept in the database.</summary>
internal static class CodePurpose
{
    /// <summary>Signing up and signing in by e-mail share it.</summary>
    public const string EmailLogin = "email_login";
}

/// <summary>
/// One-time codes: one per purpose and address, and only a keyed hash of it. Every method works in the caller's transaction, and a try keeps the code's row locked until its
/// end, so that of many simultaneous tries each is counted before the next is looked at.
/// </summary>
public sealed class OneTimeCodes(TokenOptions options)
{
    /// <summary>A new code in place of any earlier one. Refuses with <c>otp.cooldown</c> when one was made a moment ago.</summary>
    internal async Task<Result<string>> MakeAsync(Session db, string purpose, string address, DateTimeOffset now)
    {
        var code = RandomNumberGenerator.GetString("0123456789", 6);
        var made = await db.ExecuteAsync(
            """
            insert into one_time_code (purpose, address, code_hash, attempts_left, sent_at, expires_at)
            values (@purpose, @address, @hash, @tries, @now, @expiresAt)
            on conflict (purpose, address) do update
            set    code_hash = excluded.code_hash,
                   attempts_left = excluded.attempts_left,
                   sent_at = excluded.sent_at,
                   expires_at = excluded.expires_at
            where  one_time_code.sent_at <= @lastAllowed
            """,
            new
            {
                purpose,
                address,
                hash = Hash(purpose, address, code),
                tries = (short)AccountPolicy.CodeTries,
                now,
                expiresAt = now + AccountPolicy.CodeLife,
                lastAllowed = now - AccountPolicy.CodeCooldown,
            });

        if (made == 1)
        {
            return code;
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

    /// <summary>Whether the code is right; a wrong one costs a try, once the caller commits.</summary>
    internal Task<bool> IsRightAsync(Session db, string purpose, string address, string code, DateTimeOffset now) =>
        db.QuerySingleOrDefaultAsync<bool>(
            """
            update one_time_code
            set    attempts_left = attempts_left - case when code_hash = @hash then 0 else 1 end
            where  purpose = @purpose
            and    address = @address
            and    expires_at > @now
            and    attempts_left > 0
            returning code_hash = @hash
            """,
            new { purpose, address, hash = Hash(purpose, address, code), now });

    /// <summary>As <see cref="IsRightAsync"/>, and a right code is used up.</summary>
    internal async Task<bool> UseAsync(Session db, string purpose, string address, string code, DateTimeOffset now)
    {
        if (!await IsRightAsync(db, purpose, address, code, now))
        {
            return false;
        }

        await db.ExecuteAsync(
            """
            delete from one_time_code
            where  purpose = @purpose
            and    address = @address
            """,
            new { purpose, address });
        return true;
    }

    private byte[] Hash(string purpose, string address, string code) =>
        HMACSHA256.HashData(options.CodeHashKey, Encoding.UTF8.GetBytes($"{purpose}\n{address}\n{code}"));
}
