using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Administration;

namespace Zoniq.Functions.Timers;

public sealed class InvariantsTimer(InvariantWatch watch)
{
    /// <summary>Looks whether what must hold does hold.</summary>
    [Function("Invariants")]
    public Task Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        watch.LookAsync(cancellationToken);
}
