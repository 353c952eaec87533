using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Accounts;

/// <summary>What an account's owner sees of it.</summary>
public sealed record Profile
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

/// <summary>Somebody's own account.</summary>
public sealed class ProfileService(Database database)
{
    public async Task<Result<Profile>> GetAsync(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.QuerySingleAsync<Profile>(
            """
            select id, username, email, role, phone, full_name, is_verified, is_active, is_phone_verified, created_at, updated_at
            from   account
            where  id = @accountId
            """,
            new { accountId });
    }
}
