using System.Text.Json.Serialization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the function returns, or the property, goes to SignalR: one action or an array of them; null sends nothing.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class SignalROutputAttribute : Attribute
{
    public string? HubName { get; set; }

    public string? ConnectionStringSetting { get; set; }
}

/// <summary>The parameter tells a client how to connect to SignalR.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class SignalRConnectionInfoInputAttribute : Attribute
{
    public string? HubName { get; set; }

    /// <summary>Whom the connection belongs to: a text, <c>{userId}</c> from the route or <c>{headers.x-user}</c>.</summary>
    public string? UserId { get; set; }

    public string? ConnectionStringSetting { get; set; }

    public string? IdToken { get; set; }

    public string[]? ClaimTypeList { get; set; }
}

/// <summary>Where a client connects, and what it shows there.</summary>
public sealed class SignalRConnectionInfo
{
    public string? Url { get; set; }

    public string? AccessToken { get; set; }
}

/// <summary>Sends a message to a connection, a user, a group, or to everybody when none is named.</summary>
public sealed class SignalRMessageAction(string target)
{
    public SignalRMessageAction(string target, object[]? arguments)
        : this(target) => Arguments = arguments;

    public string? ConnectionId { get; set; }

    public string? UserId { get; set; }

    public string? GroupName { get; set; }

    public string Target { get; } = target ?? throw new ArgumentNullException(nameof(target));

    public object[]? Arguments { get; set; }
}

/// <summary>Adds a connection or a user to a group, or removes it.</summary>
public sealed class SignalRGroupAction(SignalRGroupActionType actionType)
{
    public string? ConnectionId { get; set; }

    public string? UserId { get; set; }

    public string? GroupName { get; set; }

    public SignalRGroupActionType Action { get; set; } = actionType;
}

/// <summary>What is done to a group.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignalRGroupActionType>))]
public enum SignalRGroupActionType
{
    Add,
    Remove,
    RemoveAll,
}
