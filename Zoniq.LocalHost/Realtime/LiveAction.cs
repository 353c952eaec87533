using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;

namespace Zoniq.LocalHost.Realtime;

/// <summary>Something a function wants of the hub, as it travels between instances: a message, or a change of a group.</summary>
internal sealed record LiveAction
{
    /// <summary>What clients listen for; null when a group is changed.</summary>
    public string? Target { get; init; }

    public JsonElement[] Arguments { get; init; } = [];

    /// <summary>How a group is changed; null when a message is sent.</summary>
    public SignalRGroupActionType? Change { get; init; }

    public string? ConnectionId { get; init; }

    public string? UserId { get; init; }

    public string? GroupName { get; init; }

    /// <summary>Arguments become JSON here and as the worker's serializer makes it, which knows nothing of the app's own rules.</summary>
    public static LiveAction Of(object output) => output switch
    {
        SignalRMessageAction message => new LiveAction
        {
            Target = message.Target,
            Arguments = [.. (message.Arguments ?? []).Select(argument => JsonSerializer.SerializeToElement(argument, argument?.GetType() ?? typeof(object)))],
            ConnectionId = NotEmpty(message.ConnectionId),
            UserId = NotEmpty(message.UserId),
            GroupName = NotEmpty(message.GroupName),
        },
        SignalRGroupAction group => new LiveAction
        {
            Change = group.Action,
            ConnectionId = NotEmpty(group.ConnectionId),
            UserId = NotEmpty(group.UserId),
            GroupName = NotEmpty(group.GroupName),
        },
        _ => throw new InvalidOperationException($"Nothing is sent to SignalR by a {output.GetType().Name}."),
    };

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;
}

[JsonSerializable(typeof(LiveAction[]))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class LiveActionJson : JsonSerializerContext;
