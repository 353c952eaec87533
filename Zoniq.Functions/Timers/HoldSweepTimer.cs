using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Carts;

namespace Zoniq.Functions.Timers;

public sealed class HoldSweepTimer(HoldSweep sweep)
{
    /// <summary>Clears carts and holds that ran out; their places were free already.</summary>
    [Function("HoldSweep")]
    public Task Run([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        sweep.Sweep(cancellationToken);
}
