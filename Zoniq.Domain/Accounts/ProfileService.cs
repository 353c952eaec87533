using System.ComponentModel.DataAnnotations;
using Npgsql;
using Zoniq.Domain.Notifications;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>What an account's owner sees of it.</summary>
public record Profile
{
    public long Id { get; init; }

    public required string Username { get; init; }

    public required string Email { get; init; }

    /// <summary><c>user</c> or <c>admin</c>.</summary>
    public required string Role { get; init; }

    public string? Phone { get; init; }

    public string? FullName { get; init; }

    /// <summary>The e-mail address is proven.</summary>
    public bool IsVerified { get; init; }

    /// <summary>Not deleted.</summary>
    public bool IsActive { get; init; }

    public bool IsPhoneVerified { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>What somebody changes in their own account.</summary>
public sealed record ChangeProfile : Patch
{
    [UsernameFormat, StringLength(64, MinimumLength = 3)]
    public string? Username { get; init; }

    /// <summary>It is to be proven anew; until then the proven one before it stays in force for signing in by e-mail and for a forgotten password.</summary>
    [EmailFormat, StringLength(254, MinimumLength = 3)]
    public string? Email { get; init; }

    /// <summary>It is to be proven anew.</summary>
    [PhoneFormat, Clearable]
    public string? Phone { get; init; }

    [StringLength(255), Clearable]
    public string? FullName { get; init; }
}

/// <summary>Somebody's own account.</summary>
public sealed class ProfileService(Database database, TimeProvider clock)
{
    public async Task<Result<Profile>> GetAsync(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<Profile>(
            $"""
            select {Account.ShownColumns}
            from   account
            where  id = @accountId
            """,
            new { accountId });
    }

    /// <summary>
    /// A new address is only claimed: it takes the place of the proven one when it is proven itself, and till then identifies nobody, so that nobody gains or loses an account
    /// by naming somebody else's. The owner is told at the proven one.
    /// </summary>
    public async Task<Result<Profile>> ChangeAsync(long accountId, ChangeProfile change, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(cancellationToken);

        var before = await db.QuerySingleOrDefaultAsync<Own>(
            """
            select username, email, claimed_email, phone, full_name, is_phone_verified
            from   account
            where  id = @accountId
            and    is_active
            for    update
            """,
            new { accountId });
        if (before is null)
        {
            return AccountProblems.TokenRevoked;
        }

        var after = before.With(change);
        var isNewAddress = after.ClaimedEmail is not null && after.ClaimedEmail != before.ClaimedEmail;

        if (isNewAddress && await IsAddressTakenAsync(db, after.ClaimedEmail!))
        {
            return AccountProblems.EmailTaken;
        }

        try
        {
            await WriteAsync(db, accountId, after, now);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation) // two who want one name at once: the index knows who was first
        {
            return AccountProblems.UsernameTaken;
        }

        await SignInAttempts.ForgetAsync(db, before.NamesUnlike(after));
        if (isNewAddress)
        {
            await Outbox.EnqueueAsync(
                db, Mails.SecurityNotice(before.Email, accountId, Guid.NewGuid(), $"The e-mail address of your account {after.Username} was changed to {after.ClaimedEmail}.", now), now);
        }

        var profile = await db.QuerySingleAsync<Profile>(
            $"""
            select {Account.ShownColumns}
            from   account
            where  id = @accountId
            """,
            new { accountId });
        await db.CommitAsync();
        return profile;
    }

    /// <summary>
    /// Only by who has proven it: others who say it is theirs are in nobody's way. Should somebody prove it in this very instant, then the claim is to an address that is taken,
    /// and can never be proven.
    /// </summary>
    private static Task<bool> IsAddressTakenAsync(Session db, string email) =>
        db.QuerySingleAsync<bool>("select exists (select from account where email = @email)", new { email });

    private static Task<int> WriteAsync(Session db, long accountId, Own after, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            update account
            set    username = @Username,
                   claimed_email = @ClaimedEmail,
                   phone = @Phone,
                   full_name = @FullName,
                   is_phone_verified = @IsPhoneVerified,
                   updated_at = @now
            where  id = @accountId
            """,
            new { accountId, after.Username, after.ClaimedEmail, after.Phone, after.FullName, after.IsPhoneVerified, now });

    /// <summary>What the owner may change.</summary>
    private sealed record Own
    {
        public required string Username { get; init; }

        public required string Email { get; init; }

        public string? ClaimedEmail { get; init; }

        public string? Phone { get; init; }

        public string? FullName { get; init; }

        public bool IsPhoneVerified { get; init; }

        public Own With(ChangeProfile change)
        {
            var email = change.Email is null ? ClaimedEmail : EmailAddress.Normalise(change.Email);
            var phone = change.After(change.Phone, Phone);
            return this with
            {
                Username = change.Username ?? Username,
                ClaimedEmail = email == Email ? null : email,
                Phone = phone,
                FullName = change.After(change.FullName, FullName),
                IsPhoneVerified = IsPhoneVerified && phone == Phone,
            };
        }

        /// <summary>The name given up and the name taken: neither passes on what was held against it.</summary>
        public string[] NamesUnlike(Own other) =>
            Username.Equals(other.Username, StringComparison.OrdinalIgnoreCase) ? [] : [Username, other.Username];
    }
}
