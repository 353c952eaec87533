namespace Zoniq.Domain;

/// <summary>The text of a body arrives exactly as it was typed: spaces belong to a password.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UntrimmedAttribute : Attribute;
