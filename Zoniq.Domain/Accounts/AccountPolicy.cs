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

    /// <summary>In characters.</summary>
    public const int ShortestPassword = 8;

    /// <summary>In characters.</summary>
    public const int LongestPassword = 128;
}
