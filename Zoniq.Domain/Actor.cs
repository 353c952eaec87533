namespace Zoniq.Domain;

/// <summary>The administrator who acts, for the audit log.</summary>
public sealed record Actor(long AccountId, string Username, string? IpAddress);
