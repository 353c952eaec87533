namespace Zoniq.Domain.Accounts;

/// <summary>An account as signing in sees it.</summary>
internal sealed record Account
{
    /// <summary>The columns to select or return.</summary>
    public const string Columns =
        "id, username, email, phone, full_name, role, password_hash, is_verified, is_phone_verified, is_active, is_blocked, tokens_valid_from, created_at, updated_at";

    public long Id { get; init; }

    public required string Username { get; init; }

    public required string Email { get; init; }

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
