using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Notifications;
using Zoniq.Functions.Realtime;

namespace Zoniq.Functions.Timers;

public sealed class LiveUpdatesTimer(PushOutbox pushes)
{
    /// <summary>Tells open pages what happened to their owners within the last second.</summary>
    [Function("LiveUpdates")]
    [SignalROutput(HubName = Hub.Name)]
    public async Task<SignalRMessageAction[]> Run([TimerTrigger("* * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        [.. (await pushes.TakeAsync(cancellationToken)).Select(push => LiveMessage.ToUser(push.AccountId, push.Target, push.Payload))];
}
