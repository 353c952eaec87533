using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Accounts;

namespace Zoniq.Domain.Administration;

/// <summary>An account as administrators see it.</summary>
public sealed record AdminUser : Profile
{
    public bool IsBlocked { get; init; }

    public string? BlockedReason { get; init; }

    public DateTimeOffset? LastLoginAt { get; init; }
}

/// <summary>Which accounts to list.</summary>
public sealed record UserFilter
{
    /// <summary>Part of the username, the e-mail address or the full name.</summary>
    [StringLength(254)]
    public string? Search { get; init; }

    /// <summary>user or admin.</summary>
    [AllowedValues(null, "user", "admin", ErrorMessage = "must be user or admin.")]
    public string? Role { get; init; }

    public bool? IsBlocked { get; init; }
}

/// <summary>One page of accounts, newest first.</summary>
public sealed record UserPage(AdminUser[] Users, long Total, int Page, int PageSize);

/// <summary>How many accounts there are.</summary>
public sealed record UserStats
{
    public long TotalUsers { get; init; }

    /// <summary>Not blocked.</summary>
    public long ActiveUsers { get; init; }

    public long BlockedUsers { get; init; }

    public long AdminUsers { get; init; }

    /// <summary>Since midnight in the default time zone.</summary>
    public long NewUsersToday { get; init; }

    /// <summary>In the last 7 × 24 hours.</summary>
    public long NewUsersWeek { get; init; }
}

/// <summary>Why an account is blocked.</summary>
public sealed record BlockUser
{
    [StringLength(500)]
    public string? Reason { get; init; }
}
