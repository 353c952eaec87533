using System.ComponentModel.DataAnnotations;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;

namespace Zoniq.Functions.Realtime;

/// <summary>Which connection wants to be told.</summary>
public sealed record Subscribe
{
    /// <summary>Of the caller's SignalR client, once it is connected.</summary>
    [Required, StringLength(100)]
    public string ConnectionId { get; init; } = "";
}

/// <summary>What somebody who subscribes is answered and, if they may, their connection's way into the group.</summary>
public sealed class Subscription
{
    private static readonly Done Subscribed = Done.Well("Subscribed to live updates");

    private Subscription()
    {
    }

    [HttpResult]
    public Result<Done> Answer { get; private init; }

    [SignalROutput(HubName = Hub.Name)]
    public SignalRGroupAction? Joining { get; private init; }

    /// <summary>Adds the connection to the group unless asking is refused.</summary>
    /// <param name="group">Of <see cref="LiveGroup"/>.</param>
    /// <param name="wish">Which connection.</param>
    /// <param name="asking">Something that only those may see who may also subscribe.</param>
    public static async Task<Subscription> To<T>(string group, Subscribe wish, Task<Result<T>> asking) =>
        (await asking).Problem is { } refusal
            ? new Subscription { Answer = refusal }
            : new Subscription
            {
                Answer = Subscribed,
                Joining = new SignalRGroupAction(SignalRGroupActionType.Add) { GroupName = group, ConnectionId = wish.ConnectionId },
            };
}
