using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Zoniq.LocalHost.Realtime;

/// <summary>Does what functions want, as far as clients of this instance are concerned.</summary>
internal sealed partial class Delivery(IHubContext<LiveHub> hub, LiveConnections connections, ILogger<Delivery> log)
{
    /// <summary>A client may be told its own id, and subscribe with it, a moment before the hub has it.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Begins them in order and waits for none: a client that reads slowly holds up nobody but itself.</summary>
    public void Begin(IEnumerable<LiveAction> actions)
    {
        foreach (var action in actions)
        {
            _ = DoAsync(action);
        }
    }

    private async Task DoAsync(LiveAction action)
    {
        try
        {
            await (action.Target is null ? ChangeAsync(action) : Listeners(action).SendCoreAsync(action.Target, [.. action.Arguments], CancellationToken.None));
        }
        catch (Exception failure) // nobody waits for it, and a message that is lost loses nothing
        {
            NotDelivered(log, action.Target ?? $"{action.Change}", failure);
        }
    }

    /// <summary>The narrowest that is named; everybody when nothing is.</summary>
    private IClientProxy Listeners(LiveAction action) => action switch
    {
        { ConnectionId: { } connection } => hub.Clients.Client(connection),
        { UserId: { } user } => hub.Clients.User(user),
        { GroupName: { } group } => hub.Clients.Group(group),
        _ => hub.Clients.All,
    };

    private async Task ChangeAsync(LiveAction action)
    {
        switch (action)
        {
            case { ConnectionId: { } connection }:
                await HasArrived(connection, action.Change);
                await ChangeAsync(connection, action);
                break;

            case { UserId: { } user }:
                foreach (var connection in connections.Of(user))
                {
                    await ChangeAsync(connection, action);
                }

                break;

            default:
                throw new InvalidOperationException("A group is changed by a ConnectionId or a UserId.");
        }
    }

    private async Task ChangeAsync(string connection, LiveAction action)
    {
        if (action.Change == SignalRGroupActionType.RemoveAll)
        {
            foreach (var each in connections.GroupsOf(connection))
            {
                await RemoveAsync(connection, each);
            }

            return;
        }

        var group = action.GroupName ?? throw new InvalidOperationException("A group is changed by its name.");
        if (action.Change == SignalRGroupActionType.Remove)
        {
            await RemoveAsync(connection, group);
            return;
        }

        await hub.Groups.AddToGroupAsync(connection, group);
        connections.Join(connection, group);
    }

    private async Task RemoveAsync(string connection, string group)
    {
        await hub.Groups.RemoveFromGroupAsync(connection, group);
        connections.Leave(connection, group);
    }

    private async Task HasArrived(string connection, SignalRGroupActionType? change)
    {
        for (var waited = TimeSpan.Zero; change == SignalRGroupActionType.Add && !connections.Has(connection) && waited < Arrival; waited += Glance)
        {
            await Task.Delay(Glance);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} was not delivered to clients of this instance.")]
    private static partial void NotDelivered(ILogger log, string what, Exception failure);
}
