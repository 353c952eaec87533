using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Payments;

namespace Zoniq.Functions.Timers;

public sealed class BookingExpiryTimer(BookingExpiry expiry)
{
    /// <summary>Confirms or ends bookings that were to be paid by now.</summary>
    [Function("BookingExpiry")]
    public Task Run([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        expiry.ExpireOverdue(cancellationToken);
}
