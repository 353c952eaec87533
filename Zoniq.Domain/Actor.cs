namespace Zoniq.Domain;

/// <summary>Who acts, for the audit log: an administrator, or Zoniq itself.</summary>
public sealed record Actor(long? AccountId, string Username, string? IpAddress)
{
    /// <summary>Zoniq itself: a timer, or what the gateway told us.</summary>
    public static readonly Actor System = new(null, "system", null);
}
