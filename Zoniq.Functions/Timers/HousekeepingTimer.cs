using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Administration;

namespace Zoniq.Functions.Timers;

public sealed class HousekeepingTimer(Housekeeping housekeeping)
{
    /// <summary>Throws away used codes, ended tokens, counters and kept answers that are over, and pictures that no event shows.</summary>
    [Function("Housekeeping")]
    public Task Run([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        housekeeping.TidyAsync(cancellationToken);
}
