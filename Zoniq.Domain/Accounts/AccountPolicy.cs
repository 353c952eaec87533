namespace Zoniq.Domain.Accounts;

/// <summary>What the business has decided about accounts.</summary>
public static class AccountPolicy
{
    /// <summary>A one-time code is good for this long.</summary>
    public static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);

    /// <summary>Before then no other code of the purpose goes to the same address.</summary>
    public static readonly TimeSpan CodeCooldown = TimeSpan.FromSeconds(30);

    /// <summary>So many wrong tries kill a code.</summary>
    public const int CodeTries = 5;

    /// <summary>So many codes of a purpose go to one address or number within <see cref="SendingWindow"/>.</summary>
    public const int SendingsPerWindow = 5;

    public static readonly TimeSpan SendingWindow = TimeSpan.FromHours(1);

    /// <summary>So many codes of a purpose may be tried for one address or number within <see cref="TryingWindow"/>.</summary>
    public const int TriesPerWindow = 10;

    public static readonly TimeSpan TryingWindow = TimeSpan.FromMinutes(10);

    /// <summary>So many failed sign-ins within <see cref="LockOut"/> lock a name for as long.</summary>
    public const int FailedSignIns = 5;

    public static readonly TimeSpan LockOut = TimeSpan.FromMinutes(15);

    /// <summary>In characters.</summary>
    public const int ShortestPassword = 8;

    /// <summary>In characters.</summary>
    public const int LongestPassword = 128;
}
