namespace Zoniq.Functions.Http;

/// <summary>Who may call a function.</summary>
public enum Access
{
    /// <summary>Anybody.</summary>
    Anonymous,

    /// <summary>Somebody signed in whose account is not blocked. This is the default.</summary>
    User,

    /// <summary>An administrator, as the database says at this moment.</summary>
    Admin,

    /// <summary>The payment gateway: the service verifies the signature over the raw body.</summary>
    Gateway,
}

/// <summary>Opens a function to others than signed-in people, or narrows it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllowAttribute(Access access) : Attribute
{
    public Access Access { get; } = access;
}

/// <summary>The codes a function refuses with, beyond those every endpoint shares; the OpenAPI document lists them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RefusesAttribute(params string[] codes) : Attribute
{
    public IReadOnlyList<string> Codes { get; } = codes;
}

/// <summary>What a success means when it is more than "here it is".</summary>
public enum Success
{
    Ok,
    Created,
    Accepted,
}

/// <summary>How a function succeeds, when not with plain OK.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SucceedsAttribute(Success success) : Attribute
{
    public Success Success { get; } = success;
}

/// <summary>Anybody may keep the answer for a while; all other answers are not stored.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CacheableAttribute(int seconds) : Attribute
{
    public int Seconds { get; } = seconds;
}

/// <summary>Clients ask for it again and again: it has a tag to ask with, and says when asking is worth it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PolledAttribute : Attribute;

/// <summary>The media type of an answer that is not JSON, for the OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnswersWithAttribute(string mediaType) : Attribute
{
    public string MediaType { get; } = mediaType;
}
