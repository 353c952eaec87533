namespace Zoniq.Domain.Accounts;

/// <summary>An account as signing in sees it.</summary>
internal sealed record Account
{
    /// <summary>What is shown of an account: of its addresses the newest, which is verified unless it is only claimed.</summary>
    public const string ShownColumns =
        """
        id, username, coalesce(claimed_email, email) as email, phone, full_name, role, claimed_email is null as is_verified, is_phone_verified,
        is_active, created_at, updated_at
        """;

    /// <summary>The columns to select or return.</summary>
    public const string Columns = $"{ShownColumns}, email as proven_email, password_hash, is_blocked, tokens_valid_from";

    /// <summary>What <c>tokens_valid_from</c> becomes to revoke every token issued so far; <see cref="TokenIssuer"/> says why.</summary>
    public const string AfterEveryToken = "greatest(date_trunc('second', @now), tokens_valid_from) + interval '1 second'";

    public long Id { get; init; }

    public required string Username { get; init; }

    /// <summary>The address that is shown, claimed or proven.</summary>
    public required string Email { get; init; }

    /// <summary>The address that is the account's own, and the only one that stands for it.</summary>
    public required string ProvenEmail { get; init; }

    public string? Phone { get; init; }

    public string? FullName { get; init; }

    public required string Role { get; init; }

    public string? PasswordHash { get; init; }

    public bool IsVerified { get; init; }

    public bool IsPhoneVerified { get; init; }

    public bool IsActive { get; init; }

    public bool IsBlocked { get; init; }

    public DateTimeOffset TokensValidFrom { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}
