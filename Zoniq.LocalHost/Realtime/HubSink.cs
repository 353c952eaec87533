using Microsoft.Extensions.Logging;
using Zoniq.LocalHost.Hosting;

namespace Zoniq.LocalHost.Realtime;

/// <summary>Sends what functions return to the clients of this instance, at once, and to those of the others.</summary>
internal sealed partial class HubSink(Delivery delivery, LiveConnections connections, Relay relay, ILogger<HubSink> log) : ISignalRSink
{
    /// <summary>Whatever happens here, the function has done its work.</summary>
    public Task SendAsync(IReadOnlyList<object> actions, CancellationToken cancellationToken)
    {
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

    [LoggerMessage(Level = LogLevel.Error, Message = "What a function returned could not be sent to SignalR.")]
    private static partial void NotSent(ILogger log, Exception failure);
}
