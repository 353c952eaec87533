using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Tickets;

namespace Zoniq.Functions.Timers;

public sealed class TransferExpiryTimer(TransferExpiry expiry)
{
    /// <summary>Tells the senders of tickets that were not claimed in time.</summary>
    [Function("TransferExpiry")]
    public Task Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        expiry.ExpireOverdue(cancellationToken);
}
