using Microsoft.Extensions.Logging;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.LocalHost.Realtime;

/// <summary>Sends what functions return to the clients of this instance, at once, and to those of the others.</summary>
internal sealed partial class HubSink(Delivery delivery, LiveConnections connections, Relay relay, LiveOutage outage, ILogger<HubSink> log) : ISignalRSink
{
    /// <summary>Whatever happens here, the function has done its work.</summary>
    public Task SendAsync(IReadOnlyList<object> actions, CancellationToken cancellationToken)
    {
        if (outage.IsOn)
        {
            IsDown(log, actions.Count);
            return Task.CompletedTask;
        }

        try
        {
            var live = actions.Select(LiveAction.Of).ToArray();
            delivery.Begin(live);
            relay.Pass([.. live.Where(action => action.ConnectionId is not { } connection || !connections.Has(connection))]);
        }
        catch (Exception failure)
        {
            NotSent(log, failure);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "SignalR is down: {Count} messages are lost.")]
    private static partial void IsDown(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "What a function returned could not be sent to SignalR.")]
    private static partial void NotSent(ILogger log, Exception failure);
}
