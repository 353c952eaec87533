using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Seating;
using Zoniq.Functions.Realtime;

namespace Zoniq.Functions.Timers;

public sealed class SeatNewsTimer(SeatNews news)
{
    /// <summary>Gives what changed on seat maps its version, and tells those who look at one.</summary>
    [Function("SeatNews")]
    [SignalROutput(HubName = Hub.Name)]
    public async Task<SignalRMessageAction[]> Run([TimerTrigger("* * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        Array.ConvertAll(await news.Number(cancellationToken), changed => LiveMessage.ToGroup(LiveGroup.SeatsOf(changed.EventId), "seatsChanged", changed));
}
