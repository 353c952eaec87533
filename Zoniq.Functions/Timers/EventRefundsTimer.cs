using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Administration;

namespace Zoniq.Functions.Timers;

public sealed class EventRefundsTimer(EventRefunds refunds)
{
    /// <summary>Calls off the bookings of cancelled events and gives back what was paid.</summary>
    [Function("EventRefunds")]
    public Task Run([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        refunds.Continue(cancellationToken);
}
