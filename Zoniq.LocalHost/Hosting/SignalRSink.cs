namespace Zoniq.LocalHost.Hosting;

/// <summary>Where the SignalR outputs of functions go.</summary>
public interface ISignalRSink
{
    /// <param name="actions">Message and group actions, in the order in which they were returned.</param>
    /// <param name="cancellationToken">Gives up sending.</param>
    Task SendAsync(IReadOnlyList<object> actions, CancellationToken cancellationToken);
}
