namespace Zoniq.Domain;

/// <summary>A file for the caller to keep.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="ContentType">Its media type, such as <c>application/pdf</c>.</param>
/// <param name="FileName">The name under which it is saved.</param>
public sealed record Document(byte[] Content, string ContentType, string FileName);
