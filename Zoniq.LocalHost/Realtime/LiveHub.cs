using Microsoft.AspNetCore.SignalR;

namespace Zoniq.LocalHost.Realtime;

/// <summary>What clients connect to. In the serverless mode they only listen, so there is nothing here to call.</summary>
internal sealed class LiveHub(LiveConnections connections) : Hub
{
    public override Task OnConnectedAsync()
    {
        connections.Add(Context.ConnectionId, Context.UserIdentifier);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Context.ConnectionId);
        return Task.CompletedTask;
    }
}
