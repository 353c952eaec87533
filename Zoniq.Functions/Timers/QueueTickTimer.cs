using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Queueing;
using Zoniq.Functions.Realtime;

namespace Zoniq.Functions.Timers;

public sealed class QueueTickTimer(QueueTick tick)
{
    /// <summary>Moves the waiting rooms on and tells those who wait.</summary>
    [Function("QueueTick")]
    [SignalROutput(HubName = Hub.Name)]
    public async Task<SignalRMessageAction[]> Run([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        [.. (await tick.TickAsync(cancellationToken)).Select(Message)];

    internal static SignalRMessageAction Message(QueueNews news) => news.AccountId is { } accountId
        ? LiveMessage.ToUser(accountId, news.Target, news.Payload)
        : LiveMessage.ToGroup(LiveGroup.QueueOf(news.EventId), news.Target, news.Payload);
}
