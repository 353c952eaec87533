using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Payments;

namespace Zoniq.Functions.Timers;

public sealed class PaymentReconcileTimer(PaymentReconciler reconciler)
{
    /// <summary>Asks the gateway about orders of which nothing final was heard.</summary>
    [Function("PaymentReconcile")]
    public Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        reconciler.Reconcile(cancellationToken);
}
