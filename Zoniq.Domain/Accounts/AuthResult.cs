namespace Zoniq.Domain.Accounts;

/// <summary>Somebody has just signed in.</summary>
public sealed record AuthResult
{
    /// <summary>The account's number.</summary>
    public long Id { get; init; }

    public required AuthorizedAccount AuthorizedAccount { get; init; }
}

/// <summary>The account, and the token that acts for it.</summary>
public sealed record AuthorizedAccount
{
    /// <summary>A JWT, to be sent as <c>Authorization: Bearer</c>.</summary>
    public required string Token { get; init; }

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

    public bool IsLoggedIn { get; init; } = true;

    public bool IsPhoneVerified { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}
