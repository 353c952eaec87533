using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Payments;

namespace Zoniq.Functions.Timers;

public sealed class RefundWorkerTimer(RefundWorker worker)
{
    /// <summary>Sends refunds, and asks after those that are on their way.</summary>
    [Function("RefundWorker")]
    public Task Run([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        worker.Run(cancellationToken);
}
