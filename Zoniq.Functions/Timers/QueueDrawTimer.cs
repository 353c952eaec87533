using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Queueing;
using Zoniq.Functions.Realtime;

namespace Zoniq.Functions.Timers;

public sealed class QueueDrawTimer(QueueTick tick)
{
    /// <summary>Numbers those who were there before a large room opened, which takes longer than other rooms may wait.</summary>
    [Function("QueueDraw")]
    [SignalROutput(HubName = Hub.Name)]
    public async Task<SignalRMessageAction[]> Run([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        [.. (await tick.DrawAsync(cancellationToken)).Select(QueueTickTimer.Message)];
}
